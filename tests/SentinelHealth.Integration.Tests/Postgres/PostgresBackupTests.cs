using SentinelHealth.Response.Queries;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Triage;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Storage;

namespace SentinelHealth.Integration.Tests.Postgres;

/// <summary>A backup goes into either engine, whichever it came from, and what was restored goes on.</summary>
public sealed class PostgresBackupTests(PostgresFixture fixture) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_kept_in_a_file_goes_on_on_a_server_and_back()
    {
        using var file = SqliteCaseStore.Open(_folder.File("cases.db"));
        await FillAsync(file);
        await file.BackUpAsync(_folder.File("first.db"), () => { }, Cancel);
        using var server = PostgresCaseStore.Open(fixture.Server.Options());

        await server.LoadAsync(_folder.File("first.db"), Cancel);
        await AssertSameAsync(file, server);
        await AddAsync(file);
        await AddAsync(server);
        await server.BackUpAsync(_folder.File("second.db"), () => { }, Cancel);
        using var back = SqliteCaseStore.Open(_folder.File("back.db"));
        await back.LoadAsync(_folder.File("second.db"), Cancel);

        await AssertSameAsync(file, server);
        await AssertSameAsync(file, back);
    }

    [Fact]
    public async Task A_backup_is_of_one_moment_whatever_is_written_meanwhile()
    {
        using var store = PostgresCaseStore.Open(fixture.Server.Options());
        await FillAsync(store);
        Task? blocked = null;

        await store.BackUpAsync(_folder.File("moment.db"), () => blocked = Task.Run(() => AddAsync(store), Cancel), Cancel);
        await blocked!;

        using var moment = SqliteCaseStore.Open(_folder.File("moment.db"));
        Assert.Equal(30, await moment.AlertCountAsync(new AlertFilter(), Cancel));
        Assert.Equal(31, await store.AlertCountAsync(new AlertFilter(), Cancel));
    }

    [Fact]
    public async Task A_store_that_holds_something_is_not_overwritten()
    {
        using var file = SqliteCaseStore.Open(_folder.File("cases.db"));
        await FillAsync(file);
        await file.BackUpAsync(_folder.File("backup.db"), () => { }, Cancel);
        using var store = PostgresCaseStore.Open(fixture.Server.Options());
        await AddAsync(store);

        await Assert.ThrowsAsync<InvalidOperationException>(() => store.LoadAsync(_folder.File("backup.db"), Cancel));

        Assert.Equal(1, await store.AlertCountAsync(new AlertFilter(), Cancel));
    }

    private static byte[] StateOfThreeParts()
    {
        var state = new byte[(2 << 24) + 77];
        new Random(7).NextBytes(state);
        return state;
    }

    private static async Task FillAsync(CaseStore store)
    {
        store.KeepOutgoing();
        await store.CommitAsync(
            new CaseCommit
            {
                ScoredOffsets = new Dictionary<int, long> { [0] = 5, [7] = 9 },
                ScoredCount = 14,
                Alerts = [.. Enumerable.Range(0, 30).Select(i => SomeCase.Alert($"alert-{i}") with { At = SomeCase.At.AddMinutes(i % 4), Reason = "Ünïcode, 'quotes' \\ and %" })],
                Incidents = [SomeCase.Incident()],
                Actions = [SomeCase.Planned()],
                Events = [new EventEvidence("e-1", """{"id":"e-1"}""")],
                Snapshot = await store.WriteSnapshotAsync(7, 5, stream => stream.Write(StateOfThreeParts()), Cancel),
            },
            Cancel);
        await store.ChangeAsync(["alert-3"], new TriageChange { Status = AlertStatus.Acknowledged, Assignee = "ana" }, "ana", SomeCase.At, Cancel);
        await store.SetKillSwitchAsync(true, "ana", SomeCase.At, Cancel);
    }

    private static async Task AddAsync(CaseStore store)
    {
        store.KeepOutgoing();
        await store.CommitAsync(
            new CaseCommit { ScoredOffsets = new Dictionary<int, long> { [0] = 6 }, Alerts = [SomeCase.Alert("later")] }, Cancel);
        await store.ChangeAsync(["later"], new TriageChange { Status = AlertStatus.InProgress, Assignee = "ben" }, "ben", SomeCase.At, Cancel);
    }

    private static async Task AssertSameAsync(CaseStore expected, CaseStore found)
    {
        Assert.Equivalent(await expected.PositionAsync(Cancel), await found.PositionAsync(Cancel), strict: true);
        Assert.Equal(StateOfThreeParts(), await found.SnapshotBytesAsync(7, Cancel));
        Assert.Equal(await expected.SnapshotAsync(7, Cancel), await found.SnapshotAsync(7, Cancel));
        Assert.Equal(await expected.QueueCountAsync(new QueryAll(), Cancel), await found.QueueCountAsync(new QueryAll(), Cancel));
        Assert.Equivalent(
            await expected.QueueAsync(new QueryAll(), long.MaxValue, 0, 100, Cancel),
            await found.QueueAsync(new QueryAll(), long.MaxValue, 0, 100, Cancel), strict: true);
        Assert.Equivalent(await expected.OutgoingAsync(100, Cancel), await found.OutgoingAsync(100, Cancel), strict: true);
        Assert.Equivalent(
            await expected.StandingChangesAsync("later", 10, Cancel), await found.StandingChangesAsync("later", 10, Cancel), strict: true);
        Assert.Equal(
            await expected.ActionHistoryAsync(SomeCase.Planned().Action.Key, Cancel),
            await found.ActionHistoryAsync(SomeCase.Planned().Action.Key, Cancel));
        Assert.Equal(await expected.EvidenceAsync(["e-1"], Cancel), await found.EvidenceAsync(["e-1"], Cancel));
        Assert.Equal(await expected.NextDueAsync(Cancel), await found.NextDueAsync(Cancel));
        Assert.Equal(await expected.IsKillSwitchOnAsync(Cancel), await found.IsKillSwitchOnAsync(Cancel));
    }
}

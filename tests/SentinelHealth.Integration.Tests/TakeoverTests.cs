using System.Diagnostics;
using SentinelHealth.Integration.Tests.Postgres;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Verification;
using SentinelHealth.Testing;

namespace SentinelHealth.Integration.Tests;

/// <summary>Two processes that carry things out: one leads, the other takes over with the whole evidence log when that one dies or stands still.</summary>
public sealed class TakeoverTests(PostgresFixture postgres, ITestOutputHelper output)
{
    private const string Leads = "This process runs deadlines";
    private const string StepsDown = "This process no longer runs deadlines";

    private static readonly TimeSpan TakesOverWithin = TimeSpan.FromSeconds(15);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_process_takes_over_with_the_whole_evidence_log_and_nothing_is_carried_out_twice()
    {
        var start = new DateTimeOffset(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);
        var (records, attacker) = AttackedNetwork.Of(TestSeed.Next(output), start, eventsPerDay: 1_000, attackHour: 14);
        await using var cluster = await SentinelCluster.StartAsync(partitions: 2, postgres.Server);
        await using var first = cluster.Start("first", "respond,dashboard");
        await first.LineAsync(Leads);
        await using var second = cluster.Start("second", "respond,dashboard");
        await second.LineAsync("answers at");
        await using var worker = cluster.Start("worker", "ingest,detect");
        await worker.LineAsync("answers at");
        using var store = PostgresCaseStore.Open(cluster.StoreOptions);
        await cluster.FeedAsync("ledger.transactions", records.Take(records.Count / 2));
        await DrainedAsync(store, "second", cluster, atLeast: 1);

        // Dies in the middle of what comes.
        var feeding = cluster.FeedAsync("ledger.transactions", records.Skip(records.Count / 2));
        Assert.DoesNotContain(Leads, second.Said, StringComparison.Ordinal);
        await TakesOverAsync(second, first.KillAsync);
        await feeding;
        await Patience.UntilAsync(() => cluster.Witness.IsQuarantinedAsync(attacker), () => $"{second.Said}\n---\n{worker.Said}");
        Assert.Equal([attacker], await cluster.Witness.QuarantinedNodesAsync());
        Assert.Equal(1, await cluster.Witness.QuarantineCountAsync(attacker));
        var kept = await DrainedAsync(store, "second", cluster, atLeast: 1);

        // Back again, it follows; and when the other stands still, it takes over once more.
        await using var again = cluster.Start("first", "respond,dashboard");
        await again.LineAsync("answers at");
        Assert.True(await DrainedAsync(store, "first", cluster, atLeast: kept) >= kept);
        await TakesOverAsync(again, () =>
        {
            second.Pause();
            return Task.CompletedTask;
        });
        var before = (await store.KeptEvidenceAsync(Cancel)).Kept;
        await DrainedAsync(store, "first", cluster, atLeast: before + 1);
        second.Continue();
        await second.LineAsync(StepsDown);
        var end = (await store.KeptEvidenceAsync(Cancel)).Kept;
        foreach (var name in new[] { "first", "second" })
            await DrainedAsync(store, name, cluster, atLeast: end + 1);

        Assert.Equal(1, await cluster.Witness.QuarantineCountAsync(attacker));
        await PacksAreGoodAsync(store, cluster, "first", "second");
        Assert.Equal("leads", await StandingAsync(cluster, again, "first"));
        Assert.Equal("standsBy", await StandingAsync(cluster, second, "second"));
        Assert.Equal(0, await again.StopAsync());
        Assert.Equal(0, await second.StopAsync());
        foreach (var process in new[] { again, second })
            Assert.DoesNotContain("could not be followed", process.Said, StringComparison.Ordinal);
        Assert.Equal(2, (await store.EvidenceKeysAsync(Cancel)).Count);
    }

    /// <summary>Exported beside each process, by its own key, and checked under the log's first key.</summary>
    private async Task PacksAreGoodAsync(CaseStore store, SentinelCluster cluster, params string[] names)
    {
        var incident = (await store.IncidentsAsync(new IncidentFilter(), null, 1, Cancel)).Items[0].Id;
        var trust = new PackTrust { LogKey = (await store.EvidenceKeysAsync(Cancel))[0].Id, AcceptsPending = true };
        foreach (var name in names)
        {
            var file = Path.Combine(cluster.DataOf(name), "pack.zip");
            await using var export = cluster.Run(name, "evidence", "export", "--incident", incident, "--out", file);
            Assert.True(await export.ExitAsync() == 0, export.Said);
            var verdict = PackVerifier.Verify(await File.ReadAllBytesAsync(file, Cancel), trust);
            output.WriteLine($"{name}: {verdict.Entries} entries of {verdict.Incident}, {verdict.Anchor}");
            Assert.Empty(verdict.Problems);
        }
    }

    private static async Task<string?> StandingAsync(SentinelCluster cluster, SentinelProcess process, string name)
    {
        using var api = await cluster.ConnectAsync(process, name);
        return (await api.JsonAsync("/readyz")).GetProperty("respond").GetString();
    }

    private async Task TakesOverAsync(SentinelProcess process, Func<Task> fault)
    {
        var since = Stopwatch.GetTimestamp();
        await fault();
        await process.LineAsync(Leads);
        output.WriteLine($"Took over after {Stopwatch.GetElapsedTime(since)}.");
        Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.Zero, TakesOverWithin);
    }

    /// <summary>Waits until a process's files have at least so many entries, and holds them against their signatures from the first on.</summary>
    private async Task<long> DrainedAsync(CaseStore store, string name, SentinelCluster cluster, long atLeast)
    {
        var folder = Path.Combine(cluster.DataOf(name), "evidence");
        var verdict = new LogVerdict(0, 0, 0, "");
        await Patience.UntilAsync(
            async () =>
            {
                verdict = LogVerifier.Verify(folder, null);
                var drained = (await store.KeptEvidenceAsync(Cancel)).Drained;
                return verdict.Problem.Length > 0 || verdict.Entries >= Math.Max(atLeast, drained);
            },
            () => $"{name}: {verdict}");
        Assert.Equal("", verdict.Problem);
        output.WriteLine($"{name}: {verdict}");
        return verdict.Entries;
    }
}

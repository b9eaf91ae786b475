using Npgsql;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Storage.Engines;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Storage;

namespace SentinelHealth.Integration.Tests.Postgres;

/// <summary>What the store does when the server, the wire or another process fails it.</summary>
public sealed class PostgresFaultTests(PostgresFixture fixture)
{
    private const string Secret = "not-for-anybody";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(CutPoint.BeforeTheServer)]
    [InlineData(CutPoint.BeforeTheAnswer)]
    public async Task A_commit_whose_answer_is_lost_happens_exactly_once(CutPoint point)
    {
        var server = fixture.Server;
        await using var wire = new CuttingWire(Path.Combine(server.SocketFolder, ".s.PGSQL.5432"), point, "COMMIT"u8);
        var direct = server.Options();
        PostgresCaseStore.Open(direct).Dispose();
        using var counter = PostgresEngine.Open(
            direct with
            {
                ConnectionString = $"Host=127.0.0.1;Port={wire.Port};Database=postgres;Username=sentinel;SSL Mode=Disable;GSS Encryption Mode=Disable",
            },
            "cases");
        wire.CutNext();

        for (var i = 0; i < 3; i++)
            counter.Write(session => session.Execute(
                "INSERT INTO tally VALUES ('tries', 1) ON CONFLICT (name) DO UPDATE SET value = tally.value + 1"));

        Assert.True(wire.IsCut);
        Assert.Equal(3L, await server.AskAsync($"SELECT value FROM {direct.SchemaPrefix}_cases.tally WHERE name = 'tries'"));
    }

    [Fact]
    public async Task A_server_that_was_killed_is_used_again_when_it_is_back()
    {
        await using var server = await PostgresServer.StartAsync();
        using var store = PostgresCaseStore.Open(server.Options("killed") with { RetriesMax = 40 });
        await store.CommitAsync(Commit(-1, 9), Cancel);

        await server.KillAsync();
        var waiting = Task.Run(() => store.CommitAsync(Commit(9, 19), Cancel).AsTask(), Cancel);
        await server.ResumeAsync();
        await waiting;

        Assert.Equal(19, await store.ScoredOffsetAsync(0, Cancel));
        Assert.Equal(20, (await store.PositionAsync(Cancel)).Tally.Scored);
    }

    [Fact]
    public async Task A_process_that_stops_in_the_middle_of_writing_does_not_hold_up_the_others_for_long()
    {
        var options = fixture.Server.Options();
        using var store = PostgresCaseStore.Open(options);
        // Only who stops is impatient: a busy machine must not end the transactions of others.
        using var stopped = PostgresEngine.Open(options with { IdleTimeout = TimeSpan.FromMilliseconds(300), RetriesMax = 5 }, "cases");
        using var isInside = new ManualResetEventSlim();
        using var mayGoOn = new ManualResetEventSlim();
        var stopping = Task.Run(
            () => stopped.Write(session =>
            {
                session.Execute("INSERT INTO tally VALUES ('stopped', 1)");
                isInside.Set();
                mayGoOn.Wait(Cancel);
                return session.Execute("UPDATE tally SET value = 2 WHERE name = 'stopped'");
            }),
            Cancel);
        isInside.Wait(Cancel);

        await store.CommitAsync(Commit(-1, 9), Cancel);
        mayGoOn.Set();
        var outcome = await Record.ExceptionAsync(() => stopping);

        Assert.Equal(9, await store.ScoredOffsetAsync(0, Cancel));
        // Undone as a whole, and run again as a whole.
        Assert.Null(outcome);
        Assert.Equal(2L, await fixture.Server.AskAsync($"SELECT value FROM {options.SchemaPrefix}_cases.tally WHERE name = 'stopped'"));
    }

    [Fact]
    public async Task An_erasure_waits_for_the_table_to_be_written_anew_for_longer_than_a_statement_may_take()
    {
        var options = fixture.Server.Options() with
        {
            StatementTimeout = TimeSpan.FromSeconds(2),
            LockTimeout = TimeSpan.FromMinutes(5),
        };
        using var store = PostgresCaseStore.Open(options);
        await store.CommitAsync(Commit(-1, 0) with { Events = [new EventEvidence("e-1", "{}")] }, Cancel);
        // Somebody reads the table for long, as a backup does, and the server is asked how long the rewriting has waited.
        await using var source = NpgsqlDataSource.Create(options.ConnectionString);
        await using var connection = await source.OpenConnectionAsync(Cancel);
        await using var reading = await connection.BeginTransactionAsync(Cancel);
        var hold = $"LOCK TABLE {options.SchemaPrefix}_cases.event_evidence IN ACCESS SHARE MODE";
        await using (var read = new NpgsqlCommand(hold, connection, reading))
            await read.ExecuteNonQueryAsync(Cancel);

        var erasing = Task.Run(() => store.EraseEventsAsync(_ => true, Cancel).AsTask(), Cancel);
        const string waits = """
            SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query = 'VACUUM (FULL) event_evidence'
                AND clock_timestamp() - query_start > interval '3 s'
            """;
        await Patience.UntilAsync(
            async () => erasing.IsCompleted || await fixture.Server.AskAsync(waits) is > 0L, () => "The table is not written anew.");
        Assert.False(erasing.IsCompleted);
        await reading.RollbackAsync(Cancel);

        Assert.Equal(1, await erasing);
    }

    [Fact]
    public async Task Two_processes_that_start_at_once_make_one_store()
    {
        var options = fixture.Server.Options();

        var stores = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Task.Run(() => PostgresCaseStore.Open(options), Cancel)));

        foreach (var store in stores)
            store.Dispose();
        Assert.Equal(1L, await fixture.Server.AskAsync($"SELECT count(*) FROM {options.SchemaPrefix}_cases.version"));
    }

    [Fact]
    public void A_server_that_is_absent_is_named_by_its_setting_and_nothing_secret_is_said()
    {
        using var folder = new TemporaryFolder();
        var options = new PostgresOptions
        {
            ConnectionString = $"Host={folder.Path};Database=cases;Username=sentinel;Password={Secret};Timeout=2",
            RetriesMax = 1,
        };

        var fault = Assert.Throws<IOException>(() => PostgresCaseStore.Open(options).Dispose());

        Assert.StartsWith("Storage:Postgres:ConnectionString: PostgreSQL at ", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=db;Pasword=not-for-anybody")]
    [InlineData("not-for-anybody")]
    public void A_connection_string_that_cannot_be_read_is_not_repeated(string text)
    {
        var fault = Assert.Throws<InvalidDataException>(
            () => PostgresCaseStore.Open(new PostgresOptions { ConnectionString = text }).Dispose());

        Assert.Contains("Storage:Postgres:ConnectionString", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_that_the_server_would_refuse_is_stored_and_found()
    {
        using var store = PostgresCaseStore.Open(fixture.Server.Options());
        await store.CommitAsync(Commit(-1, 0) with { Events = [new EventEvidence("e\0\ud800", "{}")] }, Cancel);

        Assert.Equal(["{}"], await store.EvidenceAsync(["e\0\ud800"], Cancel));
    }

    private static CaseCommit Commit(long from, long to) => new()
    {
        ScoredOffsets = new Dictionary<int, long> { [0] = to },
        ExpectedOffsets = new Dictionary<int, long> { [0] = from },
        ScoredCount = to - from,
    };
}

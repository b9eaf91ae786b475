using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Triage;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Monitoring;

/// <summary>What people decide reaches detection once, between two batches, and again after a restart.</summary>
public sealed class PeopleAndThePumpTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Closing_an_alert_reaches_the_engine_with_the_next_batch_and_after_a_restart()
    {
        CountingEngine? engine = null;
        using var bench = new PumpBench(engineFactory: state => engine = new CountingEngine(state));
        Add(bench, 6);
        await bench.RunAsync();
        await CloseAsync(bench, CloseReason.FalsePositive);
        Add(bench, 1);

        await bench.Pump.DrainAsync(Cancel);
        await bench.Pump.DrainAsync(Cancel);

        (string, Disposition)[] decided = [("alert-node:0-5", Disposition.Benign)];
        Assert.Equal(decided, engine!.Closed);
        bench.Restart();
        await bench.RunAsync();
        Assert.Equal(decided, engine.Closed);
        await CloseAsync(bench, CloseReason.Harmful);
        Add(bench, 1);
        await bench.RunAsync();
        Assert.Equal([.. decided, ("alert-node:0-5", Disposition.Confirmed)], engine.Closed);
    }

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(2)]
    public async Task What_was_decided_while_nobody_had_the_partition_is_in_a_version_without_waiting_for_an_event(int snapshotEvery)
    {
        using var bench = new PumpBench(options: new() { BatchEntriesMax = 3, SnapshotEveryEvents = snapshotEvery });
        Add(bench, 6);
        await bench.RunAsync();
        var before = (await bench.Store.IncidentAsync("incident-node:0", Cancel))!;
        await CloseAsync(bench, CloseReason.FalsePositive);
        bench.Restart();

        await bench.Pump.StartAsync(Cancel);

        var after = (await bench.Store.IncidentAsync("incident-node:0", Cancel))!;
        Assert.Equal((before.Version + 1, "Benign node:0"), (after.Version, after.Title));
        Assert.Equal(5, await bench.Store.ScoredOffsetAsync(0, Cancel));
        // Once: who takes the partition next has nothing to add.
        bench.Restart();
        await bench.RunAsync();
        Assert.Equal(after.Version, (await bench.Store.IncidentAsync("incident-node:0", Cancel))!.Version);
        Assert.Equal(6, (await bench.Store.PositionAsync(Cancel)).Tally.Scored);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(ErasedPersons.PersonsMax + 1, 1)]
    public async Task Records_of_a_person_erased_meanwhile_are_no_evidence_of_a_later_alert(int erasures, int left)
    {
        using var bench = new PumpBench();
        AddAbout(bench, "patient:1", "patient:2", "patient:1", "patient:2");
        await bench.RunAsync();
        bench.Erased.Add("patient:1");
        for (var i = 1; i < erasures; i++)
            bench.Erased.Add($"patient:x-{i}");

        AddAbout(bench, "patient:2");
        await bench.RunAsync();

        var alert = (await bench.Store.AlertAsync("alert-node:0-5", Cancel))!;
        var records = await bench.Store.EvidenceAsync(alert.EventIds, Cancel);
        Assert.Equal(5, alert.EventIds.Count);
        // One that missed too many erasures forgets everybody's.
        Assert.Equal(left, records.Count);
        Assert.All(records, record => Assert.Contains("patient:2", record, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_version_that_a_decision_led_to_is_not_committed_by_a_process_that_has_lost_the_partition()
    {
        using var bench = new PumpBench();
        Add(bench, 6);
        await bench.RunAsync();
        await CloseAsync(bench, CloseReason.FalsePositive);
        bench.Restart();
        bench.Log.DuringRead = () => bench.Store.CommitAsync(
            new CaseCommit { ScoredOffsets = new Dictionary<int, long> { [0] = 9 } }, Cancel).AsTask();

        await Assert.ThrowsAsync<PositionMovedException>(async () => await bench.Pump.StartAsync(Cancel));

        Assert.Equal("Unregistered node:0", (await bench.Store.IncidentAsync("incident-node:0", Cancel))!.Title);
    }

    [Fact]
    public async Task A_tuning_is_in_force_from_the_next_batch_on()
    {
        CountingEngine? engine = null;
        using var bench = new PumpBench(engineFactory: state => engine = new CountingEngine(state));
        var tuning = DetectionTuning.None;
        bench.Tuning = () => tuning;
        bench.Restart();
        Add(bench, 2);
        await bench.RunAsync();
        var before = engine!.Tuning;

        tuning = tuning.With("rarity", DetectorStage.Shadow);
        Add(bench, 1);
        await bench.Pump.DrainAsync(Cancel);

        Assert.Equal(DetectorStage.Enforced, before.StageOf("rarity"));
        Assert.Equal(DetectorStage.Shadow, engine.Tuning.StageOf("rarity"));
    }

    private static async Task CloseAsync(PumpBench bench, CloseReason reason)
    {
        var change = new TriageChange { Status = AlertStatus.Closed, CloseReason = reason };
        await bench.Store.ChangeAsync(["alert-node:0-5"], change, "ana", SomeCase.At, Cancel);
    }

    private static void AddAbout(PumpBench bench, params string[] subjects)
    {
        foreach (var subject in subjects)
        {
            var number = bench.Log.Count;
            bench.Log.Add(Some.LedgerTransactionJson(
                ("id", $"0x{number:x}:0"), ("node", "node:0"), ("subject", subject),
                ("time", SomeCase.At.AddSeconds(number).ToString("O"))));
        }
    }

    private static void Add(PumpBench bench, int events)
    {
        for (var i = 0; i < events; i++)
        {
            var number = bench.Log.Count;
            bench.Log.Add(Some.LedgerTransactionJson(
                ("id", $"0x{number:x}:0"), ("node", "node:0"), ("time", SomeCase.At.AddSeconds(number).ToString("O"))));
        }
    }
}

using SentinelHealth.Detection.Lifecycle;
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

using SentinelHealth.Detection;
using SentinelHealth.Detection.Ordering;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Monitoring;

/// <summary>What a start reads again of a log with several partitions, and what that costs.</summary>
public sealed class CatchUpTests
{
    private const int EventsOfEach = 90;
    private static readonly int[] Partitions = [0, 1, 2];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Partitions_are_read_again_side_by_side_so_that_the_order_is_put_right_cheaply()
    {
        var scored = 0;
        using var bench = new PumpBench(engineFactory: state => new Meter(new CountingEngine(state), () => scored++))
        {
            Options = new MonitorOptions
            {
                BatchEntriesMax = 3,
                SnapshotEveryEvents = 100_000,
                Order = new OrderedScoringOptions { CheckpointEveryEvents = 30 },
            },
        };
        Fill(bench);
        bench.Restart();
        await bench.RunAsync();
        var expected = await bench.OutcomeAsync();
        scored = 0;
        bench.Restart();

        await bench.Pump.StartAsync(Cancel);

        // One partition after the other would score everything of the first again with every batch of the second.
        Assert.InRange(scored, Partitions.Length * EventsOfEach, 4 * Partitions.Length * EventsOfEach);
        await bench.RunAsync();
        Assert.Equal(expected, await bench.OutcomeAsync());
    }

    [Fact]
    public async Task Of_a_partition_that_another_process_had_only_a_bounded_part_is_read_again()
    {
        using var bench = new PumpBench { Options = new MonitorOptions { BatchEntriesMax = 3, SnapshotEveryEvents = 10 } };
        Fill(bench);
        bench.Restart();
        await bench.RunAsync();
        var snapshot = (await bench.Store.SnapshotAsync(Cancel))!;
        var ofOne = new Dictionary<int, long> { [0] = snapshot.Offsets[0] };
        await bench.Store.CommitAsync(
            new CaseCommit { ScoredOffsets = new Dictionary<int, long>(), Snapshot = snapshot with { Offsets = ofOne } }, Cancel);
        bench.Restart();
        bench.Log.Reads.Clear();

        await bench.Pump.StartAsync(Cancel);

        var stored = EventsOfEach - 1L;
        Assert.Equal(snapshot.Offsets[0], bench.Log.Reads.First(read => read.Partition == 0).AfterOffset);
        Assert.Equal(stored - 20, bench.Log.Reads.First(read => read.Partition == 1).AfterOffset);
        Assert.Equal(stored - 20, bench.Log.Reads.First(read => read.Partition == 2).AfterOffset);
    }

    private static void Fill(PumpBench bench)
    {
        bench.Log.Partitions = Partitions;
        for (var number = 0; number < EventsOfEach; number++)
        {
            foreach (var partition in Partitions)
            {
                bench.Log.Add(Some.LedgerTransactionJson(
                    ("id", $"0x{number:x}{partition:x}:0"), ("node", $"node:{partition}"),
                    ("time", SomeCase.At.AddSeconds(number).AddMilliseconds(partition).ToString("O"))), partition);
            }
        }
    }

    /// <summary>Counts what is scored.</summary>
    private sealed class Meter(IDetectionEngine engine, Action scored) : IDetectionEngine
    {
        public EventVerdict Process(SentinelEvent observed)
        {
            scored();
            return engine.Process(observed);
        }

        public IReadOnlyList<EntityRisk> TopRisks(int entitiesMax) => engine.TopRisks(entitiesMax);

        public void Save(Stream destination) => engine.Save(destination);
    }
}

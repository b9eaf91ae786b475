using SentinelHealth.Detection.Ordering;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Monitoring;

/// <summary>Partitions come and go, at starts and between processes, and score as if they had always been in one place.</summary>
public sealed class CatchUpTests
{
    private const int EventsOfEach = 90;
    private static readonly int[] Partitions = [0, 1, 2];

    /// <summary>Little is held back, so that snapshots are of something.</summary>
    private static readonly MonitorOptions Quick = new()
    {
        BatchEntriesMax = 3,
        SnapshotEveryEvents = 10,
        Order = new OrderedScoringOptions { AllowedLateness = TimeSpan.FromSeconds(5), CheckpointEveryEvents = 10 },
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_start_reads_each_partition_from_its_own_snapshot()
    {
        using var bench = new PumpBench { Options = Quick };
        Fill(bench);
        bench.Restart();
        await bench.RunAsync();
        var snapshots = await Task.WhenAll(Partitions.Select(async of => (await bench.Store.SnapshotAsync(of, Cancel))!));
        bench.Restart();
        bench.Log.Reads.Clear();

        await bench.Pump.StartAsync(Cancel);

        Assert.All(snapshots, snapshot => Assert.Equal(
            snapshot.Offset, bench.Log.Reads.First(read => read.Partition == snapshot.Partition).AfterOffset));
        Assert.All(snapshots, snapshot => Assert.InRange(snapshot.Offset, 0, EventsOfEach - 1));
    }

    [Fact]
    public async Task What_a_partition_says_does_not_depend_on_which_others_are_scored_beside_it()
    {
        using var together = new PumpBench();
        Fill(together);
        await together.RunAsync();
        using var apart = new PumpBench();
        Fill(apart);
        foreach (var partition in Partitions)
        {
            apart.Log.Partitions = [partition];
            apart.Restart();
            await apart.RunAsync();
        }

        Assert.Equal(await together.OutcomeAsync(), await apart.OutcomeAsync());
        Assert.NotEqual(0, await together.Store.AlertCountAsync(new AlertFilter(), Cancel));
    }

    [Fact]
    public async Task A_partition_that_goes_leaves_its_state_and_one_that_comes_goes_on_from_there()
    {
        using var undisturbed = new PumpBench(options: Quick);
        Fill(undisturbed);
        await undisturbed.RunAsync();
        using var bench = new PumpBench { Options = Quick with { SnapshotEveryEvents = 1_000_000 } };
        Fill(bench);
        bench.Restart();
        bench.Log.VisibleMax = 40;
        await bench.RunAsync();
        bench.Log.Partitions = [0, 2];
        bench.Log.VisibleMax = 60;
        await bench.Pump.DrainAsync(Cancel);
        bench.Log.Reads.Clear();
        bench.Log.Partitions = Partitions;
        bench.Log.VisibleMax = long.MaxValue;

        await bench.Pump.DrainAsync(Cancel);

        // Not one entry is read that was scored before it left, but those whose place in the order was not settled yet.
        var again = bench.Log.Reads.First(read => read.Partition == 1).AfterOffset;
        Assert.Equal((await bench.Store.SnapshotAsync(1, Cancel))!.Offset, again);
        Assert.InRange(again, 10, 39);
        Assert.Null(await bench.Store.SnapshotAsync(0, Cancel));
        Assert.Equal(await undisturbed.OutcomeAsync(), await bench.OutcomeAsync());
    }

    [Fact]
    public async Task A_partition_that_goes_and_comes_back_while_it_is_read_again_misses_nothing()
    {
        using var undisturbed = new PumpBench(options: Quick);
        Fill(undisturbed);
        await undisturbed.RunAsync();
        using var bench = new PumpBench(options: Quick with { SnapshotEveryEvents = 1_000_000 });
        Fill(bench);
        bench.Log.VisibleMax = 60;
        await bench.RunAsync();
        bench.Restart();
        bench.Log.Reads.Clear();
        bench.Log.NothingAtRead = (Partition: 1, Read: 4);
        await bench.Pump.StartAsync(Cancel);
        Assert.Null(bench.Log.NothingAtRead);
        bench.Log.VisibleMax = long.MaxValue;

        await bench.Pump.DrainAsync(Cancel);

        Assert.Equal(await undisturbed.OutcomeAsync(), await bench.OutcomeAsync());
    }

    [Fact]
    public async Task A_partition_that_another_process_took_further_does_not_disturb_the_others()
    {
        using var bench = new PumpBench();
        Fill(bench);
        bench.Log.VisibleMax = 40;
        await bench.RunAsync();
        var before = await bench.Store.ScoredOffsetAsync(1, Cancel);
        await bench.Store.CommitAsync(new CaseCommit { ScoredOffsets = new Dictionary<int, long> { [1] = before + 5 } }, Cancel);
        bench.Log.VisibleMax = long.MaxValue;

        await Assert.ThrowsAsync<PositionMovedException>(async () => await bench.Pump.DrainAsync(Cancel));
        bench.Log.Reads.Clear();
        await bench.Pump.DrainAsync(Cancel);

        Assert.Equal(EventsOfEach - 1, await bench.Store.ScoredOffsetAsync(1, Cancel));
        Assert.Equal(EventsOfEach - 1, await bench.Store.ScoredOffsetAsync(2, Cancel));
        var ofTwo = bench.Log.Reads.Where(read => read.Partition == 2);
        Assert.All(ofTwo, read => Assert.InRange(read.AfterOffset, 39, EventsOfEach));
        // Five entries were scored elsewhere as far as this store knows.
        Assert.Equal((3 * EventsOfEach) - 5, (await bench.Store.PositionAsync(Cancel)).Tally.Scored);
    }

    [Fact]
    public async Task A_copy_of_what_another_partition_scores_is_known_here_and_counted_as_neither_received_nor_scored()
    {
        using var bench = new PumpBench();
        Fill(bench);
        for (var copies = 0; copies < 7; copies++)
            bench.Log.Add(Some.LedgerTransactionJson(("id", $"0xc{copies}:0")), partition: 1, isCopy: true);

        await bench.RunAsync();

        var tally = (await bench.Store.PositionAsync(Cancel)).Tally;
        Assert.Equal((3L * EventsOfEach, 7L, 0L), (tally.Scored, tally.Copied, tally.Filtered));
        var conservation = (await bench.Status.NetworkAsync(Cancel)).Conservation;
        Assert.Equal(
            (3L * EventsOfEach, 3L * EventsOfEach, 0L), (conservation.Received, conservation.Scored, conservation.Waiting));
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
}

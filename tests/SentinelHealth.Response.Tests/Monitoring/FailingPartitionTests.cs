using SentinelHealth.Detection;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Monitoring;

/// <summary>A partition that fails waits by itself: the others are scored, and it misses nothing when it is back.</summary>
public sealed class FailingPartitionTests
{
    private const int EventsOfEach = 60;
    private static readonly int[] Partitions = [0, 1, 2];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_others_go_on_while_one_cannot_be_read_and_it_continues_where_it_was()
    {
        using var undisturbed = Filled();
        await undisturbed.RunAsync();
        using var bench = Filled();
        bench.Log.VisibleMax = 20;
        await bench.RunAsync();
        bench.Log.VisibleMax = long.MaxValue;
        bench.Log.Faults[1] = new IOException("No leader.");

        await Assert.ThrowsAsync<IOException>(async () => await bench.Pump.DrainAsync(Cancel));

        await AssertScoredAsync(bench, EventsOfEach - 1, 19, EventsOfEach - 1);
        bench.Log.Faults.Clear();
        bench.Log.Reads.Clear();
        await bench.Pump.DrainAsync(Cancel);
        // Nothing was scored that was not stored, so nothing is read again.
        Assert.Equal(19, bench.Log.Reads.First(read => read.Partition == 1).AfterOffset);
        await AssertAlikeAsync(undisturbed, bench);
    }

    [Fact]
    public async Task A_partition_that_does_not_answer_is_a_fault_after_a_while_and_others_are_scored_meanwhile()
    {
        using var bench = Filled();
        bench.Log.Silent.Add(0);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = bench.Pump.RunAsync(stop.Token);

        await PassingAsync(bench, async () => await ScoredAsync(bench) is [-1, EventsOfEach - 1, EventsOfEach - 1]);

        Assert.Equal([0], bench.Status.FailingPartitions);
        var shown = (await bench.Status.NetworkAsync(Cancel)).Partitions;
        Assert.Contains("does not answer", shown[0].Fault, StringComparison.Ordinal);
        Assert.Equal([0L, 0L], shown.Skip(1).Select(partition => partition.Lag));
        Assert.Contains("does not answer", (await bench.Store.ShardReportsAsync(Cancel))[0].Fault, StringComparison.Ordinal);
        bench.Log.Silent.Clear();
        await PassingAsync(bench, async () => (await ScoredAsync(bench))[0] == EventsOfEach - 1);
        await PassingAsync(bench, () => Task.FromResult(bench.Status.FailingPartitions.Count == 0));
        await stop.CancelAsync();
        await running;
        Assert.Equal("", (await bench.Store.ShardReportsAsync(Cancel))[0].Fault);
    }

    [Fact]
    public async Task A_fault_that_stays_is_tried_ever_less_often_and_told_once()
    {
        using var bench = Filled();
        bench.Log.Faults[2] = new IOException("No leader.");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = bench.Pump.RunAsync(stop.Token);
        await PassingAsync(bench, async () => (await ScoredAsync(bench))[1] == EventsOfEach - 1);
        await PassingAsync(bench, () => Task.FromResult(TriesOf(bench, 2) >= 5));

        // 1 + 2 + 4 + 8 seconds lie between five tries.
        Assert.InRange(bench.Clock.GetUtcNow() - SomeCase.At, TimeSpan.FromSeconds(15), TimeSpan.MaxValue);
        Assert.Equal(1, bench.Logger.Count("Partition 2 failed"));
        Assert.False(bench.Logger.Said("Partition 0 failed"));
        bench.Log.Faults.Clear();
        await PassingAsync(bench, async () => (await ScoredAsync(bench))[2] == EventsOfEach - 1);
        await PassingAsync(bench, () => Task.FromResult(bench.Logger.Said("Partition 2 goes on again")));
        await stop.CancelAsync();
        await running;
        Assert.Equal(3 * EventsOfEach, (await bench.Store.PositionAsync(Cancel)).Tally.Scored);
    }

    [Fact]
    public async Task One_that_rests_has_no_turn_until_its_rest_is_over_and_holds_up_no_other()
    {
        var clock = new ManualClock(SomeCase.At);
        var turns = new PartitionTurns(clock, (_, _) => throw new InvalidOperationException("Nothing failed."));
        turns.Rest(1, TimeSpan.FromSeconds(2));
        turns.Rest(2, TimeSpan.Zero);

        Assert.Equal((1, 0, 1), await TurnsAsync());
        AssertStanding([0, 2], TimeSpan.FromSeconds(2));
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((1, 1, 1), await TurnsAsync());
        AssertStanding(Partitions, null);

        void AssertStanding(IReadOnlyList<int> expectedReady, TimeSpan? expectedNextIn)
        {
            var (ready, nextIn) = turns.Standing(Partitions);
            Assert.Equal(expectedReady, ready);
            Assert.Equal(expectedNextIn, nextIn);
        }

        async Task<(int, int, int)> TurnsAsync() => (await TakeAsync(0), await TakeAsync(1), await TakeAsync(2));

        async Task<int> TakeAsync(int partition) => await turns.TakeAsync(partition, _ => Task.FromResult(1), Cancel);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_rest_that_ends_while_it_is_asked_about_is_not_forgotten(int asksBefore)
    {
        var clock = new HurryingClock();
        var turns = new PartitionTurns(clock, (_, _) => throw new InvalidOperationException("Nothing failed."));
        turns.Rest(1, TimeSpan.FromSeconds(asksBefore));

        var (ready, nextIn) = turns.Standing(Partitions);

        Assert.True(ready.Contains(1) || nextIn is not null, $"partition 1 is neither ready nor waited for, with {asksBefore} s of rest");
    }

    [Theory]
    [InlineData(true, 1, 10, 1, 190)]
    [InlineData(true, 1, 100, 1, 300)]
    [InlineData(true, 1, 100, 8, 1_500)]
    [InlineData(true, 1, 1_000, 8, 2_000)]
    [InlineData(true, 64, 10, 8, 0)]
    [InlineData(false, 1, 10, 8, 190)]
    [InlineData(false, 1, 200, 8, 0)]
    [InlineData(false, 64, 10, 8, 0)]
    public void How_long_one_rests_goes_by_what_its_batch_took_and_how_many_partitions_there_are(
        bool isCorrection, int entries, int tookMs, int partitions, int restMs)
    {
        var clock = new TickingClock();

        var rest = RestAfter(PaceOf(clock), clock, (entries, 0), (isCorrection, tookMs), partitions);

        Assert.Equal(TimeSpan.FromMilliseconds(restMs), rest);
    }

    [Fact]
    public void A_batch_is_full_when_it_has_what_was_asked_for_or_many_bytes()
    {
        var clock = new TickingClock();
        var pace = PaceOf(clock);

        Assert.Equal(TimeSpan.Zero, RestAfter(pace, clock, (64, 0), (false, 300), 1));
        Assert.Equal(32, pace.EntriesMax);
        // Quick again, so that the next may have 64: what was asked for were 32, and it had them.
        Assert.Equal(TimeSpan.Zero, RestAfter(pace, clock, (32, 0), (false, 10), 1));
        Assert.Equal(64, pace.EntriesMax);
        Assert.Equal(TimeSpan.FromMilliseconds(190), RestAfter(pace, clock, (63, 0), (false, 10), 1));
        Assert.Equal(TimeSpan.Zero, RestAfter(pace, clock, (3, 2_000_000), (false, 10), 1));
    }

    [Fact]
    public void While_corrections_are_dear_few_entries_are_no_full_batch()
    {
        var clock = new TickingClock();
        var pace = PaceOf(clock);
        RestAfter(pace, clock, (64, 0), (false, 300), 1);
        RestAfter(pace, clock, (32, 0), (true, 150), 1);

        Assert.Equal(256, pace.EntriesMax);
        Assert.Equal(TimeSpan.FromMilliseconds(450), RestAfter(pace, clock, (40, 0), (true, 150), 1));
        Assert.Equal(TimeSpan.Zero, RestAfter(pace, clock, (64, 0), (true, 150), 1));
    }

    private static PumpPace PaceOf(TickingClock clock) =>
        new(new MonitorOptions { BatchEntriesMax = 64, BatchEvery = TimeSpan.FromMilliseconds(200) }, clock);

    private static TimeSpan RestAfter(
        PumpPace pace, TickingClock clock, (int Entries, long Bytes) batch, (bool IsCorrection, int TookMs) scoring,
        int partitions)
    {
        pace.Begin(batch.Entries, batch.Bytes);
        var startedAt = clock.GetTimestamp();
        clock.Milliseconds += scoring.TookMs;
        pace.Done(startedAt, scoring.IsCorrection);
        var rest = pace.RestAfter(partitions);
        return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
    }

    [Fact]
    public async Task A_log_that_lost_its_end_stops_its_own_partition_alone()
    {
        using var bench = Filled();
        await bench.Store.CommitAsync(
            new CaseCommit { ScoredOffsets = new Dictionary<int, long> { [1] = EventsOfEach + 100 } }, Cancel);

        await Assert.ThrowsAsync<InvalidDataException>(async () => await bench.Pump.StartAsync(Cancel));
        await Assert.ThrowsAsync<InvalidDataException>(async () => await bench.Pump.DrainAsync(Cancel));

        await AssertScoredAsync(bench, EventsOfEach - 1, EventsOfEach + 100, EventsOfEach - 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_failed_halfway_is_scored_again_from_what_is_stored(bool isBeforeCommit)
    {
        using var undisturbed = Filled();
        await undisturbed.RunAsync();
        var isFaulty = true;
        using var bench = Filled(isBeforeCommit ? null : state => new FaultyEngine(state, () => isFaulty));
        bench.BeforeCommit = (entries, _) => isBeforeCommit && isFaulty && entries[0] is { Partition: 1, Offset: > 20 }
            ? throw new IOException("The disk is full.") : ValueTask.CompletedTask;
        bench.Restart();
        await bench.Pump.StartAsync(Cancel);

        await Assert.ThrowsAsync<IOException>(async () => await bench.Pump.DrainAsync(Cancel));
        var stored = await ScoredAsync(bench);
        Assert.Equal((EventsOfEach - 1L, EventsOfEach - 1L), (stored[0], stored[2]));
        Assert.InRange(stored[1], 10, EventsOfEach - 2);
        isFaulty = false;
        await bench.Pump.DrainAsync(Cancel);

        await AssertAlikeAsync(undisturbed, bench);
    }

    private static int TriesOf(PumpBench bench, int partition) =>
        bench.Log.Reads.ToArray().Count(read => read.Partition == partition);

    private static async Task<long[]> ScoredAsync(PumpBench bench) =>
        [.. await Task.WhenAll(Partitions.Select(partition => bench.Store.ScoredOffsetAsync(partition, Cancel).AsTask()))];

    private static async Task AssertScoredAsync(PumpBench bench, params long[] offsets) =>
        Assert.Equal(offsets, await ScoredAsync(bench));

    private static async Task AssertAlikeAsync(PumpBench expected, PumpBench found)
    {
        await found.Executor.DrainAsync(Cancel);
        Assert.Equal(await expected.OutcomeAsync(), await found.OutcomeAsync());
        Assert.NotEqual(0, await found.Store.AlertCountAsync(new AlertFilter(), Cancel));
        Assert.Equal((await expected.Store.PositionAsync(Cancel)).Tally, (await found.Store.PositionAsync(Cancel)).Tally);
    }

    /// <summary>Lets the clock of the pump go until something is so.</summary>
    private static Task PassingAsync(PumpBench bench, Func<Task<bool>> isSo) => Patience.UntilAsync(
        async () =>
        {
            bench.Clock.Advance(TimeSpan.FromMilliseconds(500));
            return await isSo();
        },
        () => "The pump did not come so far.");

    private static PumpBench Filled(Func<Stream?, IDetectionEngine>? engine = null)
    {
        var bench = new PumpBench(engineFactory: engine);
        bench.Log.Partitions = Partitions;
        for (var number = 0; number < EventsOfEach; number++)
        {
            foreach (var partition in Partitions)
                bench.Log.Add(Some.LedgerTransactionJson(
                    ("id", $"0x{number:x}{partition:x}:0"), ("node", $"node:{partition}"),
                    ("time", SomeCase.At.AddSeconds(number).ToString("O"))), partition);
        }
        return bench;
    }

    /// <summary>A second goes by each time it is looked at.</summary>
    private sealed class HurryingClock : TimeProvider
    {
        private int _looks;

        public override DateTimeOffset GetUtcNow() => SomeCase.At.AddSeconds(_looks++);
    }

    private sealed class TickingClock : TimeProvider
    {
        public long Milliseconds { get; set; }

        public override long TimestampFrequency => 1_000;

        public override long GetTimestamp() => Milliseconds;
    }

    /// <summary>Fails at a late event of one partition, after it has learned from those before.</summary>
    private sealed class FaultyEngine(Stream? state, Func<bool> isFaulty) : IDetectionEngine
    {
        private readonly CountingEngine _engine = new(state);

        public EventVerdict Process(SentinelEvent observed) => isFaulty() && observed.TextOf(TextField.Id) == "0x1e1:0"
            ? throw new IOException("The engine fails.") : _engine.Process(observed);

        public IReadOnlyList<EntityRisk> TopRisks(int entitiesMax) => _engine.TopRisks(entitiesMax);

        public void Save(Stream destination) => _engine.Save(destination);
    }
}

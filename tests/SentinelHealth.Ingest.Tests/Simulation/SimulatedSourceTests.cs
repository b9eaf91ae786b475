using SentinelHealth.Ingest.Simulation;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Simulation;

public sealed class SimulatedSourceTests
{
    private static readonly SimulatedSourceOptions Short = new()
    {
        Simulation = SimulatedRuns.Peaceful with { Days = 1, EventsPerDay = 2_000 },
        WarmUp = TimeSpan.FromDays(2),
        BatchEventsMax = 100,
    };

    [Fact]
    public async Task The_warm_up_hands_over_the_whole_simulation_in_order()
    {
        var intake = new CollectingIntake();
        var source = new SimulatedSource(Short, new ManualClock());

        await source.RunAsync(intake, TestContext.Current.CancellationToken);

        var expected = new HospitalSimulator(Short.Simulation).Events().Select(one => one.Json);
        Assert.Equal(expected, intake.Records.Select(record => record.Payload.ToArray()));
        Assert.True(intake.LargestBatch <= 100);
    }

    [Fact]
    public async Task A_second_run_plays_the_same_again()
    {
        var (first, second) = (new CollectingIntake(), new CollectingIntake());
        var source = new SimulatedSource(Short, new ManualClock());

        await source.RunAsync(first, TestContext.Current.CancellationToken);
        await source.RunAsync(second, TestContext.Current.CancellationToken);

        Assert.Equal(first.Records.Select(one => one.Payload.ToArray()), second.Records.Select(one => one.Payload.ToArray()));
    }

    [Fact]
    public async Task The_live_part_keeps_pace_with_the_clock()
    {
        var clock = new SteppingClock();
        var intake = new CollectingIntake();
        var options = Short with { WarmUp = TimeSpan.FromHours(12), Speed = 3_600 };

        await new SimulatedSource(options, clock).RunAsync(intake, TestContext.Current.CancellationToken);

        // Twelve hours live at an hour a second are twelve seconds of the clock, waited in ticks of at most 200 ms.
        Assert.InRange(clock.Waited, TimeSpan.FromSeconds(11.5), TimeSpan.FromSeconds(12.5));
        Assert.Equal(new HospitalSimulator(options.Simulation).Events().Count(), intake.Records.Count);
    }

    [Fact]
    public async Task A_live_attack_comes_the_stated_time_of_the_clock_after_the_warm_up()
    {
        var liveAt = Short.Simulation.StartAt.AddHours(12);
        var options = Short with
        {
            WarmUp = TimeSpan.FromHours(12),
            Speed = 60,
            LiveAttacks = [new LiveAttack(TimeSpan.FromSeconds(10), "mass-export")]
        };

        var attacks = new SimulatedSource(options, new ManualClock()).Simulator.Events()
            .Where(one => one.Attack is not null).ToList();

        Assert.InRange(attacks[0].OccurredAt, liveAt.AddMinutes(10), liveAt.AddMinutes(11));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Cancelling_ends_the_run()
    {
        using var cancel = new CancellationTokenSource();
        var intake = new CollectingIntake(cancel.Cancel);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new SimulatedSource(Short, new ManualClock()).RunAsync(intake, cancel.Token));
        Assert.Equal(100, intake.Records.Count);
    }

    [Fact]
    public async Task Progress_says_when_the_live_part_begins()
    {
        var progress = new CollectingProgress();
        var source = new SimulatedSource(
            Short with { WarmUp = TimeSpan.FromHours(12), Speed = 1e6 }, new SteppingClock(), null, progress);

        await source.RunAsync(new CollectingIntake(), TestContext.Current.CancellationToken);

        Assert.False(progress.Reports[0].IsLive);
        Assert.True(progress.Reports.Zip(progress.Reports.Skip(1)).All(pair =>
            pair.First.WarmUpShare <= pair.Second.WarmUpShare));
        Assert.Equal((true, 1.0), (progress.Reports[^1].IsLive, progress.Reports[^1].WarmUpShare));
    }

    private sealed class CollectingProgress : IProgress<SimulationProgress>
    {
        public List<SimulationProgress> Reports { get; } = [];

        public void Report(SimulationProgress value) => Reports.Add(value);
    }

    private sealed class CollectingIntake(Action? afterBatch = null) : IIntake
    {
        public List<SourceRecord> Records { get; } = [];

        public int LargestBatch { get; private set; }

        public ValueTask<IntakeResult> AcceptAsync(string source, IReadOnlyList<SourceRecord> batch, CancellationToken cancel)
        {
            Records.AddRange(batch);
            LargestBatch = Math.Max(LargestBatch, batch.Count);
            afterBatch?.Invoke();
            return ValueTask.FromResult(new IntakeResult(batch.Count, batch.Count, 0, []));
        }
    }

    /// <summary>A clock whose timers fire at once and move it by what was waited for.</summary>
    private sealed class SteppingClock : TimeProvider
    {
        private static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

        public TimeSpan Waited { get; private set; }

        public override DateTimeOffset GetUtcNow() => Start + Waited;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waited += dueTime;
            return TimeProvider.System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }
}

using SentinelHealth.Detection.Calibration;

namespace SentinelHealth.Detection.Tests.Calibration;

public class GuaranteeTests
{
    private const int Seeds = 20;

    /// <summary>What the fitted tail and the finite number of seeds may add.</summary>
    private const double Slack = 0.05;

    [Fact]
    public void On_exchangeable_replays_the_false_discovery_share_keeps_its_bound_and_attacks_are_discovered()
    {
        var replays = Enumerable.Range(1, Seeds).AsParallel().Select(seed => new CalibratedStream(seed).Run()).ToList();
        var bound = new DetectionOptions().FalseDiscoveryRate + Slack;

        var (isTrue, isFalse) = (replays.Sum(replay => replay.TrueCount), replays.Sum(replay => replay.FalseCount));
        Assert.InRange(
            replays.SelectMany(replay => replay.FalseShares.Skip(CalibratedStream.FirstAttackDay)).Average(), 0, bound);
        Assert.InRange(isFalse / (double)(isFalse + isTrue), 0, bound);
        Assert.All(replays, replay => Assert.True(replay.TrueCount > 8, $"Only {replay.TrueCount} attacked hours were discovered."));
    }

    [Fact]
    public void Exchangeable_replays_are_not_called_otherwise()
    {
        var replays = Enumerable.Range(101, Seeds).AsParallel().Select(seed => new CalibratedStream(seed).Run()).ToList();
        Assert.All(replays, replay => Assert.True(replay.Guarantee.Holds));
    }

    [Fact]
    public void Scores_that_double_are_noticed_within_a_week_of_ten_hour_days()
    {
        var replays = Enumerable.Range(201, Seeds).AsParallel()
            .Select(seed => new CalibratedStream(seed).Run(changeOnDay: 12, factor: 2)).ToList();
        Assert.All(replays, replay => Assert.InRange(replay.NoticedAfter ?? long.MaxValue, 1, 70));
    }

    [Fact]
    public void While_nothing_can_be_promised_alerts_come_within_the_budget_and_say_so()
    {
        var guarantee = Suspended(AlertGate.Discoveries);
        Assert.False(guarantee.Holds);
        Assert.Equal(AlertStanding.Uncalibrated, guarantee.Judge(1, Hour(5_000), 0.5));
        Assert.NotNull(guarantee.Status(0).OffSinceAt);
    }

    [Fact]
    public void The_promise_returns_after_three_quiet_days()
    {
        var guarantee = Suspended(AlertGate.Budget);
        for (var hour = 5_000; hour < 5_000 + 73; hour++)
            guarantee.Learn(IntervalTurn.Next, Finished(1, hour, 1), Hour(hour));
        Assert.True(guarantee.Holds);
    }

    [Theory]
    [InlineData(AlertGate.Budget)]
    [InlineData(AlertGate.Discoveries)]
    public void What_is_no_discovery_is_raised_only_when_the_gate_is_the_budget(AlertGate gate)
    {
        var guarantee = new Guarantee(new DetectionOptions { AlertGate = gate });
        Assert.Equal(
            gate == AlertGate.Budget ? AlertStanding.WithinBudget : AlertStanding.Withheld, guarantee.Judge(1, Hour(1), 0.5));
    }

    [Fact]
    public void A_level_grows_with_earlier_discoveries_but_not_with_those_it_may_depend_on()
    {
        var control = new DiscoveryControl(0.1);
        for (var hour = 0; hour < 48; hour++)
        {
            for (var unit = 0; unit < 100; unit++)
                control.Begin(Hour(hour));
        }
        var quiet = control.Level(Hour(50));
        Assert.True(control.Discovers(1, Hour(50), 0));
        Assert.True(control.Discovers(1, Hour(50), 0));
        Assert.Equal(quiet, control.Level(Hour(51)));
        Assert.Equal(2 * quiet, control.Level(Hour(52)), 1e-15);
        Assert.Equal(quiet, control.Level(Hour(73)), 1e-15);
    }

    [Fact]
    public void A_reloaded_guarantee_goes_on_as_if_nothing_had_happened()
    {
        var original = Suspended(AlertGate.Budget);
        var copy = new Guarantee(new DetectionOptions());
        copy.Load(new BinaryReader(new MemoryStream(Saved(original))));
        for (var hour = 5_000; hour < 5_200; hour++)
        {
            var finished = new FinishedInterval((ulong)hour % 9, (ulong)hour % 3, hour, Hour(hour), hour % 11, false);
            original.Learn(IntervalTurn.Next, finished, Hour(hour));
            copy.Learn(IntervalTurn.Next, finished, Hour(hour));
            Assert.Equal(original.Judge(3, Hour(hour), 1e-6), copy.Judge(3, Hour(hour), 1e-6));
        }
        Assert.Equal(Saved(original), Saved(copy));
    }

    /// <summary>After three weeks of ordinary hours everybody becomes stranger by the hour, until the test says so.</summary>
    private static Guarantee Suspended(AlertGate gate)
    {
        var guarantee = new Guarantee(new DetectionOptions { AlertGate = gate });
        for (var hour = 0; hour < 700 && guarantee.Holds; hour++)
        {
            for (var actor = 1ul; actor <= 20; actor++)
            {
                var highest = hour < 504 ? (double)((actor + (ulong)hour) % 10) : 20 + hour;
                guarantee.Learn(IntervalTurn.Next, Finished(actor, hour, highest), Hour(hour));
            }
        }
        return guarantee;
    }

    private static FinishedInterval Finished(ulong actor, int hour, double highest) =>
        new(actor, 7, hour, Hour(hour), highest, IsFlagged: false);

    private static long Hour(int hour) => (20_000 * 24L + hour) * 3_600_000;

    private static byte[] Saved(Guarantee guarantee)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream))
            guarantee.Save(writer);
        return stream.ToArray();
    }
}

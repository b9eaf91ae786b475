using SentinelHealth.Dashboard.Hosting;

namespace SentinelHealth.Dashboard.Tests.Hosting;

public sealed class ScaledClockTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 9, 0, 0, TimeSpan.Zero);

    private readonly SteppedClock _wall = new();

    [Fact]
    public void Time_stands_until_it_is_started()
    {
        var clock = new ScaledClock(_wall, Start, 60);

        _wall.Advance(TimeSpan.FromHours(1));

        Assert.Equal(Start, clock.GetUtcNow());
        Assert.Equal(0, clock.GetTimestamp());
    }

    [Fact]
    public void Time_passes_the_given_number_of_times_faster()
    {
        var clock = new ScaledClock(_wall, Start, 60);
        clock.Start();
        var before = clock.GetTimestamp();

        _wall.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(Start + TimeSpan.FromMinutes(10), clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromMinutes(10), clock.GetElapsedTime(before));
    }

    [Fact]
    public void Starting_again_does_not_set_time_back()
    {
        var clock = new ScaledClock(_wall, Start, 2);
        clock.Start();
        _wall.Advance(TimeSpan.FromSeconds(10));

        clock.Start();

        Assert.Equal(Start + TimeSpan.FromSeconds(20), clock.GetUtcNow());
    }

    [Fact]
    public void Timers_are_shortened_and_never_to_nothing()
    {
        var clock = new ScaledClock(_wall, Start, 60);

        using var minute = clock.CreateTimer(_ => { }, null, TimeSpan.FromMinutes(1), Timeout.InfiniteTimeSpan);
        using var instant = clock.CreateTimer(_ => { }, null, TimeSpan.FromMilliseconds(5), TimeSpan.Zero);

        Assert.Equal((TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan), _wall.Timers[0]);
        Assert.Equal((TimeSpan.FromMilliseconds(1), TimeSpan.Zero), _wall.Timers[1]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(2e6)]
    public void A_speed_out_of_range_is_refused(double speed) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ScaledClock(_wall, Start, speed));

    private sealed class SteppedClock : TimeProvider
    {
        private long _ticks;

        public List<(TimeSpan Due, TimeSpan Period)> Timers { get; } = [];

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;

        public override long GetTimestamp() => _ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Timers.Add((dueTime, period));
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}

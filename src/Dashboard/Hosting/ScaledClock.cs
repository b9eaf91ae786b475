namespace SentinelHealth.Dashboard.Hosting;

/// <summary>
/// The clock of a simulated network: stands at an instant until it is started, then runs a number of times faster than the wall.
/// </summary>
/// <remarks>Timers are shortened by the same factor. Never used for sessions, tokens or anything else of the web host.</remarks>
internal sealed class ScaledClock(TimeProvider system, DateTimeOffset start, double speed) : TimeProvider
{
    private long _startedAt = -1;

    public double Speed { get; } = speed is > 0 and <= 1_000_000
        ? speed
        : throw new ArgumentOutOfRangeException(nameof(speed), "The speed lies above 0 and at most at a million.");

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Lets time pass from now on. Later calls do nothing.</summary>
    public void Start() => Interlocked.CompareExchange(ref _startedAt, system.GetTimestamp(), -1);

    public override DateTimeOffset GetUtcNow() => start + Passed();

    public override long GetTimestamp() => Passed().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new ScaledTimer(system.CreateTimer(callback, state, Shorten(dueTime), Shorten(period)), this);

    private TimeSpan Passed()
    {
        var startedAt = Interlocked.Read(ref _startedAt);
        return startedAt < 0 ? TimeSpan.Zero : system.GetElapsedTime(startedAt) * Speed;
    }

    /// <summary>Never to nothing: a zero would turn a short wait into a busy loop.</summary>
    private TimeSpan Shorten(TimeSpan span)
    {
        if (span <= TimeSpan.Zero)
            return span;
        var shortened = span / Speed;
        return shortened < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : shortened;
    }

    private sealed class ScaledTimer(ITimer timer, ScaledClock clock) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(clock.Shorten(dueTime), clock.Shorten(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}

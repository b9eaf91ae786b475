namespace SentinelHealth.Testing.Simulated.Whole;

/// <summary>
/// The only clock of a simulated world. Nothing in it is measured: work takes as long as the weather says, and who waits lets the time
/// pass, so that a seed is the same run on a slow machine and on a fast one.
/// </summary>
/// <param name="start">The first instant.</param>
/// <param name="workTakes">How long whatever the program times takes: what passes between two looks at the clock.</param>
internal sealed class WholeClock(DateTimeOffset start, TimeSpan workTakes) : TimeProvider
{
    private DateTimeOffset _now = start;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp()
    {
        _now += workTakes;
        return _now.UtcTicks;
    }

    /// <summary>A wait is over at once, and later by the clock. What is to happen beside the run, on timers of pages, does not happen.</summary>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var isWait = dueTime >= TimeSpan.Zero && period == Timeout.InfiniteTimeSpan && state is not CancellationTokenSource;
        if (isWait)
        {
            _now += dueTime;
            callback(state);
        }
        return new PassedTimer();
    }

    public void Advance(TimeSpan by) => _now += by;

    private sealed class PassedTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
            // There is nothing to give back.
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

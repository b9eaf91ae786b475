namespace SentinelHealth.Ingest.Evm;

/// <summary>How long to wait after each failure in a row: doubling from a first wait up to a longest. Has no clock of its own.</summary>
/// <param name="First">Wait after the first failure.</param>
/// <param name="Longest">Longest wait.</param>
public sealed record BackoffSchedule(TimeSpan First, TimeSpan Longest)
{
    /// <summary>Failures since the last success.</summary>
    public int FailureCount { get; private set; }

    /// <summary>Notes a failure and says how long to wait.</summary>
    public TimeSpan Failed()
    {
        FailureCount++;
        // Beyond 30 doublings any first wait has passed any sensible longest one; the bound keeps the shift in range.
        var ticks = (double)First.Ticks * (1L << Math.Min(FailureCount - 1, 30));
        return ticks >= Longest.Ticks ? Longest : TimeSpan.FromTicks((long)ticks);
    }

    /// <summary>Notes a success.</summary>
    public void Succeeded() => FailureCount = 0;
}

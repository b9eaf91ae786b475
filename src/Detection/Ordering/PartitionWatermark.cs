namespace SentinelHealth.Detection.Ordering;

/// <summary>
/// How far one partition's event time has come. Everything before the watermark is settled: what still comes from there is late
/// and takes its place at the watermark. A function of the partition's own events alone, so it is the same at every reading.
/// </summary>
public sealed class PartitionWatermark(TimeSpan lateness)
{
    private readonly long _latenessMs = (long)lateness.TotalMilliseconds;

    /// <summary>Newest event time seen, Unix milliseconds; <see cref="long.MinValue"/> before the first event.</summary>
    public long NewestMs { get; private set; } = long.MinValue;

    /// <summary>The watermark: the newest time less the allowed lateness.</summary>
    public long Ms => NewestMs == long.MinValue ? long.MinValue : NewestMs - _latenessMs;

    /// <summary>Takes an event's time in and says by which time it is ordered.</summary>
    /// <param name="atMs">The event's time, Unix milliseconds.</param>
    /// <param name="isLate">Whether it came later than allowed.</param>
    public long Observe(long atMs, out bool isLate)
    {
        isLate = atMs < Ms;
        var rankedMs = isLate ? Ms : atMs;
        NewestMs = Math.Max(NewestMs, atMs);
        return rankedMs;
    }

    /// <summary>Continues where an earlier reading stood.</summary>
    public void Restore(long newestMs) => NewestMs = newestMs;
}

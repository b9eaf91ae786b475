namespace SentinelHealth.Response.Monitoring;

/// <summary>Events and alerts per bucket of the monitor's clock, for the last 120 buckets. Not thread-safe.</summary>
internal sealed class RateBuckets(TimeSpan width)
{
    public const int BucketsMax = 120;

    private readonly (long Index, long Events, int Alerts)[] _buckets = new (long, long, int)[BucketsMax];

    public void Add(DateTimeOffset now, long events, int alerts)
    {
        var index = now.UtcTicks / width.Ticks;
        ref var bucket = ref _buckets[index % BucketsMax];
        if (bucket.Index != index)
            bucket = (index, 0, 0);
        bucket.Events += events;
        bucket.Alerts += alerts;
    }

    /// <summary>Every bucket up to now, oldest first; those without events are zero.</summary>
    public IReadOnlyList<RatePoint> Read(DateTimeOffset now)
    {
        var last = now.UtcTicks / width.Ticks;
        var points = new RatePoint[BucketsMax];
        for (var i = 0; i < BucketsMax; i++)
        {
            var index = last - BucketsMax + 1 + i;
            var bucket = _buckets[index % BucketsMax];
            var (events, alerts) = bucket.Index == index ? (bucket.Events, bucket.Alerts) : (0, 0);
            points[i] = new RatePoint(new DateTimeOffset(index * width.Ticks, TimeSpan.Zero), events / width.TotalSeconds,
                alerts);
        }
        return points;
    }
}

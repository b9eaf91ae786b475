namespace SentinelHealth.Detection.Detectors;

/// <summary>The bucket widths counts are kept in, from bursts to slow drips.</summary>
internal static class TimeBuckets
{
    /// <summary>Widths in milliseconds: ten minutes, an hour, a day.</summary>
    public static readonly long[] WidthsMs = [600_000, 3_600_000, 86_400_000];

    /// <summary>The widths in words, as sentences use them.</summary>
    public static readonly string[] Names = ["10 minutes", "hour", "day"];

    /// <summary>The bucket an instant falls in.</summary>
    public static int IndexOf(long atMs, int width) => (int)(atMs / WidthsMs[width]);
}

namespace SentinelHealth.Detection.Detectors;

/// <summary>The bucket widths counts are kept in, from bursts to slow drips.</summary>
internal static class TimeBuckets
{
    /// <summary>Widths in milliseconds: ten minutes, an hour, a day.</summary>
    public static readonly long[] WidthsMs = [600_000, 3_600_000, 86_400_000];

    /// <summary>The widths in words, as sentences use them.</summary>
    public static readonly string[] Names = ["10 minutes", "hour", "day"];

    /// <summary>The bucket an instant falls in.</summary>
    /// <remarks>Divisions by constants: one by a variable takes as long as a logarithm.</remarks>
    public static int IndexOf(long atMs, int width) => width switch
    {
        0 => (int)(atMs / 600_000),
        1 => (int)(atMs / 3_600_000),
        _ => (int)(atMs / 86_400_000),
    };
}

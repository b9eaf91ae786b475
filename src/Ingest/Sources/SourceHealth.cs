namespace SentinelHealth.Ingest.Sources;

/// <summary>How a source is doing, for people.</summary>
/// <param name="Fault">The last fault and its retry as a sentence without secrets; empty when well.</param>
/// <param name="Progress">How far it is through what is there to be read; null when it cannot know.</param>
public sealed record SourceHealth(string Fault, SourceProgress? Progress)
{
    /// <summary>Nothing is wrong and nothing is counted.</summary>
    public static SourceHealth Well { get; } = new("", null);
}

/// <summary>How far a source is.</summary>
/// <param name="Done">Units read: blocks of a ledger, bytes of a file.</param>
/// <param name="Total">Units there are, as of the last look.</param>
/// <param name="Unit">What is counted, in the plural: <c>blocks</c>.</param>
/// <param name="PerSecond">Units read a second lately; 0 when it stands still.</param>
public readonly record struct SourceProgress(long Done, long Total, string Unit, double PerSecond)
{
    /// <summary>Units still to be read; never negative.</summary>
    public long Left => Math.Max(0, Total - Done);

    /// <summary>How long that takes at the current speed; null when it stands still.</summary>
    public TimeSpan? TimeLeft => Left == 0 ? TimeSpan.Zero
        : PerSecond > 0 && Left / PerSecond < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(Left / PerSecond) : null;
}

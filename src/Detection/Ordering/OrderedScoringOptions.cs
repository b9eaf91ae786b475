using System.ComponentModel.DataAnnotations;

namespace SentinelHealth.Detection.Ordering;

/// <summary>How far back an order may still be put right.</summary>
public sealed record OrderedScoringOptions
{
    /// <summary>How much later than newer events an event may arrive and still be scored in its place. Default 10 min, at most a day.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan AllowedLateness { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How far ahead of its receipt an event's time may be. One that is further ahead is ordered by its receipt, marked, and moves
    /// no watermark: a wrong clock must not make everybody else's events late. Default 5 min, at most a day.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan ClockSkewMax { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Events held to be scored again when an earlier one arrives. Default 100,000; beyond it the lateness allowed is shorter.</summary>
    [Range(100, 10_000_000)]
    public int EventsHeldMax { get; init; } = 100_000;

    /// <summary>Events between states kept in memory. Default 20,000; fewer make a correction cheaper and the ordinary case dearer.</summary>
    [Range(1, 1_000_000)]
    public int CheckpointEveryEvents { get; init; } = 20_000;

    /// <summary>
    /// Bytes of those states together, about, were nothing shared between them. Default 256 MB. Larger states are kept more seldom and fewer of them,
    /// but never less than three: so the memory of a partition is its state and what changed since three others, at most four times its state.
    /// </summary>
    [Range(1, long.MaxValue)]
    public long CheckpointBytesMax { get; init; } = 256L * 1024 * 1024;
}

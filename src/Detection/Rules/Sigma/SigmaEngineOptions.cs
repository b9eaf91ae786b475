using System.ComponentModel.DataAnnotations;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Bounds of a <see cref="SigmaEngine"/>.</summary>
public sealed record SigmaEngineOptions
{
    /// <summary>
    /// How much older than the newest event another one may be and still come in time. Default zero: events come in order, and a correlation matches with
    /// the event that completes it. With more, correlations wait until nothing in time can come before.
    /// </summary>
    public TimeSpan AllowedLateness { get; init; } = TimeSpan.Zero;

    /// <summary>Keys of one correlation, default 100,000. A further one takes the place of the key that was quiet the longest.</summary>
    [Range(1, 10_000_000)] public int KeysMax { get; init; } = 100_000;

    /// <summary>Events of one key, default 16,384. A further one takes the place of the oldest.</summary>
    [Range(1, 32_768)] public int KeyEventsMax { get; init; } = 16_384;

    /// <summary>Identifiers of events in a match, default 64.</summary>
    [Range(1, 1_024)] public int MatchEventsMax { get; init; } = 64;
}

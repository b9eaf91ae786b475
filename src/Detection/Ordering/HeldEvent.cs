using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;

namespace SentinelHealth.Detection.Ordering;

/// <summary>How an event's time fits the moment in which it came.</summary>
public enum EventTiming : byte
{
    /// <summary>It came within the allowed lateness and is ordered by its own time.</summary>
    InTime,

    /// <summary>It came later than allowed and is ordered as if it had happened at the watermark.</summary>
    Late,

    /// <summary>Its time is further ahead of its receipt than any clock should be; it is ordered by its receipt and moves no watermark.</summary>
    Ahead,
}

/// <summary>An event that may have to be scored again.</summary>
internal sealed class HeldEvent(EventRank rank, ReadOnlyMemory<byte> payload, EventTiming timing)
{
    /// <summary>Whether another partition scores it, and this one only witnesses what it says.</summary>
    public bool IsWitnessed { get; init; }

    public EventRank Rank { get; } = rank;

    public ReadOnlyMemory<byte> Payload { get; } = payload;

    public EventTiming Timing { get; } = timing;

    /// <summary>The score it had when it was last scored; final once nothing earlier can come any more.</summary>
    public double Score { get; set; }

    public double PValue { get; set; }
}

/// <summary>What scoring brought forth, ready to be stored and acted on.</summary>
/// <param name="Alerts">Alerts in new versions.</param>
/// <param name="Incidents">Incidents in new versions.</param>
/// <param name="IsRevision">Whether they replace what was said before an earlier event arrived; their versions may then be lower.</param>
public readonly record struct OrderedVerdict(
    IReadOnlyList<Alert> Alerts, IReadOnlyList<Incident> Incidents, bool IsRevision);

/// <summary>What was said, and at which place of the order.</summary>
internal readonly record struct Telling(EventRank At, Alert? Alert, Incident? Incident);

using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection;

/// <summary>The whole of detection behind one verb: events in, verdicts out.</summary>
/// <remarks>
/// Single-threaded, deterministic and free of I/O: the same events in the same order give the same verdicts, byte for byte (I5).
/// Time is event time only. State is bounded (I7) and travels through <see cref="Save"/> and the factory's load.
/// </remarks>
public interface IDetectionEngine
{
    /// <summary>Scores an event against what came before it, then learns from it. Amortised O(detectors), no allocation unless it alerts.</summary>
    EventVerdict Process(SentinelEvent observed);

    /// <summary>The riskiest entities now, riskiest first.</summary>
    IReadOnlyList<EntityRisk> TopRisks(int entitiesMax);

    /// <summary>Writes the whole state: header with schema, feature, configuration and code versions, then the body.</summary>
    void Save(Stream destination);
}

/// <summary>The decayed risk of one entity.</summary>
/// <param name="Entity">The entity.</param>
/// <param name="Risk">Sum of its alerts' decayed contributions; 0 or more.</param>
/// <param name="AlertCount">Alerts that still contribute.</param>
/// <param name="LastAlertAt">When the latest of them happened.</param>
public sealed record EntityRisk(Alerts.EntityRef Entity, double Risk, int AlertCount, DateTimeOffset LastAlertAt);

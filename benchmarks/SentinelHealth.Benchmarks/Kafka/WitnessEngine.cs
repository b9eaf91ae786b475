using SentinelHealth.Detection;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Benchmarks.Kafka;

/// <summary>
/// Stands in for the detectors: raises one alert for every event it is given, so that each scoring leaves a durable trace of its own.
/// Two scorings of one event are two alerts.
/// </summary>
internal sealed class WitnessEngine(string run) : IDetectionEngine
{
    private static readonly EntityRef Nobody = new(EntityType.Chain, "witness");

    private long _scored;

    public EventVerdict Process(SentinelEvent observed) => new(0, 1, [AlertOf(observed)], []);

    public IReadOnlyList<EntityRisk> TopRisks(int entitiesMax) => [];

    public void Save(Stream destination) => destination.WriteByte(1);

    private Alert AlertOf(SentinelEvent observed) => new()
    {
        Id = $"{run}-{_scored++}",
        At = observed.OccurredAt,
        Kind = AlertKind.Rule,
        // What the oracle reads.
        Source = observed.TextOf(TextField.Id),
        Severity = Severity.Informational,
        Score = 0,
        Entity = Nobody,
        EventIds = [],
        Reason = "",
        Contributions = [],
        IncidentId = "",
    };
}

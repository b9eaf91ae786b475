using SentinelHealth.Detection;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Benchmarks.Kafka;

/// <summary>
/// Stands in for the detectors: raises one alert for every event, so that each scored event leaves a durable trace. Scoring an event
/// again to put the order right is the same alert; that an event was taken from the log twice shows in the store's own count.
/// </summary>
internal sealed class WitnessEngine : IDetectionEngine
{
    private static readonly EntityRef Nobody = new(EntityType.Chain, "witness");

    public EventVerdict Process(SentinelEvent observed) => new(0, 1, [AlertOf(observed)], []);

    public IReadOnlyList<EntityRisk> TopRisks(int entitiesMax) => [];

    public void Save(Stream destination) => destination.WriteByte(1);

    private static Alert AlertOf(SentinelEvent observed) => new()
    {
        Id = observed.TextOf(TextField.Id),
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

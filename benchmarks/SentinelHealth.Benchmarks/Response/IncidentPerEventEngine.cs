using SentinelHealth.Detection;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Benchmarks.Response;

/// <summary>Stands in for the detectors: every event is an incident about its node, so that only the way from event to ledger is measured.</summary>
internal sealed class IncidentPerEventEngine : IDetectionEngine
{
    public EventVerdict Process(SentinelEvent observed)
    {
        var (id, node) = (observed.TextOf(TextField.Id), new EntityRef(EntityType.Node, observed.TextOf(TextField.Node)));
        var alert = new Alert
        {
            Id = "alert-" + id,
            At = observed.OccurredAt,
            Kind = AlertKind.Rule,
            Source = "node.unregistered",
            Severity = Severity.High,
            Score = 0.95,
            Entity = node,
            EventIds = [id],
            Reason = "A node that is not registered asked for templates.",
            Contributions = [new Contribution("registration", "none", "registered", 0.95)],
            IncidentId = "inc-" + id,
        };
        var incident = new Incident
        {
            Id = alert.IncidentId,
            OpenedAt = alert.At,
            LastAlertAt = alert.At,
            Severity = alert.Severity,
            Score = alert.Score,
            Principal = node,
            Entities = [node],
            AlertIds = [alert.Id],
            Title = "Unregistered node",
            Sources = [alert.Source],
        };
        return new EventVerdict(0.95, 0.01, [alert], [incident]);
    }

    public IReadOnlyList<EntityRisk> TopRisks(int entitiesMax) => [];

    public void Save(Stream destination) => destination.WriteByte(1);
}

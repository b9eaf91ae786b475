using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Testing;

/// <summary>Alerts, incidents and actions for tests that care about some of their members only.</summary>
public static class SomeCase
{
    public static readonly DateTimeOffset At = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    public static EntityRef Node(string id = "node:clinic-9") => new(EntityType.Node, id);

    public static EntityRef Actor(int number = 1) => new(EntityType.Actor, $"did:ethr:0x{number:x40}");

    public static EntityRef Grant(int number = 1) => new(EntityType.Grant, $"g-{number}");

    public static Alert Alert(string id = "alert-1", string incidentId = "inc-1") => new()
    {
        Id = id,
        At = At,
        Kind = AlertKind.Rule,
        Source = "node.unregistered",
        Severity = Severity.High,
        Score = 0.95,
        Entity = Node(),
        EventIds = ["0x5f1c:3"],
        Reason = "A node that is not registered asked for templates.",
        Contributions = [new Contribution("registration", "none", "registered", 0.95)],
        IncidentId = incidentId,
    };

    public static Incident Incident(EntityRef? principal = null) => new()
    {
        Id = "inc-1",
        OpenedAt = At,
        LastAlertAt = At,
        Severity = Severity.High,
        Score = 0.95,
        Principal = principal ?? Node(),
        Entities = [principal ?? Node()],
        AlertIds = ["alert-1"],
        Title = "Unregistered node",
        Sources = ["node.unregistered"],
    };

    public static IncidentFacts Facts(Incident incident) =>
        new() { Incident = incident, Alerts = [Alert(incidentId: incident.Id)] };

    public static Playbook Playbook(PlaybookMode mode, params ActionKind[] kinds) => new()
    {
        Name = $"{mode}-{string.Join('-', kinds)}".ToLowerInvariant(),
        Mode = mode,
        When = new PlaybookConditions(),
        Actions = [.. kinds.Select(kind => new PlaybookAction(kind, TimeSpan.FromHours(1)))],
    };

    public static PlannedAction Planned(
        ActionKind kind = ActionKind.QuarantineNode, EntityRef? target = null, PlaybookMode mode = PlaybookMode.Automatic)
    {
        var entity = target ?? Node();
        return new PlannedAction(
            new ContainmentAction
            {
                Key = ActionKey.Of("inc-1", kind, entity),
                Kind = kind,
                Target = entity,
                Ttl = TimeSpan.FromHours(1),
                IncidentId = "inc-1",
                EvidenceHash = "0x" + new string('e', 64),
                Playbook = "some-playbook",
                Reason = "Unregistered node.",
                State = mode == PlaybookMode.Automatic ? ActionState.Approved : ActionState.Proposed,
                DecidedAt = At,
                ChangedAt = At,
            },
            mode, "hospital-a", "");
    }
}

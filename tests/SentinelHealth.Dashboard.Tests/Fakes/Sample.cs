using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Dashboard.Tests.Fakes;

/// <summary>Valid values that do not matter to the test.</summary>
internal static class Sample
{
    public static DateTimeOffset At { get; } = new(2026, 11, 2, 8, 14, 3, TimeSpan.Zero);

    public static EntityRef Node { get; } = new(EntityType.Node, "node:hospital-a-1");

    public static EntityRef OtherNode { get; } = new(EntityType.Node, "node:hospital-b-1");

    public static Alert Alert(string id = "a-1") => new()
    {
        Id = id,
        At = At,
        Kind = AlertKind.Rule,
        Source = "consent.missing",
        Severity = Severity.High,
        Score = 0.9,
        Entity = Node,
        EventIds = ["e-1"],
        Reason = "An access without consent.",
        Contributions = [new("consent", "none", "one", 0.9)],
        IncidentId = "i-1",
    };

    public static Incident Incident(string id = "i-1") => new()
    {
        Id = id,
        OpenedAt = At,
        LastAlertAt = At,
        Severity = Severity.High,
        Score = 0.9,
        Principal = Node,
        Entities = [Node],
        AlertIds = ["a-1"],
        Title = "Accesses without consent",
    };

    public static ContainmentAction Action(string key = "0x01") => new()
    {
        Key = key,
        Kind = ActionKind.QuarantineNode,
        Target = Node,
        Ttl = TimeSpan.FromHours(1),
        IncidentId = "i-1",
        EvidenceHash = "0x02",
        Playbook = "quarantine",
        Reason = "Because.",
        State = ActionState.Confirmed,
        DecidedAt = At,
        ChangedAt = At,
    };
}

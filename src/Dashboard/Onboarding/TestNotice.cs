using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Dashboard.Onboarding;

/// <summary>A notice about nothing, to see that it arrives.</summary>
internal static class TestNotice
{
    public static PlannedNotice For(string channel, DateTimeOffset now) => new()
    {
        Id = $"test:{Guid.CreateVersion7(now):N}",
        Channel = channel,
        Playbook = "test",
        IncidentId = "test",
        Severity = Severity.Informational,
        Title = "This is a test of SentinelHealth: nothing has happened.",
        Principal = new EntityRef(EntityType.Node, "node:test"),
        Sources = ["test"],
        At = now,
    };
}

using System.Security.Cryptography;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Dashboard.Compliance;

/// <summary>Warnings about deadlines as channels carry them.</summary>
internal static class ClockWords
{
    /// <summary>The notice for one channel. The same warning gives the same identifier.</summary>
    public static PlannedNotice Of(ClockNotice notice, Incident incident, string channel) => new()
    {
        Id = "0x" + Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Of(
            new { notice.IncidentId, notice.Clock, warning = notice.Warning.ToString(), channel }, AlertJson.Options))),
        Channel = channel,
        Playbook = "deadlines",
        IncidentId = notice.IncidentId,
        Severity = notice.Warning == ClockWarning.Overdue ? Severity.Critical : incident.Severity,
        Title = notice.Text,
        Principal = incident.Principal,
        Sources = incident.Sources,
        IsBreakGlass = incident.IsBreakGlass,
        At = notice.At,
    };
}

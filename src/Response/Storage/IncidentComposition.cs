using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;

namespace SentinelHealth.Response.Storage;

/// <summary>What an incident looks like after people merged others into it or split alerts off. Detection's records go in and stay as they are. Pure.</summary>
internal static class IncidentComposition
{
    private const int EntitiesMax = 64, AlertsMax = 512;

    /// <summary>Several incidents shown as one, under the name of the first. The number of voices is that of the part with the most: which of them are the same is not known.</summary>
    public static Incident Together(Incident head, IReadOnlyList<Incident> parts)
    {
        // What everything was split off from says nothing any more.
        IReadOnlyList<Incident> all = [.. parts.Prepend(head).Where(incident => incident.AlertCount > 0)];
        if (parts.Count == 0 || all.Count == 0)
            return head;
        return head with
        {
            OpenedAt = all.Min(incident => incident.OpenedAt),
            LastAlertAt = all.Max(incident => incident.LastAlertAt),
            Severity = all.Max(incident => incident.Severity),
            Score = all.Max(incident => incident.Score),
            SourceCount = all.Max(incident => incident.SourceCount),
            // Whom the parts are about comes before what they touch, so that the bound never hides a suspect.
            Entities = [.. all.Select(incident => incident.Principal).Concat(all.SelectMany(incident => incident.Entities))
                .Distinct().Take(EntitiesMax)],
            AlertIds = [.. all.SelectMany(incident => incident.AlertIds).Distinct(StringComparer.Ordinal).Take(AlertsMax)],
            AlertCount = all.Sum(incident => incident.AlertCount),
            Sources = [.. all.SelectMany(incident => incident.Sources).Distinct(StringComparer.Ordinal)],
            Tags = [.. all.SelectMany(incident => incident.Tags).Distinct(StringComparer.Ordinal)],
            Stage = all.Max(incident => incident.Stage),
            IsBreakGlass = all.All(incident => incident.IsBreakGlass),
        };
    }

    /// <summary>An incident without alerts that were split off.</summary>
    /// <param name="record">What detection wrote.</param>
    /// <param name="left">Its other alerts, at most 512.</param>
    /// <param name="splitCount">How many were split off.</param>
    public static Incident Without(Incident record, IReadOnlyList<Alert> left, int splitCount)
    {
        var count = Math.Max(left.Count, record.AlertCount - splitCount);
        if (left.Count == 0)
            return record with { AlertIds = [], AlertCount = count };
        var built = IncidentOfAlerts.Build(record.Id, record.Title, left);
        return built with
        {
            Version = record.Version,
            AlertCount = count,
            Principal = left.Any(alert => alert.Entity == record.Principal) ? record.Principal : built.Principal,
            MergedInto = record.MergedInto,
            SplitFrom = record.SplitFrom,
        };
    }
}

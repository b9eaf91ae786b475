using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Components.Pages;

/// <summary>Everything the overview shows, read at one moment.</summary>
internal sealed record OverviewModel
{
    private const int RecentAlertsMax = 200, IncidentsMax = 8, ActionsMax = 8, LiveActionsMax = 500;

    public required IReadOnlyList<RatePoint> Rates { get; init; }
    public required IReadOnlyList<EntityRisk> Risks { get; init; }
    public required NetworkSnapshot Network { get; init; }

    /// <summary>Exact number of alerts of each severity, worst first.</summary>
    public required IReadOnlyList<(Severity Severity, long Count)> BySeverity { get; init; }

    /// <summary>Sources of the newest alerts, most frequent first.</summary>
    public required IReadOnlyList<(string Source, AlertKind Kind, int Count)> BySource { get; init; }

    /// <summary>How many alerts <see cref="BySource"/> was counted over.</summary>
    public required int SampledAlerts { get; init; }

    public required long IncidentCount { get; init; }
    public required long SevereIncidentCount { get; init; }
    public required IReadOnlyList<Incident> Incidents { get; init; }
    public required IReadOnlyList<ContainmentAction> Actions { get; init; }

    /// <summary>Actions in force now.</summary>
    public required IReadOnlyList<ContainmentAction> Live { get; init; }

    /// <summary>Actions waiting for a person.</summary>
    public required int ProposedCount { get; init; }

    public long AlertCount => BySeverity.Sum(row => row.Count);

    public double EventsPerSecond => Rates.Count == 0 ? 0 : Rates[^1].EventsPerSecond;

    public static async Task<OverviewModel> ReadAsync(ICaseReader cases, IMonitorStatus monitor, CancellationToken cancel)
    {
        var newest = (await cases.AlertsAsync(new AlertFilter(), null, RecentAlertsMax, cancel)).Items;
        var live = await cases.ActionsAsync(new ActionFilter { States = ActionGroups.InForce }, null, LiveActionsMax, cancel);
        var waiting = new ActionFilter { States = [ActionState.Proposed] };
        var proposed = await cases.ActionsAsync(waiting, null, LiveActionsMax, cancel);
        return new OverviewModel
        {
            Rates = monitor.Rates,
            Risks = monitor.TopRisks,
            Network = await monitor.NetworkAsync(cancel),
            BySeverity = await CountBySeverityAsync(cases, cancel),
            BySource = [.. newest.GroupBy(alert => (alert.Source, alert.Kind)).OrderByDescending(group => group.Count())
                .ThenBy(group => group.Key.Source, StringComparer.Ordinal)
                .Select(group => (group.Key.Source, group.Key.Kind, group.Count()))],
            SampledAlerts = newest.Count,
            IncidentCount = await cases.IncidentCountAsync(new IncidentFilter(), cancel),
            SevereIncidentCount = await cases.IncidentCountAsync(new IncidentFilter { SeverityMin = Severity.High }, cancel),
            Incidents = (await cases.IncidentsAsync(new IncidentFilter(), null, IncidentsMax, cancel)).Items,
            Actions = (await cases.ActionsAsync(new ActionFilter(), null, ActionsMax, cancel)).Items,
            Live = live.Items,
            ProposedCount = proposed.Items.Count,
        };
    }

    private static async Task<IReadOnlyList<(Severity, long)>> CountBySeverityAsync(ICaseReader cases, CancellationToken cancel)
    {
        var counts = new List<(Severity, long)>();
        var worse = 0L;
        for (var severity = Severity.Critical; severity >= Severity.Informational; severity--)
        {
            var atLeast = await cases.AlertCountAsync(new AlertFilter { SeverityMin = severity }, cancel);
            // The counts are read one after another, so an alert between two reads must not make one negative.
            counts.Add((severity, Math.Max(0, atLeast - worse)));
            worse = atLeast;
        }
        return counts;
    }
}

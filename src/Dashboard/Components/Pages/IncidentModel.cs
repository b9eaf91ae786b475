using SentinelHealth.Dashboard.Components.Charts;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Components.Pages;

/// <summary>Everything the page of one incident shows, read at one moment.</summary>
internal sealed record IncidentModel
{
    private const int AlertsMax = 200, ActionsMax = 50, RefusalsMax = 50, ReasonsMax = 4, ContributionsMax = 6,
        ComparedMax = 500, SimilarMax = 5;

    public required Incident Incident { get; init; }

    /// <summary>Its newest alerts, newest first.</summary>
    public required IReadOnlyList<Alert> Alerts { get; init; }

    public required IReadOnlyList<(ContainmentAction Action, IReadOnlyList<ActionStep> Steps)> Actions { get; init; }
    public required IReadOnlyList<GuardrailRefusal> Refusals { get; init; }
    public required TimelineModel Timeline { get; init; }

    /// <summary>Those of the latest incidents that resemble it, most similar first.</summary>
    public required IReadOnlyList<SimilarIncident> Similar { get; init; }

    public IncidentStanding Standing => IncidentStanding.Of(Actions.Select(pair => pair.Action));

    public HashSet<EntityRef> Contained => [.. Actions.Where(pair => pair.Action.IsInForce()).Select(pair => pair.Action.Target)];

    /// <summary>The strongest alert of each source, strongest first: why this is an incident, in few sentences.</summary>
    public IEnumerable<Alert> Reasons => Alerts.GroupBy(alert => alert.Source)
        .Select(group => group.MaxBy(alert => (alert.Severity, alert.Score, alert.At))!)
        .OrderByDescending(alert => (alert.Severity, alert.Score)).Take(ReasonsMax);

    /// <summary>
    /// Contributions summed by feature over the alerts read, as parts of their whole; the value is that of the strongest.
    /// </summary>
    public IReadOnlyList<Contribution> TopContributions
    {
        get
        {
            var whole = Alerts.Sum(alert => alert.Contributions.Sum(part => part.Share));
            if (whole <= 0) return [];
            return [.. Alerts.SelectMany(alert => alert.Contributions).GroupBy(part => part.Feature)
                .Select(group => group.MaxBy(part => part.Share)! with { Share = group.Sum(part => part.Share) / whole })
                .OrderByDescending(part => part.Share).Take(ContributionsMax)];
        }
    }

    /// <summary>Reads an incident; null when there is none of that identifier.</summary>
    public static async Task<IncidentModel?> ReadAsync(ICaseReader cases, string id, DateTimeOffset now, CancellationToken cancel)
    {
        if (await cases.IncidentAsync(id, cancel) is not { } incident) return null;
        var alerts = (await cases.AlertsAsync(new AlertFilter { IncidentId = id }, null, AlertsMax, cancel)).Items;
        var actions = new List<(ContainmentAction, IReadOnlyList<ActionStep>)>();
        foreach (var action in (await cases.ActionsAsync(new ActionFilter { IncidentId = id }, null, ActionsMax, cancel)).Items)
        {
            actions.Add((action, await cases.ActionHistoryAsync(action.Key, cancel)));
        }
        return new IncidentModel
        {
            Incident = incident,
            Alerts = alerts,
            Actions = actions,
            Refusals = await cases.RefusalsAsync(id, RefusalsMax, cancel),
            Timeline = TimelineModel.Of(alerts, actions, now),
            Similar = SimilarIncidents.Of(
                incident, (await cases.IncidentsAsync(new IncidentFilter(), null, ComparedMax, cancel)).Items, SimilarMax),
        };
    }
}

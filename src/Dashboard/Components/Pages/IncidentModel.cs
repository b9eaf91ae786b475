using SentinelHealth.Dashboard.Components.Charts;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Dashboard.Components.Pages;

/// <summary>Everything the page of one incident shows, read at one moment.</summary>
public sealed record IncidentModel
{
    private const int AlertsMax = 200, ActionsMax = 50, RefusalsMax = 50, ReasonsMax = 4, ContributionsMax = 6,
        ComparedMax = 500, SimilarMax = 5, ChangesMax = 200, TitlesMax = 40;

    public required Incident Incident { get; init; }

    /// <summary>Where people put it; null in a monitor that does not keep that.</summary>
    public IncidentPlace? Place { get; init; }

    /// <summary>What people did with it and with what is shown in it, oldest first.</summary>
    public IReadOnlyList<IncidentChange> Changes { get; init; } = [];

    /// <summary>Titles of the other incidents its place and history name, as far as they are kept.</summary>
    public IReadOnlyDictionary<string, string> Titles { get; init; } = new Dictionary<string, string>();

    /// <summary>Its newest alerts, newest first.</summary>
    public required IReadOnlyList<Alert> Alerts { get; init; }

    public required IReadOnlyList<(ContainmentAction Action, IReadOnlyList<ActionStep> Steps)> Actions { get; init; }
    public required IReadOnlyList<GuardrailRefusal> Refusals { get; init; }
    public required TimelineModel Timeline { get; init; }

    /// <summary>Those of the latest incidents that resemble it, most similar first.</summary>
    public required IReadOnlyList<SimilarIncident> Similar { get; init; }

    /// <summary>Its title, or what stands for one that is not known.</summary>
    public string TitleOf(string id) => Titles.GetValueOrDefault(id, id);

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
    /// <param name="cases">What whoever looks may see.</param>
    /// <param name="work">What people did, as far as they may see it.</param>
    /// <param name="id">The incident.</param>
    /// <param name="now">The moment up to which timelines go.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<IncidentModel?> ReadAsync(
        ICaseReader cases, IIncidentStore work, string id, DateTimeOffset now, CancellationToken cancel)
    {
        if (await cases.IncidentAsync(id, cancel) is not { } incident) return null;
        var place = await work.PlaceAsync(id, cancel);
        var alerts = (await cases.AlertsAsync(AlertsOf(place, id), null, AlertsMax, cancel)).Items;
        var actions = new List<(ContainmentAction, IReadOnlyList<ActionStep>)>();
        var made = place is null ? new ActionFilter { IncidentId = id } : new ActionFilter { CaseId = id };
        foreach (var action in (await cases.ActionsAsync(made, null, ActionsMax, cancel)).Items)
        {
            actions.Add((action, await cases.ActionHistoryAsync(action.Key, cancel)));
        }
        var refusals = new List<GuardrailRefusal>();
        foreach (var part in (place?.Parts ?? []).Select(part => part.IncidentId).Prepend(id))
            refusals.AddRange(await cases.RefusalsAsync(part, RefusalsMax, cancel));
        var changes = await work.IncidentChangesAsync(id, ChangesMax, cancel);
        return new IncidentModel
        {
            Incident = incident,
            Place = place,
            Changes = changes,
            Titles = await TitlesAsync(cases, place, changes, cancel),
            Alerts = alerts,
            Actions = actions,
            Refusals = [.. refusals.OrderByDescending(refusal => refusal.At).Take(RefusalsMax)],
            Timeline = TimelineModel.Of(alerts, actions, now),
            Similar = SimilarIncidents.Of(
                incident, (await cases.IncidentsAsync(new IncidentFilter(), null, ComparedMax, cancel)).Items, SimilarMax),
        };
    }

    /// <summary>What is shown in it; of one that is merged, what it brought.</summary>
    private static AlertFilter AlertsOf(IncidentPlace? place, string id) => place switch
    {
        null => new AlertFilter { IncidentId = id },
        { IsMerged: true } => new AlertFilter { PartId = id },
        _ => new AlertFilter { CaseId = id },
    };

    private static async Task<IReadOnlyDictionary<string, string>> TitlesAsync(
        ICaseReader cases, IncidentPlace? place, IReadOnlyList<IncidentChange> changes, CancellationToken cancel)
    {
        var titles = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var other in changes.Reverse().Select(change => change.OtherId).Concat([place?.HeadId ?? "", place?.SplitFrom ?? ""])
            .Where(other => other.Length > 0).Distinct().Take(TitlesMax))
        {
            if (await cases.IncidentAsync(other, cancel) is { } known) titles[other] = known.Title;
        }
        return titles;
    }
}

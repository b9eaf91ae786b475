using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Response.Storage;

/// <summary>Where a dossier's parts come from that are not in <see cref="ICaseReader"/>. Absent ones leave their part empty.</summary>
public sealed record DossierSources
{
    /// <summary>An incident's actions with their approvals.</summary>
    public required Func<string, CancellationToken, ValueTask<IReadOnlyList<StoredAction>>> Actions { get; init; }

    /// <summary>Where people put an incident; absent where nobody merges any.</summary>
    public Func<string, CancellationToken, ValueTask<IncidentPlace?>>? Place { get; init; }

    /// <summary>Reviews of emergency access; those of other incidents are left out.</summary>
    public Func<CancellationToken, ValueTask<IReadOnlyList<ReviewRequest>>>? Reviews { get; init; }

    /// <summary>What people wrote about an incident.</summary>
    public Func<string, CancellationToken, ValueTask<IReadOnlyList<DossierNote>>>? Notes { get; init; }

    /// <summary>What people decided it is.</summary>
    public Func<string, CancellationToken, ValueTask<IReadOnlyList<DossierDisposition>>>? Dispositions { get; init; }

    /// <summary>Readings of evidence about any of these patients, since an instant.</summary>
    public Func<IReadOnlyList<string>, DateTimeOffset, CancellationToken, ValueTask<IReadOnlyList<DossierReading>>>? Readings
    {
        get;
        init;
    }

    /// <summary>What decided, by version and digest.</summary>
    public required Func<Incident, DossierVersions> Versions { get; init; }
}

/// <summary>Puts dossiers together. Safe from many threads; reads only.</summary>
public sealed class DossierCollector(ICaseReader cases, DossierSources sources, TimeProvider clock)
{
    private const int AlertsMax = 512, AlertsPerPage = 200, EventsMax = 16_384, EventsPerRead = 1_000, RefusalsMax = 200;

    /// <summary>
    /// An incident's dossier as of now, with everything that people merged into it; null when there is no such incident. One that is merged
    /// itself has a dossier of its own part.
    /// </summary>
    public async ValueTask<IncidentDossier?> CollectAsync(string incidentId, CancellationToken cancel)
    {
        if (await cases.IncidentAsync(incidentId, cancel) is not { } incident)
            return null;
        var place = sources.Place is { } placeOf ? await placeOf(incidentId, cancel) : null;
        string[] parts = [incidentId, .. place?.Parts.Select(part => part.IncidentId) ?? []];
        var alerts = await AlertsAsync(place, incidentId, cancel);
        var wanted = alerts.SelectMany(alert => alert.EventIds).Distinct(StringComparer.Ordinal).ToList();
        var events = await EventsAsync(wanted, cancel);
        var known = events.Select(item => item.Id).ToHashSet(StringComparer.Ordinal);
        var dossier = new IncidentDossier
        {
            Incident = incident,
            CollectedAt = clock.GetUtcNow(),
            Alerts = alerts,
            Events = events,
            MissingEventIds = [.. wanted.Where(id => !known.Contains(id)).Order(StringComparer.Ordinal)],
            Actions = await ActionsAsync(parts, cancel),
            Refusals = [.. (await OfEachAsync(parts, (id, stop) => cases.RefusalsAsync(id, RefusalsMax, stop), cancel))
                .OrderBy(refusal => refusal.At)],
            Reviews = sources.Reviews is { } reviews
                ? [.. (await reviews(cancel)).Where(review => parts.Contains(review.IncidentId))] : [],
            Notes = [.. (await OfEachAsync(parts, sources.Notes, cancel)).OrderBy(note => note.At)],
            Dispositions = [.. (await OfEachAsync(parts, sources.Dispositions, cancel)).OrderBy(disposition => disposition.At)],
            Versions = sources.Versions(incident),
        };
        return sources.Readings is { } readings
            ? dossier with { Readings = await readings(dossier.Affected().Subjects, incident.OpenedAt, cancel) } : dossier;
    }

    private static async Task<IReadOnlyList<T>> OfEachAsync<T>(
        string[] parts, Func<string, CancellationToken, ValueTask<IReadOnlyList<T>>>? read, CancellationToken cancel)
    {
        var all = new List<T>();
        foreach (var part in read is null ? [] : parts)
            all.AddRange(await read!(part, cancel));
        return all;
    }

    private async Task<IReadOnlyList<Alert>> AlertsAsync(IncidentPlace? place, string incidentId, CancellationToken cancel)
    {
        var filter = place is null ? new AlertFilter { IncidentId = incidentId }
            : place.IsMerged ? new AlertFilter { PartId = incidentId } : new AlertFilter { CaseId = incidentId };
        var alerts = new List<Alert>();
        string? after = null;
        do
        {
            var page = await cases.AlertsAsync(filter, after, AlertsPerPage, cancel);
            alerts.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null && alerts.Count < AlertsMax);
        return [.. alerts.Take(AlertsMax).OrderBy(alert => alert.At).ThenBy(alert => alert.Id, StringComparer.Ordinal)];
    }

    private async Task<IReadOnlyList<DossierEvent>> EventsAsync(List<string> ids, CancellationToken cancel)
    {
        var events = new List<DossierEvent>();
        foreach (var some in ids.Take(EventsMax).Chunk(EventsPerRead))
            events.AddRange((await cases.EvidenceAsync(some, cancel)).Select(DossierEvent.Of).OfType<DossierEvent>());
        return [.. events.OrderBy(item => item.At).ThenBy(item => item.Id, StringComparer.Ordinal)];
    }

    private async Task<IReadOnlyList<DossierAction>> ActionsAsync(string[] parts, CancellationToken cancel)
    {
        var actions = new List<DossierAction>();
        foreach (var stored in await OfEachAsync(parts, sources.Actions, cancel))
            actions.Add(DossierAction.Of(stored, await cases.ActionHistoryAsync(stored.Action.Key, cancel)));
        return [.. actions.OrderBy(item => item.Action.DecidedAt).ThenBy(item => item.Action.Key, StringComparer.Ordinal)];
    }
}

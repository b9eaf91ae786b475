using SentinelHealth.Response.Queries;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Response.Storage;

/// <content>
/// Incidents as somebody sees them who is limited to organizations: whole, when an alert in them touches a node of theirs. Merging and
/// splitting change what everybody sees, so they take an incident that touches no other node.
/// </content>
internal sealed partial class FencedTriageStore
{
    private static readonly IncidentResult Shared = IncidentResult.Refused(
        "It touches nodes beyond your organizations: somebody who sees all of it must decide this.");

    public async ValueTask<IncidentPlace?> PlaceAsync(string incidentId, CancellationToken cancel) =>
        await all.PlaceAsync(incidentId, cancel) is { } place && await SeesAsync(place.HeadId, cancel) ? place : null;

    public async ValueTask<IReadOnlyDictionary<string, string>> HeadsAsync(int limit, CancellationToken cancel)
    {
        var theirs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (id, head) in await all.HeadsAsync(limit, cancel))
        {
            if (await SeesAsync(head, cancel))
                theirs[id] = head;
        }
        return theirs;
    }

    public async ValueTask<IReadOnlyList<IncidentChange>> IncidentChangesAsync(
        string incidentId, int limit, CancellationToken cancel) =>
        await PlaceAsync(incidentId, cancel) is null ? [] : await all.IncidentChangesAsync(incidentId, limit, cancel);

    public async ValueTask<IncidentResult> NoteAsync(IncidentOrder note, CancellationToken cancel) =>
        await PlaceAsync(note.IncidentId, cancel) is null ? IncidentResult.Missing : await all.NoteAsync(note, cancel);

    public async ValueTask<IncidentResult> MergeAsync(IncidentOrder order, string intoId, CancellationToken cancel) =>
        await RefusalAsync(order.IncidentId, cancel) ?? await RefusalAsync(intoId, cancel)
        ?? await all.MergeAsync(order, intoId, cancel);

    public async ValueTask<IncidentResult> UnmergeAsync(IncidentOrder order, CancellationToken cancel) =>
        await RefusalAsync(order.IncidentId, cancel) ?? await all.UnmergeAsync(order, cancel);

    public async ValueTask<IncidentResult> SplitAsync(
        IncidentOrder order, IReadOnlyList<string> alertIds, string madeId, CancellationToken cancel) =>
        await RefusalAsync(order.IncidentId, cancel) ?? await all.SplitAsync(order, alertIds, madeId, cancel);

    public async ValueTask<IncidentResult> UndoSplitAsync(IncidentOrder order, CancellationToken cancel) =>
        await RefusalAsync(order.IncidentId, cancel) ?? await all.UndoSplitAsync(order, cancel);

    private async ValueTask<IncidentResult?> RefusalAsync(string incidentId, CancellationToken cancel)
    {
        if (await PlaceAsync(incidentId, cancel) is not { } place)
            return IncidentResult.Missing;
        var beyond = new QueryAnd([In(place.HeadId), new QueryNot(fence.Inside(new QueryAll()))]);
        return (await all.QueueCountAsync(beyond, cancel)).Count > 0 ? Shared : null;
    }

    private async ValueTask<bool> SeesAsync(string headId, CancellationToken cancel) =>
        (await all.QueueCountAsync(fence.Around(In(headId)), cancel)).Count > 0;

    private static QueryIs In(string incidentId) => new(AlertFields.Schema.Find("incident")!, new QueryPattern([incidentId]));
}

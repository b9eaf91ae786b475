using SentinelHealth.Response.Triage;

namespace SentinelHealth.Response.Actions;

/// <content>What people do with incidents: notes, merging and splitting.</content>
public sealed partial class TriageDesk
{
    /// <summary>Writes a note on an incident.</summary>
    public Task<IncidentResult> NoteAsync(string incidentId, string text, string by, CancellationToken cancel)
    {
        var said = (text ?? "").Trim();
        return said.Length is 0 or > IncidentOrder.NoteCharactersMax
            ? Task.FromResult(IncidentResult.Refused($"A note has 1 to {IncidentOrder.NoteCharactersMax} characters."))
            : CarryOutAsync(() => _store.NoteAsync(OrderOf(incidentId, null, by, said), cancel));
    }

    /// <summary>Shows an incident in another one.</summary>
    /// <param name="incidentId">The one that is shown in the other from now on.</param>
    /// <param name="intoId">The other.</param>
    /// <param name="seen">The version of the first one's place the person saw; null for any.</param>
    /// <param name="said">Who, and why.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<IncidentResult> MergeAsync(
        string incidentId, string intoId, long? seen, (string By, string Reason) said, CancellationToken cancel) =>
        GiveAsync(OrderOf(incidentId, seen, said.By, said.Reason), order => _store.MergeAsync(order, intoId, cancel));

    /// <summary>Lets a merged incident stand by itself again.</summary>
    public Task<IncidentResult> UnmergeAsync(
        string incidentId, long? seen, (string By, string Reason) said, CancellationToken cancel) =>
        GiveAsync(OrderOf(incidentId, seen, said.By, said.Reason), order => _store.UnmergeAsync(order, cancel));

    /// <summary>Makes an incident of some alerts of one.</summary>
    public Task<IncidentResult> SplitAsync(
        string incidentId, IReadOnlyList<string> alertIds, long? seen, (string By, string Reason) said, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(alertIds);
        if (alertIds.Count is 0 or > IncidentOrder.SplitAlertsMax)
            return Task.FromResult(IncidentResult.Refused($"Choose 1 to {IncidentOrder.SplitAlertsMax} alerts."));
        var order = OrderOf(incidentId, seen, said.By, said.Reason);
        var madeId = $"inc-split-{Guid.CreateVersion7(order.At):N}";
        return GiveAsync(order, given => _store.SplitAsync(given, alertIds, madeId, cancel));
    }

    /// <summary>Puts the alerts of an incident that was split off back.</summary>
    public Task<IncidentResult> UndoSplitAsync(
        string incidentId, long? seen, (string By, string Reason) said, CancellationToken cancel) =>
        GiveAsync(OrderOf(incidentId, seen, said.By, said.Reason), order => _store.UndoSplitAsync(order, cancel));

    private Task<IncidentResult> GiveAsync(IncidentOrder order, Func<IncidentOrder, ValueTask<IncidentResult>> carryOut) =>
        order.Fault() is { } fault ? Task.FromResult(IncidentResult.Refused(fault)) : CarryOutAsync(() => carryOut(order));

    private async Task<IncidentResult> CarryOutAsync(Func<ValueTask<IncidentResult>> order)
    {
        var result = await order();
        if (result.Outcome == IncidentOutcome.Done)
            _bell.Ring();
        return result;
    }

    private IncidentOrder OrderOf(string incidentId, long? seen, string by, string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        return new IncidentOrder(incidentId, seen, by, _clock.GetUtcNow(), reason ?? "");
    }
}

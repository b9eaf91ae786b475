using SentinelHealth.Response.Triage;

namespace SentinelHealth.Response.Storage;

/// <summary>
/// What people do with incidents: notes, merging and splitting. It changes where alerts are shown, and nothing that decides: actions,
/// tasks, approvals, guardrails and evidence keep to the incident they were made for. Safe from many threads.
/// </summary>
public interface IIncidentStore
{
    /// <summary>Where people put an incident; null when there is no such incident.</summary>
    ValueTask<IncidentPlace?> PlaceAsync(string incidentId, CancellationToken cancel);

    /// <summary>Incidents that are shown in another, each with that other one; the newest changes first, at most so many.</summary>
    ValueTask<IReadOnlyDictionary<string, string>> HeadsAsync(int limit, CancellationToken cancel);

    /// <summary>What people did with an incident and with what is shown in it, oldest first; the latest so many.</summary>
    ValueTask<IReadOnlyList<IncidentChange>> IncidentChangesAsync(string incidentId, int limit, CancellationToken cancel);

    /// <summary>Writes a note; <see cref="IncidentOrder.Reason"/> is its text. Notes never collide with anything.</summary>
    ValueTask<IncidentResult> NoteAsync(IncidentOrder note, CancellationToken cancel);

    /// <summary>Shows an incident, with everything in it, in another one that stands by itself.</summary>
    ValueTask<IncidentResult> MergeAsync(IncidentOrder order, string intoId, CancellationToken cancel);

    /// <summary>Lets a merged incident stand by itself again, with everything that was in it.</summary>
    ValueTask<IncidentResult> UnmergeAsync(IncidentOrder order, CancellationToken cancel);

    /// <summary>Makes an incident of some alerts that are shown in this one. Some must be left.</summary>
    /// <param name="order">The incident they are shown in.</param>
    /// <param name="alertIds">Which, at most <see cref="IncidentOrder.SplitAlertsMax"/>.</param>
    /// <param name="madeId">The identifier of the new one.</param>
    /// <param name="cancel">Gives up.</param>
    ValueTask<IncidentResult> SplitAsync(
        IncidentOrder order, IReadOnlyList<string> alertIds, string madeId, CancellationToken cancel);

    /// <summary>Puts the alerts of an incident that was split off back to where they were.</summary>
    ValueTask<IncidentResult> UndoSplitAsync(IncidentOrder order, CancellationToken cancel);
}

using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Dashboard.Compliance;

/// <summary>What people did with an incident itself, as a dossier and the incident's page have it.</summary>
internal static class IncidentWords
{
    /// <summary>Notes, and who merged and split what and why.</summary>
    /// <param name="incidentId">The incident; what is shown in it has words of its own.</param>
    /// <param name="changes">What people did with it and its parts.</param>
    public static IReadOnlyList<DossierNote> Notes(string incidentId, IReadOnlyList<IncidentChange> changes) =>
        [.. changes.Where(change => change.IncidentId == incidentId).Select(change => new DossierNote(
            change.At, change.By, change.Act == IncidentAct.Noted ? change.Text : $"{Done(change)}: {change.Text}"))];

    /// <summary>What was done, with the other incident by its identifier.</summary>
    public static string Done(IncidentChange change) => change.Act switch
    {
        IncidentAct.Noted => "Note",
        IncidentAct.Merged => $"Merged into {change.OtherId}",
        IncidentAct.TookIn => $"{change.OtherId} merged into it",
        IncidentAct.Unmerged => $"Unmerged from {change.OtherId}",
        IncidentAct.GaveBack => $"{change.OtherId} unmerged from it",
        IncidentAct.SplitOff => $"{Alerts(change)} split off as {change.OtherId}",
        IncidentAct.MadeBySplit => $"Made of {Alerts(change)} of {change.OtherId}",
        IncidentAct.TookBack => $"Alerts of {change.OtherId} taken back",
        _ => $"Split undone; the alerts are in {change.OtherId}",
    };

    private static string Alerts(IncidentChange change) => change.AlertCount == 1 ? "one alert" : $"{change.AlertCount} alerts";
}

using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Dashboard.Compliance;

/// <summary>What people did with an incident's alerts, as a dossier has it: who took which up, what they wrote, and as what it was closed.</summary>
internal static class TriageWords
{
    private const int AlertsMax = 512, AlertsPerPage = 200, ChangesPerAlertMax = 200;

    /// <summary>The changes of an incident's own alerts, wherever they are shown. O(alerts), each over an index.</summary>
    public static async ValueTask<IReadOnlyList<(string AlertId, StandingChange Change)>> ChangesAsync(
        ICaseReader cases, ITriageStore triage, string incidentId, CancellationToken cancel)
    {
        var changes = new List<(string, StandingChange)>();
        var (read, after) = (0, (string?)null);
        do
        {
            var page = await cases.AlertsAsync(new AlertFilter { PartId = incidentId }, after, AlertsPerPage, cancel);
            foreach (var alert in page.Items)
            {
                var history = await triage.StandingChangesAsync(alert.Id, ChangesPerAlertMax, cancel);
                changes.AddRange(history.Select(change => (alert.Id, change)));
            }
            (read, after) = (read + page.Items.Count, page.Next);
        }
        while (after is not null && read < AlertsMax);
        return changes;
    }

    /// <summary>What was written, and who took an alert up or opened it again.</summary>
    public static IEnumerable<DossierNote> Notes(IReadOnlyList<(string AlertId, StandingChange Change)> changes) =>
        from item in changes
        let change = item.Change
        let said = change.After.CloseReason == change.Before.CloseReason ? change.Note : ""
        let done = Done(change)
        where said.Length > 0 || done.Length > 0
        select new DossierNote(
            change.At, change.By, $"Alert {item.AlertId}: {done}{(done.Length > 0 && said.Length > 0 ? " " : "")}{said}");

    /// <summary>As what alerts were closed, with what was said.</summary>
    public static IEnumerable<DossierDisposition> Dispositions(IReadOnlyList<(string AlertId, StandingChange Change)> changes) =>
        from item in changes
        where item.Change.After.CloseReason is not null && item.Change.After.CloseReason != item.Change.Before.CloseReason
        let reason = item.Change.After.CloseReason!.Value
        select new DossierDisposition(
            item.Change.At, item.Change.By, item.AlertId, Wording.Name(reason),
            item.Change.Note.Length > 0 ? item.Change.Note : Wording.Meaning(reason));

    private static string Done(StandingChange change)
    {
        var (before, after) = (change.Before, change.After);
        var status = after.Status == before.Status || after.Status == AlertStatus.Closed ? "" : $"{Wording.Name(after.Status)}.";
        var assignee = after.Assignee == before.Assignee ? ""
            : after.Assignee.Length > 0 ? $"Assigned to {after.Assignee}." : "Assigned to nobody.";
        return string.Join(' ', new[] { status, assignee }.Where(words => words.Length > 0));
    }
}

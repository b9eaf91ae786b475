using SentinelHealth.Response.Incidents;

namespace SentinelHealth.Dashboard.Compliance;

/// <summary>What people said when they ended a task or a review, as a dossier has it.</summary>
internal static class TaskWords
{
    /// <summary>Notes under ended tasks.</summary>
    public static IReadOnlyList<DossierNote> Notes(IReadOnlyList<CaseTask> ended) =>
        [.. ended.Where(task => task.ConcludedAt is not null && task.Note.Length > 0)
            .Select(task => new DossierNote(task.ConcludedAt!.Value, task.ConcludedBy, $"{task.Title}: {task.Note}"))];

    /// <summary>Verdicts of ended reviews: emergency access that was justified is no incident, and what was not is one.</summary>
    public static IReadOnlyList<DossierDisposition> Dispositions(IReadOnlyList<CaseTask> ended) =>
        [.. ended.Where(task => task.Kind == CaseTaskKind.Review && task.ConcludedAt is not null)
            .Select(task => new DossierDisposition(
                task.ConcludedAt!.Value, task.ConcludedBy, "", task.Outcome == CaseTaskOutcome.Justified ? "legitimate"
                    : "true-positive", task.Note))];
}

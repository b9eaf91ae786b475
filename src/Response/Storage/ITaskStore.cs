using SentinelHealth.Response.Incidents;

namespace SentinelHealth.Response.Storage;

/// <summary>Which tasks to list. Absent members do not restrict.</summary>
public sealed record CaseTaskFilter
{
    /// <summary>Open ones, or ended ones.</summary>
    public bool? IsOpen { get; init; }

    /// <summary>Tasks about one incident.</summary>
    public string? IncidentId { get; init; }

    /// <summary>Tasks about an incident or one that people merged into it.</summary>
    public string? CaseId { get; init; }
}

/// <summary>What people owe, and what became of it. Safe from many threads.</summary>
public interface ITaskStore
{
    /// <summary>Tasks: open ones first, the most urgent first; then ended ones, the newest first.</summary>
    ValueTask<IReadOnlyList<CaseTask>> TasksAsync(CaseTaskFilter filter, int limit, CancellationToken cancel);

    /// <summary>One task.</summary>
    ValueTask<CaseTask?> TaskAsync(string id, CancellationToken cancel);

    /// <summary>Ends a task if it is still open.</summary>
    /// <returns>Whether it was.</returns>
    ValueTask<bool> ConcludeTaskAsync(
        string id, CaseTaskOutcome outcome, string concludedBy, DateTimeOffset at, string note, CancellationToken cancel);
}

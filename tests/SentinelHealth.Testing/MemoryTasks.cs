using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Testing;

/// <summary>What people owe, in memory.</summary>
public sealed class MemoryTasks : ITaskStore
{
    public List<CaseTask> All { get; } = [];

    public ValueTask<IReadOnlyList<CaseTask>> TasksAsync(CaseTaskFilter filter, int limit, CancellationToken cancel)
    {
        lock (All)
            return ValueTask.FromResult<IReadOnlyList<CaseTask>>([.. All
                .Where(task => filter.IsOpen is not { } isOpen || task.Outcome is null == isOpen)
                .Where(task => filter.IncidentId is null || task.IncidentId == filter.IncidentId)
                .Where(task => filter.CaseId is null || task.IncidentId == filter.CaseId)
                .OrderBy(task => task.Outcome is not null).ThenBy(task => task.DueAt).Take(limit)]);
    }

    public ValueTask<CaseTask?> TaskAsync(string id, CancellationToken cancel)
    {
        lock (All)
            return ValueTask.FromResult(All.Find(task => task.Id == id));
    }

    public ValueTask<bool> ConcludeTaskAsync(
        string id, CaseTaskOutcome outcome, string concludedBy, DateTimeOffset at, string note, CancellationToken cancel)
    {
        lock (All)
        {
            var found = All.FindIndex(task => task.Id == id && task.Outcome is null);
            if (found >= 0)
                All[found] = All[found] with { Outcome = outcome, ConcludedBy = concludedBy, ConcludedAt = at, Note = note };
            return ValueTask.FromResult(found >= 0);
        }
    }
}

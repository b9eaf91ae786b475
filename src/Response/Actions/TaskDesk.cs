using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Actions;

/// <summary>Where people end what they owe: reviews of emergency access, and tasks of playbooks. Each ends once, with a name and a note.</summary>
public sealed class TaskDesk(ITaskStore store, TimeProvider clock)
{
    private const int NoteLengthMin = 3;
    private const int NoteLengthMax = 1_000;

    /// <summary>Raised after a task ended; on the thread of whoever ended it.</summary>
    public event Action? Changed;

    /// <summary>Tasks, see <see cref="ITaskStore.TasksAsync"/>.</summary>
    public ValueTask<IReadOnlyList<CaseTask>> TasksAsync(CaseTaskFilter filter, int limit, CancellationToken cancel) =>
        store.TasksAsync(filter, limit, cancel);

    /// <summary>One task; null when there is none.</summary>
    public ValueTask<CaseTask?> TaskAsync(string id, CancellationToken cancel) => store.TaskAsync(id, cancel);

    /// <summary>Ends a task.</summary>
    public async Task<OrderOutcome> ConcludeAsync(
        string id, CaseTaskOutcome outcome, string concludedBy, string note, CancellationToken cancel)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(concludedBy);
        var said = (note ?? "").Trim();
        if (said.Length is < NoteLengthMin or > NoteLengthMax)
            return new OrderOutcome(false, $"A note of {NoteLengthMin} to {NoteLengthMax} characters is needed.");
        if (await store.TaskAsync(id, cancel) is not { } task)
            return new OrderOutcome(false, "There is no such task.");
        if (!CaseTask.Fits(task.Kind, outcome))
            return new OrderOutcome(false, task.Kind == CaseTaskKind.Review
                ? "A review ends as justified or unjustified." : "A task ends as done or dropped.");
        if (!await store.ConcludeTaskAsync(id, outcome, concludedBy, clock.GetUtcNow(), said, cancel))
            return new OrderOutcome(false, "Somebody has ended it already.");
        Changed?.Invoke();
        return new OrderOutcome(true, task.Kind == CaseTaskKind.Review
            ? $"The review is recorded as {outcome.ToString().ToLowerInvariant()}." : $"The task is {outcome.ToString().ToLowerInvariant()}.");
    }
}

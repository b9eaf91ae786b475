using SentinelHealth.Response.Policy;

namespace SentinelHealth.Response.Storage;

/// <summary>The durable side of actions: the outbox with its timers, and changes that happen once.</summary>
public interface IActionStore
{
    /// <summary>One action.</summary>
    ValueTask<StoredAction?> StoredActionAsync(string key, CancellationToken cancel);

    /// <summary>Actions whose time has come, earliest first, at most <paramref name="actionsMax"/>.</summary>
    ValueTask<IReadOnlyList<StoredAction>> DueAsync(DateTimeOffset now, int actionsMax, CancellationToken cancel);

    /// <summary>When the next action is due; null when none is.</summary>
    ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancel);

    /// <summary>Makes a change durable if the action is still as it was read.</summary>
    /// <returns>The action as it now stands; null when someone else changed it first, and nothing was written.</returns>
    /// <exception cref="InvalidOperationException">The transition is not one of <see cref="Incidents.ActionMachine"/>.</exception>
    ValueTask<StoredAction?> ChangeAsync(ActionChange change, CancellationToken cancel);

    /// <summary>Containments open now, and those that started or ended at or after an instant.</summary>
    ValueTask<IReadOnlyList<Containment>> ContainmentsAsync(DateTimeOffset since, CancellationToken cancel);

    /// <summary>Whether an incident's newest version involves break-glass access.</summary>
    ValueTask<bool> IsBreakGlassAsync(string incidentId, CancellationToken cancel);

    /// <summary>Whether the kill switch is on.</summary>
    ValueTask<bool> IsKillSwitchOnAsync(CancellationToken cancel);

    /// <summary>Turns the kill switch, with who and when.</summary>
    ValueTask SetKillSwitchAsync(bool isOn, string orderedBy, DateTimeOffset at, CancellationToken cancel);
}

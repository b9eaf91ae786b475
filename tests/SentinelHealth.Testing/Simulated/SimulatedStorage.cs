using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Testing.Simulated;

/// <summary>The disk of a simulated program: survives its deaths. Each method is one transaction.</summary>
internal interface ISimulatedStorage : IDisposable
{
    IReadOnlyList<StoredAction> All { get; }

    StoredAction? Find(string key);

    IReadOnlyList<StoredAction> Due(DateTimeOffset now, int actionsMax);

    DateTimeOffset? NextDue();

    StoredAction? Change(ActionChange change);

    IReadOnlyList<Containment> Containments(DateTimeOffset since);

    bool IsBreakGlass(string incidentId);

    bool IsKillSwitchOn();

    void SetKillSwitch(bool isOn, DateTimeOffset at);

    void Commit(CaseCommit commit);

    /// <summary>What people owe.</summary>
    ITaskStore Tasks { get; }

    /// <summary>The states an action went through, in order.</summary>
    IReadOnlyList<ActionState> States(string key);
}

/// <summary>The store's contract in memory, because ten thousand runs on a disk take a day. The real one runs some of the seeds, too.</summary>
internal sealed class MemoryStorage : ISimulatedStorage
{
    private readonly SortedDictionary<string, StoredAction> _actions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _due = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<ActionState>> _states = new(StringComparer.Ordinal);
    private readonly HashSet<string> _emergencies = new(StringComparer.Ordinal);
    private readonly MemoryTasks _tasks = new();
    private bool _isKillSwitchOn;

    public ITaskStore Tasks => _tasks;

    public IReadOnlyList<StoredAction> All => [.. _actions.Values];

    public StoredAction? Find(string key) => _actions.GetValueOrDefault(key);

    public IReadOnlyList<StoredAction> Due(DateTimeOffset now, int actionsMax) =>
        [.. _due.Where(due => due.Value <= now).OrderBy(due => due.Value).ThenBy(due => due.Key, StringComparer.Ordinal)
            .Take(actionsMax).Select(due => _actions[due.Key])];

    public DateTimeOffset? NextDue() => _due.Count == 0 ? null : _due.Values.Min();

    public StoredAction? Change(ActionChange change)
    {
        var (before, after) = (change.Before, change.After);
        if (after.Action.State != before.Action.State && !ActionMachine.Allows(before.Action.State, after.Action.State))
            throw new InvalidOperationException($"An action cannot go from {before.Action.State} to {after.Action.State}.");
        if (_actions[after.Action.Key].Revision != before.Revision
            || (change.Requires.HasFlag(ChangeConditions.KillSwitchOff) && _isKillSwitchOn)
            || (change.Requires.HasFlag(ChangeConditions.NotBreakGlass) && IsBreakGlass(after.Action.IncidentId)))
            return null;
        var written = after with { Revision = before.Revision + 1 };
        Put(written, change.DueAt);
        if (change.Detail.Length > 0)
            Step(written);
        return written;
    }

    public IReadOnlyList<Containment> Containments(DateTimeOffset since) =>
        [.. _actions.Values.Where(stored => ActionMachine.IsOpen(stored.Action.State)
            || (stored.Action.State is ActionState.Reversed or ActionState.Expired && stored.Action.ChangedAt >= since))
            .Select(stored => new Containment(
                stored.Action.Key, stored.Action.Kind, stored.Action.Target, stored.Organization, stored.Action.ContainedAt,
                ActionMachine.IsOpen(stored.Action.State) ? null : stored.Action.ChangedAt))];

    public bool IsBreakGlass(string incidentId) => _emergencies.Contains(incidentId);

    public bool IsKillSwitchOn() => _isKillSwitchOn;

    public void SetKillSwitch(bool isOn, DateTimeOffset at) => _isKillSwitchOn = isOn;

    public void Commit(CaseCommit commit)
    {
        foreach (var incident in commit.Incidents.Where(incident => incident.IsBreakGlass))
            _emergencies.Add(incident.Id);
        foreach (var planned in commit.Actions)
            Plan(planned);
        _tasks.All.AddRange(commit.Tasks.Where(task => !_tasks.All.Exists(known => known.Id == task.Id)));
    }

    public IReadOnlyList<ActionState> States(string key) => _states[key];

    public void Dispose()
    {
        // Memory needs no closing; the storage on a disk does.
    }

    /// <summary>What is lost with the process when timers live in its memory.</summary>
    public void ForgetTimers() => _due.Clear();

    /// <summary>What is lost with the process when tasks live in its memory.</summary>
    public void ForgetTasks() => _tasks.All.Clear();

    private void Plan(PlannedAction planned)
    {
        var earlier = _actions.GetValueOrDefault(planned.Action.Key);
        if (earlier is not null && earlier.Action.State != ActionState.Proposed)
            return;
        var stored = new StoredAction
        {
            Action = planned.Action,
            Mode = planned.Mode,
            Organization = planned.Organization,
            Role = planned.Role,
            RequestedBy = "policy:" + planned.Action.Playbook,
            OrganizationSize = planned.OrganizationSize,
            ApproversMin = planned.ApproversMin,
            Revision = (earlier?.Revision ?? 0) + 1,
        };
        DateTimeOffset? dueAt = planned.Action.State == ActionState.Approved ? planned.Action.DecidedAt : null;
        Put(stored, dueAt);
        Step(stored);
    }

    private void Put(StoredAction stored, DateTimeOffset? dueAt)
    {
        _actions[stored.Action.Key] = stored;
        if (dueAt is { } at)
            _due[stored.Action.Key] = at;
        else
            _due.Remove(stored.Action.Key);
    }

    private void Step(StoredAction stored)
    {
        if (!_states.TryGetValue(stored.Action.Key, out var states))
            _states[stored.Action.Key] = states = [];
        states.Add(stored.Action.State);
    }
}

/// <summary>The real store on a real file. It answers at once, so waiting for it blocks nothing.</summary>
internal sealed class DiskStorage(CaseStore store) : ISimulatedStorage
{
    private readonly SortedSet<string> _keys = new(StringComparer.Ordinal);

    public ITaskStore Tasks => store;

    public IReadOnlyList<StoredAction> All => [.. _keys.Select(key => Find(key)!)];

    public StoredAction? Find(string key) => Wait(store.StoredActionAsync(key, CancellationToken.None));

    public IReadOnlyList<StoredAction> Due(DateTimeOffset now, int actionsMax) =>
        Wait(store.DueAsync(now, actionsMax, CancellationToken.None));

    public DateTimeOffset? NextDue() => Wait(store.NextDueAsync(CancellationToken.None));

    public StoredAction? Change(ActionChange change) => Wait(store.ChangeAsync(change, CancellationToken.None));

    public IReadOnlyList<Containment> Containments(DateTimeOffset since) =>
        [.. Wait(store.ContainmentsAsync(since, CancellationToken.None)).OrderBy(item => item.Key, StringComparer.Ordinal)];

    public bool IsBreakGlass(string incidentId) => Wait(store.IsBreakGlassAsync(incidentId, CancellationToken.None));

    public bool IsKillSwitchOn() => Wait(store.IsKillSwitchOnAsync(CancellationToken.None));

    public void SetKillSwitch(bool isOn, DateTimeOffset at) =>
        Finish(store.SetKillSwitchAsync(isOn, "someone", at, CancellationToken.None));

    public void Commit(CaseCommit commit)
    {
        Finish(store.CommitAsync(commit, CancellationToken.None));
        _keys.UnionWith(commit.Actions.Select(planned => planned.Action.Key));
    }

    public IReadOnlyList<ActionState> States(string key) =>
        [.. Wait(store.ActionHistoryAsync(key, CancellationToken.None)).Select(step => step.State)];

    public void Dispose() => store.Dispose();

    private static T Wait<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();

    private static void Finish(ValueTask task) => task.AsTask().GetAwaiter().GetResult();
}

using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Notifications;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Testing.Simulated;

/// <summary>A process's door to its disk: every call waits until the driver lets it happen and lets it be answered.</summary>
internal sealed class StorageDoor(
    SimulatedProcess process, ISimulatedStorage storage, MemoryPolicyStore policy, ResponseOracle oracle, Breakage breakage)
    : IActionStore
{
    public ValueTask<StoredAction?> StoredActionAsync(string key, CancellationToken cancel) =>
        Ask("read", () => storage.Find(key));

    public ValueTask<IReadOnlyList<StoredAction>> DueAsync(DateTimeOffset now, int actionsMax, CancellationToken cancel) =>
        Ask("due", () => storage.Due(now, actionsMax));

    public ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancel) => Ask("next", storage.NextDue);

    public ValueTask<StoredAction?> ChangeAsync(ActionChange change, CancellationToken cancel) =>
        Ask("change", () => Change(change));

    public ValueTask<IReadOnlyList<Containment>> ContainmentsAsync(DateTimeOffset since, CancellationToken cancel) =>
        Ask("containments", () => Containments(since));

    public ValueTask<bool> IsBreakGlassAsync(string incidentId, CancellationToken cancel) =>
        Ask("emergency", () => storage.IsBreakGlass(incidentId));

    public ValueTask<bool> IsKillSwitchOnAsync(CancellationToken cancel) => Ask("switch", storage.IsKillSwitchOn);

    public async ValueTask SetKillSwitchAsync(bool isOn, string orderedBy, DateTimeOffset at, CancellationToken cancel) =>
        await Ask("turn", () =>
        {
            storage.SetKillSwitch(isOn, at);
            oracle.KillSwitchTurned(isOn);
            return true;
        });

    public async ValueTask CommitAsync(CaseCommit commit, IReadOnlyDictionary<string, PlaybookMode> modes) => await Ask("commit", () =>
    {
        storage.Commit(commit);
        foreach (var notice in commit.Notices)
            policy.Notices.TryAdd(notice.Id, (new StoredNotice(notice, NoticeState.Waiting, 0, ""), notice.At));
        policy.Demands.AddRange(commit.StepUps);
        oracle.Decided(commit, modes);
        foreach (var incident in commit.Incidents.Where(incident => incident.IsBreakGlass))
            oracle.BecameEmergency(incident.Id);
        return true;
    });

    private StoredAction? Change(ActionChange change)
    {
        var leaves = change.After.Action.State == ActionState.Submitted && change.Before.Action.State != ActionState.Submitted;
        if (leaves && breakage == Breakage.ForgetsWhatItSent)
            return change.After;
        if (breakage == Breakage.LooksAtTheKillSwitchTooEarly)
            change = change with { Requires = ChangeConditions.None };
        if (breakage == Breakage.CountsOnePersonTwice)
            change = change with { After = Numbered(change.After) };
        if (breakage == Breakage.LetsApprovalsLiveForever)
            change = change with { After = Everlasting(change.After) };
        var written = storage.Change(change);
        if (leaves && written is not null)
            oracle.MayLeave(written.Action);
        return written;
    }

    private IReadOnlyList<Containment> Containments(DateTimeOffset since)
    {
        var all = storage.Containments(since);
        return breakage != Breakage.CountsCapsFromTheDecision ? all
            : [.. all.Select(item => item with { StartedAt = storage.Find(item.Key)!.Action.DecidedAt })];
    }

    private static StoredAction Numbered(StoredAction stored) => stored with
    {
        Approvals = [.. stored.Approvals
            .Select((approval, index) => approval with { ApprovedBy = $"{approval.ApprovedBy} {index}" })],
    };

    private static StoredAction Everlasting(StoredAction stored) => stored with
    {
        Approvals = [.. stored.Approvals.Select(approval => approval with { ExpiresAt = DateTimeOffset.MaxValue })],
    };

    private ValueTask<T> Ask<T>(string name, Func<T> effect)
    {
        var (call, answer) = SimulatedCall.Of(name, effect);
        process.Calls.Add(call);
        return new ValueTask<T>(answer);
    }
}

/// <summary>A process's door to what people owe.</summary>
internal sealed class TaskDoor(SimulatedProcess process, ISimulatedStorage storage, Breakage breakage) : ITaskStore
{
    public ValueTask<IReadOnlyList<CaseTask>> TasksAsync(CaseTaskFilter filter, int limit, CancellationToken cancel) =>
        Ask("tasks", () => storage.Tasks.TasksAsync(filter, limit, cancel));

    public ValueTask<CaseTask?> TaskAsync(string id, CancellationToken cancel) =>
        Ask("task", () => storage.Tasks.TaskAsync(id, cancel));

    public ValueTask<bool> ConcludeTaskAsync(
        string id, CaseTaskOutcome outcome, string concludedBy, DateTimeOffset at, string note, CancellationToken cancel) =>
        Ask("conclude", async () =>
            await storage.Tasks.ConcludeTaskAsync(id, outcome, concludedBy, at, note, cancel)
                || breakage == Breakage.EndsTasksTwice);

    /// <summary>Both storages answer at once, so waiting for them blocks nothing.</summary>
    private ValueTask<T> Ask<T>(string name, Func<ValueTask<T>> effect)
    {
        var (call, answer) = SimulatedCall.Of(name, () => effect().AsTask().GetAwaiter().GetResult());
        process.Calls.Add(call);
        return new ValueTask<T>(answer);
    }
}

/// <summary>A process's door to the ledger.</summary>
internal sealed class LedgerDoor(SimulatedProcess process, SimulatedLedger ledger, ResponseOracle oracle, Breakage breakage)
    : ILedger
{
    private ValidatorSet? _firstRead;

    /// <summary>Orders given to the network that have not reached it yet.</summary>
    public Dictionary<SimulatedCall, SimulatedDelivery> Leaving { get; } = [];

    public Task<LedgerReply> ContainAsync(LedgerOrder order, CancellationToken cancel)
    {
        oracle.Sent(order);
        return Order("contain", new(breakage == Breakage.SendsOrdersWithoutDeadline ? order with { NotAfter = null } : order, null, null));
    }

    public Task<LedgerReply> RestoreAsync(LedgerOrder order, string orderedBy, CancellationToken cancel) =>
        Order("restore", new(order, orderedBy, null));

    public Task<LedgerReply> RenewAsync(LedgerOrder order, DateTimeOffset until, string orderedBy, CancellationToken cancel) =>
        Order("renew", new(order, orderedBy, until));

    public Task<LedgerReceipt?> FindAsync(string key, CancellationToken cancel) => Ask("find", () => ledger.Find(key));

    public Task<bool> IsContainedAsync(ActionKind kind, EntityRef target, CancellationToken cancel) =>
        Ask("is contained", () => ledger.IsContained(kind, target));

    public Task<ValidatorSet> GetValidatorsAsync(CancellationToken cancel) => Ask("validators", () =>
        breakage == Breakage.ReadsTheValidatorsOnce ? _firstRead ??= ledger.ValidatorSet() : ledger.ValidatorSet());

    public Task<LedgerHead> GetHeadAsync(CancellationToken cancel) => Ask("head", ledger.Head);

    private Task<LedgerReply> Order(string name, SimulatedDelivery delivery)
    {
        SimulatedCall? leaving = null;
        var (call, answer) = SimulatedCall.Of(name, () =>
        {
            Leaving.Remove(leaving!);
            var reply = ledger.Receive(delivery);
            return breakage == Breakage.TakesSilenceForRefusal && reply is LedgerReply.Unknown(var why)
                ? new LedgerReply.Refused(why) : reply;
        });
        leaving = call;
        Leaving[call] = delivery;
        process.Calls.Add(call);
        return answer;
    }

    private Task<T> Ask<T>(string name, Func<T> effect)
    {
        var (call, answer) = SimulatedCall.Of(name, effect);
        process.Calls.Add(call);
        return answer;
    }
}

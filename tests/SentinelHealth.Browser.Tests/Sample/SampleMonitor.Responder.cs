using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Approvals;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Browser.Tests.Sample;

/// <summary>What the sample does when people order something.</summary>
internal sealed partial class SampleMonitor : IResponder
{
    private readonly List<ContainmentAction> _actions = [];
    private readonly Dictionary<string, List<ActionStep>> _steps = [];
    private readonly List<GuardrailRefusal> _refusals = [];

    public bool IsKillSwitchOn { get; private set; }

    /// <summary>Who ordered what, and why.</summary>
    public List<(string Action, string By, string Reason)> Orders { get; } = [];

    public Task<OrderOutcome> UndoAsync(string actionKey, Approver orderedBy, string reason, CancellationToken cancel) =>
        Task.FromResult(Move(actionKey, ActionState.Reversed, orderedBy.Name, reason, action => action with
        {
            ReversalTransactionId = "0x3c90aa17f2e4b1d6680e5fd2c4a7b93301c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4",
            ReversedBy = orderedBy.Name,
        }));

    public Task<OrderOutcome> RenewAsync(
        string actionKey, Approver orderedBy, DateTimeOffset until, string reason, CancellationToken cancel) =>
        Task.FromResult(Move(
            actionKey, ActionState.Confirmed, orderedBy.Name, reason, action => action with { ExpiresAt = until }));

    public Task<OrderOutcome> ApproveAsync(string actionKey, Approver approvedBy, CancellationToken cancel) =>
        Task.FromResult(Move(actionKey, ActionState.Approved, approvedBy.Name, "Approved.", action => action));

    public Task<OrderOutcome> RefuseAsync(string actionKey, string refusedBy, string reason, CancellationToken cancel) =>
        Task.FromResult(Move(actionKey, ActionState.Refused, refusedBy, reason, action => action with { Detail = reason }));

    /// <summary>The proposal waits for its one person; what is in force takes one to undo.</summary>
    public Task<ApprovalStanding?> StandingAsync(string actionKey, CancellationToken cancel)
    {
        lock (_gate)
        {
            var action = _actions.Find(action => action.Key == actionKey);
            return Task.FromResult(action?.State == ActionState.Proposed
                ? new ApprovalStanding(ApprovedStep.Contain, 1, [], action.DecidedAt.AddDays(1)) : null);
        }
    }

    public Task SetKillSwitchAsync(KillSwitch position, string orderedBy, CancellationToken cancel)
    {
        IsKillSwitchOn = position == KillSwitch.On;
        Orders.Add(("kill switch " + position, orderedBy, ""));
        Changed?.Invoke();
        return Task.CompletedTask;
    }

    private OrderOutcome Move(string key, ActionState state, string by, string reason, Func<ContainmentAction,
        ContainmentAction> change)
    {
        lock (_gate)
        {
            var at = _actions.FindIndex(action => action.Key == key);
            if (at < 0) return new OrderOutcome(false, "No such action.");
            var now = Clock.GetUtcNow();
            _actions[at] = change(_actions[at]) with { State = state, ChangedAt = now };
            _steps[key].Add(new ActionStep(now, state, by, reason));
            Orders.Add((key, by, reason));
        }
        Changed?.Invoke();
        return new OrderOutcome(true, "Done: the ledger has confirmed it.");
    }

    private void Act(DateTimeOffset now)
    {
        Add(1, ActionKind.SuspendActor, SampleAlerts.Nurse, "inc-harvest", ActionState.Confirmed, now.AddMinutes(-11),
            "Critical incident with two independent sources; suspended for an hour.");
        Add(2, ActionKind.QuarantineNode, SampleAlerts.RogueNode, "inc-sybil", ActionState.Confirmed, now.AddMinutes(-7),
            "Critical incident about the node itself; cut off for four hours.");
        Add(3, ActionKind.RevokeGrant, SampleAlerts.Grant, "inc-probe", ActionState.Proposed, now.AddMinutes(-3),
            "High severity, automation proposes only: withdraw the grant the probing rests on.");
        Add(4, ActionKind.SuspendActor, SampleAlerts.Program, "inc-probe", ActionState.Reversed, now.AddHours(-2),
            "High incident with three sources; suspended for an hour.");
        Add(5, ActionKind.QuarantineNode, new EntityRef(EntityType.Node, "node:lab-c-2"), "inc-burst", ActionState.Expired,
            now.AddHours(-6), "Burst of failing proofs; cut off for an hour.");
        _refusals.Add(new GuardrailRefusal(now.AddMinutes(-6), "inc-sybil", ActionKind.QuarantineNode,
            new EntityRef(EntityType.Node, "node:clinic-e-1"),
            "validator quorum", "Quarantining this validator would leave 4 of the 5 that the ledger needs."));
        _refusals.Add(new GuardrailRefusal(now.AddMinutes(-41), "inc-clerk", ActionKind.SuspendActor, SampleAlerts.Clerk,
            "break-glass", "Emergency access is reviewed afterwards and never blocked."));
    }

    private void Add(int number, ActionKind kind, EntityRef target, string incident, ActionState state, DateTimeOffset at,
        string reason)
    {
        var isOnLedger = state is not ActionState.Proposed;
        var key = $"0x{number:x2}{new string('a', 60)}{number:x2}";
        _actions.Add(new ContainmentAction
        {
            Key = key,
            Kind = kind,
            Target = target,
            Ttl = TimeSpan.FromHours(number == 2 ? 4 : 1),
            IncidentId = incident,
            EvidenceHash = "0x" + new string('e', 60) + $"{number:x4}",
            Playbook = "default",
            Reason = reason,
            State = state,
            DecidedAt = at,
            ChangedAt = at,
            ExpiresAt = isOnLedger ? at.AddHours(number == 2 ? 4 : 1) : null,
            TransactionId = isOnLedger ? $"0x{number}d41f7b26c8e0a95f3b7d21e64c09a8f5e3b1d7c2a6f4e8091b3c5d7e9f0a2b{number}" : "",
            Block = isOnLedger ? 184_100 + number : null,
            Attempts = isOnLedger ? 1 : 0,
        });
        List<ActionStep> steps = [new(at, ActionState.Proposed, "policy", reason)];
        if (isOnLedger)
        {
            steps.Add(new(at.AddSeconds(1), ActionState.Approved, "policy", "Automatic: the playbook allows it."));
            steps.Add(new(at.AddSeconds(1), ActionState.Submitted, "executor", "Handed to the ledger."));
            steps.Add(new(at.AddSeconds(3), ActionState.Confirmed, "ledger", "Final in block 184,10" + number + "."));
        }
        if (state == ActionState.Reversed) steps.Add(new(at.AddMinutes(9), state, "Ada Analyst",
            "Confirmed by telephone: a scheduled migration."));
        if (state == ActionState.Expired) steps.Add(new(at.AddHours(1), state, "ledger", "Its time ran out."));
        _steps[key] = steps;
    }
}

using Microsoft.Extensions.Logging;
using SentinelHealth.Response.Approvals;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Actions;

/// <summary>Carries out people's orders, each recorded with who and why before and after it takes effect.</summary>
public sealed partial class Responder : IResponder
{
    private const int TextLengthMax = 1_000;

    // While the ledger is being asked, the executor leaves the action alone for this long.
    private static readonly TimeSpan ReversalGrace = TimeSpan.FromSeconds(15);

    private readonly IActionStore _store;
    private readonly ILedger _ledger;
    private readonly TimeProvider _clock;
    private readonly ResponseOptions _options;
    private readonly ILogger<Responder> _logger;
    private readonly ActionGuard _guard;
    private readonly ActionExecutor _executor;
    private volatile bool _isKillSwitchOn;

    private Responder(ActionServices services, ResponseOptions options, ActionExecutor executor, ILogger<Responder> logger)
    {
        (_store, _ledger, _clock, _) = services;
        _options = options;
        _executor = executor;
        _logger = logger;
        _guard = new ActionGuard(_store, _ledger, options, _clock);
    }

    /// <summary>Raised after people changed an action or the kill switch; on the thread of whoever did.</summary>
    public event Action? Changed;

    /// <inheritdoc/>
    public bool IsKillSwitchOn => _isKillSwitchOn;

    /// <summary>Creates a responder that knows where the kill switch stands.</summary>
    public static async Task<Responder> CreateAsync(
        ActionServices services, ResponseOptions options, ActionExecutor executor, ILogger<Responder> logger,
        CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(services);
        var responder = new Responder(services, options, executor, logger);
        responder._isKillSwitchOn = await services.Store.IsKillSwitchOnAsync(cancel);
        return responder;
    }

    /// <inheritdoc/>
    public async Task<OrderOutcome> UndoAsync(string actionKey, Approver orderedBy, string reason, CancellationToken cancel)
    {
        if (Unfit(orderedBy.Name, reason) is { } unfit)
            return new OrderOutcome(false, unfit);
        if (await _store.StoredActionAsync(actionKey, cancel) is not { } stored)
            return new OrderOutcome(false, "There is no such action.");
        if (!ActionMachine.IsInForce(stored.Action.State))
            return new OrderOutcome(false, $"The action is {Name(stored.Action.State)}; there is nothing to undo.");
        var now = _clock.GetUtcNow();
        if (ApprovalRules.ObjectionToReversal(stored, orderedBy, _options, now) is { } objection)
            return new OrderOutcome(false, objection)
            {
                NeedsSignIn =
                    ApprovalRules.ObjectionToReversal(stored, orderedBy with { SignedInAt = now }, _options, now) is null,
            };
        var approvals = ApprovalRules.With(stored, ApprovedStep.Reverse, orderedBy.Name, _options, now);
        var isComplete = approvals.Count >= ApprovalRules.Needed(stored, _options);
        // The order is durable before the ledger is asked: should we stop in between, the executor sees the effect gone and says by whom.
        var ordered = stored with
        {
            ReversalApprovals = isComplete ? [] : approvals,
            UsedApprovals = isComplete ? ApprovalRules.Used(stored, ApprovedStep.Reverse, approvals) : stored.UsedApprovals,
            ReversalOrderedBy = isComplete ? string.Join(", ", approvals.Select(approval => approval.ApprovedBy)) : stored.ReversalOrderedBy,
            Asks = 0,
        };
        var detail = $"Ordered the reversal: {reason}";
        if (await ChangeAsync(stored, ordered, orderedBy.Name, detail, now + ReversalGrace, cancel) is not { } recorded)
            return new OrderOutcome(false, "The action changed meanwhile; look again.");
        if (!isComplete)
            return new OrderOutcome(true, "Recorded. A second person must order it, too, before it is undone.");
        var reply = await _ledger.RestoreAsync(OrderOf(stored.Action), recorded.ReversalOrderedBy, cancel);
        return await ConcludeUndoAsync(recorded, reply, reason, cancel);
    }

    /// <inheritdoc/>
    public async Task<OrderOutcome> ApproveAsync(string actionKey, Approver approvedBy, CancellationToken cancel)
    {
        if (await _store.StoredActionAsync(actionKey, cancel) is not { } stored)
            return new OrderOutcome(false, "There is no such action.");
        var now = _clock.GetUtcNow();
        if (ApprovalRules.ObjectionTo(stored, approvedBy, _options, now) is { } refusal)
            return new OrderOutcome(false, refusal)
            {
                NeedsSignIn = ApprovalRules.ObjectionTo(stored, approvedBy with { SignedInAt = now }, _options, now) is null,
            };
        var approvals = ApprovalRules.With(stored, ApprovedStep.Contain, approvedBy.Name, _options, now);
        var approved = stored with { Approvals = approvals };
        if (approvals.Count < ApprovalRules.Needed(stored, _options))
            return await ChangeAsync(stored, approved, approvedBy.Name, "Approved; a second person must, too.", null, cancel) is null
                ? new OrderOutcome(false, "The action changed meanwhile; look again.")
                : new OrderOutcome(true, "Approved. A second person must approve it, too, before it is sent.");
        if (await GuardedAsync(approved, cancel) is { } objection)
            return new OrderOutcome(false, objection.Detail) { Guardrail = objection.Guardrail };
        var by = string.Join(", ", approvals.Select(approval => approval.ApprovedBy));
        approved = approved with { Action = ActionMachine.Move(stored.Action, ActionState.Approved, now, $"Approved by {by}.") };
        if (await ChangeAsync(stored, approved, approvedBy.Name, "Approved.", now, cancel) is null)
            return new OrderOutcome(false, "The action changed meanwhile; look again.");
        _executor.Signal();
        return new OrderOutcome(true, "Approved; it is on its way to the ledger.");
    }

    /// <inheritdoc/>
    public async Task<OrderOutcome> RefuseAsync(string actionKey, string refusedBy, string reason, CancellationToken cancel)
    {
        if (Unfit(refusedBy, reason) is { } unfit)
            return new OrderOutcome(false, unfit);
        if (await _store.StoredActionAsync(actionKey, cancel) is not { } stored)
            return new OrderOutcome(false, "There is no such action.");
        if (stored.Action.State != ActionState.Proposed)
            return new OrderOutcome(false, $"The action is {Name(stored.Action.State)}, not proposed.");
        var refused = ActionMachine.Move(stored.Action, ActionState.Refused, _clock.GetUtcNow(), $"Refused by {refusedBy}: {reason}");
        return await ChangeAsync(stored, stored with { Action = refused }, refusedBy, $"Refused: {reason}", null, cancel) is null
            ? new OrderOutcome(false, "The action changed meanwhile; look again.")
            : new OrderOutcome(true, "Refused; it will not be proposed again for this incident.");
    }

    /// <inheritdoc/>
    public async Task SetKillSwitchAsync(KillSwitch position, string orderedBy, CancellationToken cancel)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(orderedBy);
        await _store.SetKillSwitchAsync(position == KillSwitch.On, orderedBy, _clock.GetUtcNow(), cancel);
        _isKillSwitchOn = position == KillSwitch.On;
        _logger.KillSwitchTurned(position, orderedBy);
        Changed?.Invoke();
    }

    /// <inheritdoc/>
    public async Task<ApprovalStanding?> StandingAsync(string actionKey, CancellationToken cancel) =>
        await _store.StoredActionAsync(actionKey, cancel) is { } stored
            ? ApprovalRules.Standing(stored, _options, _clock.GetUtcNow()) : null;

    /// <summary>What the guardrails say to an approved action; null when nothing.</summary>
    private async Task<Objection?> GuardedAsync(StoredAction approved, CancellationToken cancel)
    {
        try
        {
            return await _guard.ObjectionToAsync(approved, OrderOrigin.Person, cancel) is { } objection
                ? objection with { Detail = $"Guardrail {objection.Guardrail}: {objection.Detail}" } : null;
        }
        catch (LedgerUnavailableException fault)
        {
            return new Objection("", $"The ledger cannot be read, so the guardrails cannot be checked: {fault.Message}");
        }
    }

    private async Task<OrderOutcome> ConcludeUndoAsync(
        StoredAction ordered, LedgerReply reply, string reason, CancellationToken cancel)
    {
        var now = _clock.GetUtcNow();
        switch (reply)
        {
            case LedgerReply.Confirmed(var receipt):
                var reversed = ActionMachine.Move(ordered.Action, ActionState.Reversed, now, $"Undone by {ordered.ReversalOrderedBy}: {reason}") with
                {
                    ReversedBy = ordered.ReversalOrderedBy,
                    ReversalTransactionId = receipt.TransactionId,
                };
                await ChangeAsync(ordered, ordered with { Action = reversed }, ordered.ReversalOrderedBy, $"Undone in block {receipt.Block}.", null, cancel);
                return new OrderOutcome(true, $"Undone in block {receipt.Block}.");
            case LedgerReply.Refused(var refusal):
                var noted = ordered with { Action = ordered.Action with { Detail = $"The ledger refused the reversal: {refusal}" } };
                await ChangeAsync(ordered, noted, "ledger", noted.Action.Detail, now, cancel);
                _executor.Signal();
                return new OrderOutcome(false, $"The ledger refused: {refusal}");
            case LedgerReply.Unknown(var fault):
                await ChangeAsync(ordered, ordered, "ledger", $"No answer to the reversal: {fault}", now, cancel);
                _executor.Signal();
                return new OrderOutcome(true, "The ledger did not answer; what it did is being asked. Order it again if it stays in force.");
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async ValueTask<StoredAction?> ChangeAsync(
        StoredAction before, StoredAction after, string by, string detail, DateTimeOffset? dueAt, CancellationToken cancel)
    {
        var change = new ActionChange { Before = before, After = after, By = by, Detail = detail, DueAt = dueAt };
        var written = await _store.ChangeAsync(change, cancel);
        if (written is not null)
            Changed?.Invoke();
        return written;
    }

    private static string? Unfit(string orderedBy, string reason)
    {
        if (string.IsNullOrWhiteSpace(orderedBy))
            return "Only a named person may order this.";
        return string.IsNullOrWhiteSpace(reason) || reason.Length > TextLengthMax ? $"A reason of 1 to {TextLengthMax} characters is needed." : null;
    }

    private static string Name(ActionState state) => state.ToString().ToLowerInvariant();

    private static LedgerOrder OrderOf(ContainmentAction action) =>
        new(action.Key, action.Kind, action.Target, action.Ttl, action.IncidentId, action.EvidenceHash);
}

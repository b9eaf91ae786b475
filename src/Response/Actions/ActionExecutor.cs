using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Actions;

/// <summary>
/// Carries decided actions to the ledger and follows each to its end: submitted is durable before the ledger is asked, the
/// answer is durable after, and whatever a crash leaves in between is asked about before anything is sent again (I2).
/// </summary>
/// <remarks>One executor per store. It never restores: only people do. A fault of one action does not hold up the others.</remarks>
public sealed class ActionExecutor : IDisposable
{
    private const int BatchMax = 64;
    private const int SubmissionsMax = 5;
    private static readonly TimeSpan IdleWait = TimeSpan.FromSeconds(30);

    private readonly IActionStore _store;
    private readonly ILedger _ledger;
    private readonly TimeProvider _clock;
    private readonly ILogger<ActionExecutor> _logger;
    private readonly ResponseMetrics _metrics;
    private readonly ActionGuard _guard;
    private readonly TimeSpan _orderLifetime;
    private readonly ReconcileSchedule _schedule = new();
    private readonly SemaphoreSlim _draining = new(1, 1);
    private readonly Channel<bool> _signals =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Wires the executor.</summary>
    public ActionExecutor(ActionServices services, ResponseOptions options, ILogger<ActionExecutor> logger)
    {
        ArgumentNullException.ThrowIfNull(services);
        (_store, _ledger, _clock, _metrics) = services;
        _logger = logger;
        _guard = new ActionGuard(_store, _ledger, options, _clock);
        _orderLifetime = options.OrderLifetime;
    }

    /// <summary>Raised after an action changed; from the executor's thread.</summary>
    public event Action? Changed;

    /// <inheritdoc/>
    public void Dispose() => _draining.Dispose();

    /// <summary>Says that there is something to do. Never blocks.</summary>
    public void Signal() => _signals.Writer.TryWrite(true);

    /// <summary>Works until cancelled: on a signal, when an action is due, and at least every 30 seconds.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var faults = 0;
        while (!cancel.IsCancellationRequested)
        {
            var wait = IdleWait;
            try
            {
                while (await DrainAsync(cancel) == BatchMax)
                    cancel.ThrowIfCancellationRequested();
                faults = 0;
                if (await _store.NextDueAsync(cancel) is { } due)
                    wait = Clamp(due - _clock.GetUtcNow());
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                wait = _schedule.WaitAfter(Math.Min(faults++, 20));
                _logger.ExecutorFailed(wait, fault);
            }
            await WaitAsync(wait, cancel);
        }
    }

    /// <summary>
    /// Looks once at every due action, at most 64. Guardrails are checked and orders made durable one after the other, so that each counts
    /// the ones before it; then their answers are awaited together, so that several can be in one block.
    /// </summary>
    /// <returns>How many it looked at.</returns>
    public async Task<int> DrainAsync(CancellationToken cancel)
    {
        await _draining.WaitAsync(cancel);
        try
        {
            var due = await _store.DueAsync(_clock.GetUtcNow(), BatchMax, cancel);
            var answers = new List<Task>();
            try
            {
                foreach (var stored in due)
                    answers.Add(await AdvanceAsync(stored, cancel));
            }
            finally
            {
                // Also after a fault: what has left is answered for before anybody looks again.
                await Task.WhenAll(answers);
            }
            return due.Count;
        }
        finally
        {
            _draining.Release();
        }
    }

    /// <summary>Takes an action a step further; what comes back ends when the answer to an order is on record.</summary>
    private async Task<Task> AdvanceAsync(StoredAction stored, CancellationToken cancel)
    {
        try
        {
            return await (stored.Action.State switch
            {
                ActionState.Approved => SendAsync(stored, isSettled: true, cancel),
                // Every answer is recorded before the drain goes on, so finding this state means a crash came between.
                ActionState.Submitted => AskAfterCrashAsync(stored, cancel),
                ActionState.Unknown => ReconcileAsync(stored, cancel),
                ActionState.Confirmed or ActionState.Reconciled => DoneAsync(FollowAsync(stored, cancel)),
                _ => DoneAsync(PostponeAsync(stored, null, cancel)),
            });
        }
        catch (LedgerUnavailableException fault)
        {
            var dueAt = _clock.GetUtcNow() + _schedule.WaitAfter(stored.Asks);
            _logger.LedgerUnreadable(stored.Action.Key, dueAt, fault.Message);
            await PostponeAsync(stored, dueAt, cancel);
            return Task.CompletedTask;
        }
    }

    private static async Task<Task> DoneAsync(Task step)
    {
        await step;
        return Task.CompletedTask;
    }

    /// <summary>Sends, unless a guardrail objects; an action of which an earlier order may still take effect is not refused yet.</summary>
    private async Task<Task> SendAsync(StoredAction stored, bool isSettled, CancellationToken cancel)
    {
        var origin = ActionGuard.OriginOf(stored);
        var head = await _ledger.GetHeadAsync(cancel);
        if (await _guard.ObjectionToAsync(stored, origin, cancel) is { } objection)
        {
            if (isSettled)
                await RefuseAsync(stored, objection, cancel);
            else
                await PostponeAsync(stored, _clock.GetUtcNow() + _schedule.WaitAfter(stored.Asks), cancel);
            return Task.CompletedTask;
        }
        var now = _clock.GetUtcNow();
        var action = stored.Action with
        {
            Attempts = stored.Action.Attempts + 1,
            // By whichever clock is ahead: an idle ledger's newest block may be old, and its clock may be ahead of ours.
            OrderNotAfter = Later(now, head.NextNotBefore) + _orderLifetime,
        };
        var moved = ActionMachine.Move(action, ActionState.Submitted, now, "Handed to the ledger.");
        var requires = origin == OrderOrigin.Policy
            ? ChangeConditions.NotBreakGlass | ChangeConditions.KillSwitchOff : ChangeConditions.NotBreakGlass;
        // Due at once: should this be the last thing that happens, the next start asks the ledger.
        var change = new ActionChange
        {
            Before = stored,
            After = stored with { Action = moved, Asks = 0 },
            By = "executor",
            Detail = moved.Detail,
            DueAt = now,
            Requires = requires,
        };
        // What changed in between is looked at again when its turn comes.
        if (await _store.ChangeAsync(change, cancel) is not { } submitted)
            return Task.CompletedTask;
        Report(submitted);
        return OrderAsync(submitted, cancel);
    }

    private async Task OrderAsync(StoredAction submitted, CancellationToken cancel)
    {
        var reply = await _ledger.ContainAsync(OrderOf(submitted.Action), cancel);
        await RecordAsync(submitted, reply, cancel);
    }

    private async Task RecordAsync(StoredAction submitted, LedgerReply reply, CancellationToken cancel)
    {
        var now = _clock.GetUtcNow();
        switch (reply)
        {
            case LedgerReply.Confirmed(var receipt):
                var confirmed = ActionMachine.Move(submitted.Action, ActionState.Confirmed, now, $"In block {receipt.Block}.");
                await MoveAsync(submitted, With(confirmed, receipt), "ledger", ExpiryOf(submitted, receipt), cancel);
                break;
            case LedgerReply.Refused(var reason) when submitted.Action.Attempts > 1:
                await AbandonAsync(submitted, reason, cancel);
                break;
            case LedgerReply.Refused(var reason):
                await MoveAsync(submitted, ActionMachine.Move(submitted.Action, ActionState.Refused, now, reason), "ledger", null, cancel);
                break;
            case LedgerReply.Unknown(var reason):
                var unknown = ActionMachine.Move(submitted.Action, ActionState.Unknown, now, reason);
                await MoveAsync(submitted, unknown, "ledger", now + _schedule.WaitAfter(0), cancel);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>This order was refused, but an earlier one may still take effect: the action ends when that is settled.</summary>
    private async Task AbandonAsync(StoredAction submitted, string reason, CancellationToken cancel)
    {
        var now = _clock.GetUtcNow();
        var detail = $"The ledger refused the repeated order ({reason}); the earlier one may still take effect.";
        var unknown = ActionMachine.Move(submitted.Action, ActionState.Unknown, now, detail);
        await MoveAsync(submitted with { IsAbandoned = true }, unknown, "ledger", now + _schedule.WaitAfter(0), cancel);
    }

    private async Task<Task> AskAfterCrashAsync(StoredAction stored, CancellationToken cancel)
    {
        var now = _clock.GetUtcNow();
        var unknown = ActionMachine.Move(stored.Action, ActionState.Unknown, now, "Interrupted before the ledger's answer was recorded.");
        return await MoveAsync(stored, unknown, "executor", now, cancel) is { } asked
            ? await ReconcileAsync(asked, cancel) : Task.CompletedTask;
    }

    /// <summary>Unknown is not failure: the ledger says what happened, and only "nothing, and nothing pending" allows another try.</summary>
    private async Task<Task> ReconcileAsync(StoredAction stored, CancellationToken cancel)
    {
        // The head first: an order that lands between the two questions is then found.
        var head = await _ledger.GetHeadAsync(cancel);
        if (await _ledger.FindAsync(stored.Action.Key, cancel) is { } receipt)
        {
            var moved = ActionMachine.Move(stored.Action, ActionState.Reconciled, _clock.GetUtcNow(), $"Found in block {receipt.Block}.");
            await MoveAsync(stored, With(moved, receipt), "ledger", ExpiryOf(stored, receipt), cancel);
            return Task.CompletedTask;
        }
        var mayNotBeSent = stored.IsAbandoned || stored.Action.Attempts >= SubmissionsMax;
        // Until then an order already sent may take effect. Another under the same key does no harm; giving up now would.
        var isSettled = !(head.NextNotBefore <= stored.Action.OrderNotAfter);
        if (mayNotBeSent && !isSettled)
        {
            await PostponeAsync(stored, _clock.GetUtcNow() + _schedule.WaitAfter(stored.Asks), cancel);
            return Task.CompletedTask;
        }
        if (mayNotBeSent)
        {
            var given = stored.IsAbandoned ? stored.Action.Detail
                : $"Given up after {SubmissionsMax} tries; the ledger has no effect under the key.";
            await MoveAsync(stored, ActionMachine.Move(stored.Action, ActionState.Refused, _clock.GetUtcNow(), given), "executor", null, cancel);
            return Task.CompletedTask;
        }
        return await SendAsync(stored, isSettled, cancel);
    }

    /// <summary>Follows a containment in force to its one end.</summary>
    private async Task FollowAsync(StoredAction stored, CancellationToken cancel)
    {
        var action = stored.Action;
        var isContained = await _ledger.IsContainedAsync(action.Kind, action.Target, cancel);
        if (await RenewedAsync(stored, cancel) is { } until)
        {
            var kept = stored with { Action = action with { ExpiresAt = until }, RenewalUntil = null, Asks = 0 };
            var detail = $"The ledger keeps it until {until:u}.";
            Report(await _store.ChangeAsync(
                new ActionChange { Before = stored, After = kept, By = "ledger", Detail = detail, DueAt = _clock.GetUtcNow() }, cancel));
            return;
        }
        // The time after the answer: a containment that was gone before its end can only have been reversed.
        var now = _clock.GetUtcNow();
        if (!isContained && stored.ReversalOrderedBy.Length > 0 && now < action.ExpiresAt)
        {
            var reversed = ActionMachine.Move(action, ActionState.Reversed, now, "The ledger let go after a person ordered it.");
            await MoveAsync(stored, reversed with { ReversedBy = stored.ReversalOrderedBy }, "ledger", null, cancel);
        }
        else if (now < action.ExpiresAt)
        {
            await PostponeAsync(stored, Earlier(action.ExpiresAt.Value, now + _schedule.WaitAfter(stored.Asks)), cancel);
        }
        else if (!isContained || await IsContainedByAnotherAsync(action, cancel))
        {
            await MoveAsync(stored, ActionMachine.Move(action, ActionState.Expired, now, "Its time ran out."), "ledger", null, cancel);
        }
        else
        {
            // The ledger's clock may be behind ours; its word counts.
            await PostponeAsync(stored, now + _schedule.WaitAfter(stored.Asks), cancel);
        }
    }

    /// <summary>The later end the ledger knows of, when people ordered one or the known end has passed; null when there is none.</summary>
    /// <remarks>
    /// Asked also when the ledger has let go already: an order to keep it longer may have landed after everybody had given it up, and
    /// that end is the one for the record.
    /// </remarks>
    private async Task<DateTimeOffset?> RenewedAsync(StoredAction stored, CancellationToken cancel)
    {
        if (stored.RenewalUntil is null && _clock.GetUtcNow() < stored.Action.ExpiresAt)
            return null;
        return await _ledger.FindAsync(stored.Action.Key, cancel) is { ExpiresAt: { } until } && until > stored.Action.ExpiresAt
            ? until : null;
    }

    private async Task<bool> IsContainedByAnotherAsync(ContainmentAction action, CancellationToken cancel)
    {
        var containments = await _store.ContainmentsAsync(_clock.GetUtcNow(), cancel);
        return containments.Any(other => other.EndedAt is null && other.Key != action.Key && other.Kind == action.Kind
            && other.Target == action.Target);
    }

    private async Task RefuseAsync(StoredAction stored, Objection objection, CancellationToken cancel)
    {
        var (action, now) = (stored.Action, _clock.GetUtcNow());
        _logger.GuardrailRefused(objection.Guardrail, action.Key, action.Kind, action.Target.Id, objection.Detail);
        _metrics.Refused(objection.Guardrail);
        var change = new ActionChange
        {
            Before = stored,
            After = stored with { Action = ActionMachine.Move(action, ActionState.Refused, now, objection.Detail), Asks = 0 },
            By = "executor",
            Detail = $"Guardrail {objection.Guardrail}: {objection.Detail}",
            DueAt = null,
            Refusal = new GuardrailRefusal(
                now, action.IncidentId, action.Kind, action.Target, objection.Guardrail, objection.Detail),
        };
        Report(await _store.ChangeAsync(change, cancel));
    }

    private async Task<StoredAction?> MoveAsync(
        StoredAction stored, ContainmentAction moved, string by, DateTimeOffset? dueAt, CancellationToken cancel)
    {
        var change = new ActionChange
        {
            Before = stored,
            After = stored with { Action = moved, Asks = 0 },
            By = by,
            Detail = moved.Detail,
            DueAt = dueAt,
        };
        var written = await _store.ChangeAsync(change, cancel);
        Report(written);
        return written;
    }

    private async Task PostponeAsync(StoredAction stored, DateTimeOffset? dueAt, CancellationToken cancel)
    {
        var after = stored with { Asks = stored.Asks + 1 };
        await _store.ChangeAsync(new ActionChange { Before = stored, After = after, By = "executor", Detail = "", DueAt = dueAt }, cancel);
    }

    private void Report(StoredAction? written)
    {
        if (written is null)
            return;
        var action = written.Action;
        _metrics.Entered(action);
        _logger.ActionChanged(action.Key, action.Kind, action.Target.Id, action.State, action.Detail);
        Changed?.Invoke();
    }

    private async Task WaitAsync(TimeSpan wait, CancellationToken cancel)
    {
        using var timer = new CancellationTokenSource(wait, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancel);
        try
        {
            await _signals.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            // Time is up or we are stopping; the loop tells which.
        }
    }

    private static ContainmentAction With(ContainmentAction action, LedgerReceipt receipt) => action with
    {
        TransactionId = receipt.TransactionId,
        Block = receipt.Block,
        ContainedAt = receipt.At,
        ExpiresAt = receipt.ExpiresAt ?? receipt.At + action.Ttl,
    };

    private static DateTimeOffset ExpiryOf(StoredAction stored, LedgerReceipt receipt) =>
        receipt.ExpiresAt ?? receipt.At + stored.Action.Ttl;

    private static LedgerOrder OrderOf(ContainmentAction action) =>
        new(action.Key, action.Kind, action.Target, action.Ttl, action.IncidentId, action.EvidenceHash)
        {
            NotAfter = action.OrderNotAfter,
        };

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static TimeSpan Clamp(TimeSpan wait) =>
        wait <= TimeSpan.Zero ? TimeSpan.FromMilliseconds(1) : wait < IdleWait ? wait : IdleWait;
}

using System.Globalization;
using SentinelHealth.Response.Approvals;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Actions;

/// <content>Keeping a containment longer: people only, within the limits of a new one.</content>
public sealed partial class Responder
{
    /// <inheritdoc/>
    public async Task<OrderOutcome> RenewAsync(
        string actionKey, Approver orderedBy, DateTimeOffset until, string reason, CancellationToken cancel)
    {
        if (Unfit(orderedBy.Name, reason) is { } unfit)
            return new OrderOutcome(false, unfit);
        if (await _store.StoredActionAsync(actionKey, cancel) is not { } stored)
            return new OrderOutcome(false, "There is no such action.");
        var end = DateTimeOffset.FromUnixTimeSeconds(until.ToUnixTimeSeconds());
        if (Untimely(stored.Action, end, _clock.GetUtcNow()) is { } untimely)
            return new OrderOutcome(false, untimely);
        if (await GuardedRenewalAsync(stored, end, cancel) is { } objection)
            return new OrderOutcome(false, objection.Detail) { Guardrail = objection.Guardrail };
        // The time after everything was read: an approval counts when it is given.
        var now = _clock.GetUtcNow();
        if (ApprovalRules.ObjectionToRenewal(stored, orderedBy, end, _options, now) is { } refusal)
            return new OrderOutcome(false, refusal)
            {
                NeedsSignIn = ApprovalRules.ObjectionToRenewal(
                    stored, orderedBy with { SignedInAt = now }, end, _options, now) is null,
            };
        var approvals = ApprovalRules.With(stored, ApprovedStep.Renew, orderedBy.Name, _options, now, end);
        var isComplete = approvals.Count >= ApprovalRules.Needed(stored, _options);
        // The order is durable before the ledger is asked: should we stop in between, the executor asks what the ledger made of it.
        var ordered = stored with
        {
            RenewalApprovals = isComplete ? [] : approvals,
            UsedApprovals = isComplete ? ApprovalRules.Used(stored, ApprovedStep.Renew, approvals) : stored.UsedApprovals,
            RenewalUntil = isComplete ? end : stored.RenewalUntil,
            Asks = 0,
        };
        var dueAt = isComplete ? now + ReversalGrace : stored.Action.ExpiresAt;
        if (await ChangeAsync(stored, ordered, orderedBy.Name, $"Ordered to keep it until {end:u}: {reason}", dueAt, cancel) is not { } recorded)
            return new OrderOutcome(false, "The action changed meanwhile; look again.");
        if (!isComplete)
            return new OrderOutcome(true, "Recorded. A second person must order the same end, too.");
        var by = string.Join(", ", approvals.Select(approval => approval.ApprovedBy));
        var reply = await _ledger.RenewAsync(OrderOf(stored.Action), end, by, cancel);
        return await ConcludeRenewalAsync(recorded, reply, by, cancel);
    }

    private async Task<OrderOutcome> ConcludeRenewalAsync(
        StoredAction ordered, LedgerReply reply, string by, CancellationToken cancel)
    {
        var now = _clock.GetUtcNow();
        switch (reply)
        {
            case LedgerReply.Confirmed({ ExpiresAt: { } end }):
                var kept = ordered.Action with { ExpiresAt = end, Detail = $"Kept until {end:u} by {by}." };
                await ChangeAsync(ordered, ordered with { Action = kept, RenewalUntil = null }, by, kept.Detail, now, cancel);
                _executor.Signal();
                return new OrderOutcome(true, $"It stays in force until {end:u}.");
            case LedgerReply.Refused(var refusal):
                await ChangeAsync(
                    ordered, ordered with { RenewalUntil = null }, "ledger", $"The ledger does not keep it longer: {refusal}", now, cancel);
                _executor.Signal();
                return new OrderOutcome(false, $"The ledger refused: {refusal}");
            default:
                var fault = reply is LedgerReply.Unknown(var why) ? why : "The answer has no end.";
                await ChangeAsync(ordered, ordered, "ledger", $"No answer to keeping it longer: {fault}", now, cancel);
                _executor.Signal();
                return new OrderOutcome(true, "The ledger did not answer; what it did is being asked. Order it again if it does not stay.");
        }
    }

    private string? Untimely(ContainmentAction action, DateTimeOffset end, DateTimeOffset now)
    {
        if (!ActionMachine.IsInForce(action.State) || now >= action.ExpiresAt)
            return $"The action is {Name(action.State)}; there is nothing to keep.";
        return end <= action.ExpiresAt || end > now + _options.TtlMax
            ? string.Create(CultureInfo.InvariantCulture, $"It can be kept longer than it is, and until {now + _options.TtlMax:u} at most.")
            : null;
    }

    private async Task<Objection?> GuardedRenewalAsync(StoredAction stored, DateTimeOffset end, CancellationToken cancel)
    {
        try
        {
            return await _guard.ObjectionToRenewalAsync(stored, end, cancel) is { } objection
                ? objection with { Detail = $"Guardrail {objection.Guardrail}: {objection.Detail}" } : null;
        }
        catch (LedgerUnavailableException fault)
        {
            return new Objection("", $"The ledger cannot be read, so the guardrails cannot be checked: {fault.Message}");
        }
    }
}

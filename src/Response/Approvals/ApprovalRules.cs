using System.Globalization;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Approvals;

/// <summary>Who may approve what, how many of them it takes, and for how long it holds. Pure; O(approvals).</summary>
public static class ApprovalRules
{
    /// <summary>Orders that were lost can be given again and again; the record keeps the newest, the evidence log all.</summary>
    private const int UsedMax = 32;

    /// <summary>Why this person cannot approve this proposal now, as a sentence; null when they can.</summary>
    public static string? ObjectionTo(StoredAction proposal, Approver approver, ResponseOptions options, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrWhiteSpace(approver.Name))
            return "Only a named person may approve.";
        if (proposal.Action.State != ActionState.Proposed)
            return $"The action is {proposal.Action.State.ToString().ToLowerInvariant()}, not proposed.";
        if (proposal.Mode == PlaybookMode.Observe)
            return "Its playbook only observes; nobody can order it.";
        if (IsSame(approver.Name, proposal.RequestedBy))
            return "Whoever requested an action cannot approve it.";
        if (now >= proposal.Action.DecidedAt + options.ProposalLifetime)
            return "The proposal is too old to fit the facts; it can only be refused.";
        return ObjectionToStep(proposal, ApprovedStep.Contain, approver, options, now);
    }

    /// <summary>Why this person cannot order the reversal of an action now, as a sentence; null when they can.</summary>
    public static string? ObjectionToReversal(StoredAction action, Approver approver, ResponseOptions options, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(action);
        ArgumentNullException.ThrowIfNull(options);
        return string.IsNullOrWhiteSpace(approver.Name) ? "Only a named person may order this."
            : ObjectionToStep(action, ApprovedStep.Reverse, approver, options, now);
    }

    /// <summary>Why this person cannot order now that an action lasts until a later time, as a sentence; null when they can.</summary>
    public static string? ObjectionToRenewal(
        StoredAction action, Approver approver, DateTimeOffset until, ResponseOptions options, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(action);
        ArgumentNullException.ThrowIfNull(options);
        return string.IsNullOrWhiteSpace(approver.Name) ? "Only a named person may order this."
            : ObjectionToStep(action, ApprovedStep.Renew, approver, options, now, until);
    }

    /// <summary>Why the approvals an action carries do not cover sending it now; null when they do.</summary>
    public static string? ObjectionToSending(StoredAction action, ResponseOptions options, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(action);
        ArgumentNullException.ThrowIfNull(options);
        if (action.Approvals.Count == 0)
            return "Nobody approved it.";
        var binding = Approval.BindingOf(action.Action, ApprovedStep.Contain);
        if (action.Approvals.All(approval => approval.Binding != binding))
            return "The approval is for a different action.";
        var valid = action.Approvals.Where(approval => approval.Binding == binding && now < approval.ExpiresAt
            && !IsSame(approval.ApprovedBy, action.RequestedBy))
            .Select(approval => Folded(approval.ApprovedBy)).Distinct(StringComparer.Ordinal).Count();
        var needed = Needed(action, options);
        if (valid >= needed)
            return null;
        return valid == 0
            ? "The approval has expired."
            : string.Create(CultureInfo.InvariantCulture, $"{needed} different people must have approved it; the approval of {valid} holds.");
    }

    /// <summary>The approvals of a step that still hold, with a new one; those that expired or are for something else are left out.</summary>
    public static IReadOnlyList<Approval> With(
        StoredAction action, ApprovedStep step, string approver, ResponseOptions options, DateTimeOffset now,
        DateTimeOffset? until = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        ArgumentNullException.ThrowIfNull(options);
        var binding = Approval.BindingOf(action.Action, step, until);
        return
        [
            .. Valid(action, step, now, until),
            new Approval(approver.Trim(), now, now + options.ApprovalLifetime, binding) { Until = until },
        ];
    }

    /// <summary>What was used up so far, with the approvals of a step that is complete now; the newest of a bounded number.</summary>
    public static IReadOnlyList<UsedApproval> Used(StoredAction action, ApprovedStep step, IReadOnlyList<Approval> complete)
    {
        ArgumentNullException.ThrowIfNull(action);
        return [.. action.UsedApprovals.Concat(complete.Select(approval => new UsedApproval(step, approval))).TakeLast(UsedMax)];
    }

    /// <summary>Who has approved the next step and how many it takes; null when people have nothing to say about it now.</summary>
    public static ApprovalStanding? Standing(StoredAction action, ResponseOptions options, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(action);
        ArgumentNullException.ThrowIfNull(options);
        if (action.Action.State == ActionState.Proposed && action.Mode != PlaybookMode.Observe)
            return new(ApprovedStep.Contain, Needed(action, options), [.. Valid(action, ApprovedStep.Contain, now)],
                action.Action.DecidedAt + options.ProposalLifetime);
        return ActionMachine.IsInForce(action.Action.State)
            ? new(ApprovedStep.Reverse, Needed(action, options), [.. Valid(action, ApprovedStep.Reverse, now)],
                action.Action.ExpiresAt)
            {
                Renewals = [.. action.RenewalApprovals.Where(approval => now < approval.ExpiresAt)],
                RenewableUntil = now + options.TtlMax,
            }
            : null;
    }

    /// <summary>How many different people it takes: what was decided, or what the options now demand when that is more.</summary>
    public static int Needed(StoredAction action, ResponseOptions options)
    {
        ArgumentNullException.ThrowIfNull(action);
        ArgumentNullException.ThrowIfNull(options);
        return Math.Max(action.ApproversMin, options.ApproversMin(action.Action.Kind));
    }

    private static string? ObjectionToStep(
        StoredAction action, ApprovedStep step, Approver approver, ResponseOptions options, DateTimeOffset now,
        DateTimeOffset? until = null)
    {
        if (Valid(action, step, now, until).Any(approval => IsSame(approval.ApprovedBy, approver.Name)))
            return "You have approved it already; another person must.";
        var isHighImpact = Needed(action, options) > 1;
        // A sign-in from the future is a broken clock, not a fresh sign-in.
        var isFresh = approver.SignedInAt is { } signedInAt && signedInAt <= now && now - signedInAt <= options.StepUpWithin;
        return isHighImpact && !isFresh
            ? string.Create(CultureInfo.InvariantCulture,
                $"This has a high impact: sign in again, then approve within {options.StepUpWithin.TotalMinutes:0} minutes.")
            : null;
    }

    private static IEnumerable<Approval> Valid(
        StoredAction action, ApprovedStep step, DateTimeOffset now, DateTimeOffset? until = null)
    {
        var binding = Approval.BindingOf(action.Action, step, until);
        var given = step switch
        {
            ApprovedStep.Contain => action.Approvals,
            ApprovedStep.Reverse => action.ReversalApprovals,
            _ => action.RenewalApprovals,
        };
        return given.Where(approval => approval.Binding == binding && now < approval.ExpiresAt);
    }

    private static bool IsSame(string one, string other) => string.Equals(Folded(one), Folded(other), StringComparison.Ordinal);

    private static string Folded(string name) => name.Trim().ToUpperInvariant();
}

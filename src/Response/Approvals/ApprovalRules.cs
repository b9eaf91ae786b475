using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Approvals;

/// <summary>Who may approve what, and for how long. Pure.</summary>
public static class ApprovalRules
{
    /// <summary>Why this person cannot approve this action now, as a sentence; null when they can.</summary>
    public static string? ObjectionTo(StoredAction proposal, string approver, ResponseOptions options, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrWhiteSpace(approver))
            return "Only a named person may approve.";
        if (proposal.Action.State != ActionState.Proposed)
            return $"The action is {proposal.Action.State.ToString().ToLowerInvariant()}, not proposed.";
        if (proposal.Mode == PlaybookMode.Observe)
            return "Its playbook only observes; nobody can order it.";
        if (string.Equals(approver.Trim(), proposal.RequestedBy, StringComparison.OrdinalIgnoreCase))
            return "Whoever requested an action cannot approve it.";
        return now >= proposal.Action.DecidedAt + options.ProposalLifetime ? "The proposal is too old to fit the facts; it can only be refused." : null;
    }

    /// <summary>Why an approval does not cover sending this action now; null when it does.</summary>
    public static string? ObjectionTo(Approval? approval, ContainmentAction action, DateTimeOffset now)
    {
        if (approval is null)
            return "Nobody approved it.";
        if (approval.Binding != Approval.BindingOf(action))
            return "The approval is for a different action.";
        return now >= approval.ExpiresAt ? "The approval has expired." : null;
    }

    /// <summary>The approval of a person, bound to the action and expiring.</summary>
    public static Approval Grant(ContainmentAction action, string approver, ResponseOptions options, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new Approval(approver, now, now + options.ApprovalLifetime, Approval.BindingOf(action));
    }
}

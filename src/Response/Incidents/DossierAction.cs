using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Approvals;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Incidents;

/// <summary>One containment with all that happened to it.</summary>
public sealed record DossierAction
{
    /// <summary>The containment as it stands.</summary>
    public required ContainmentAction Action { get; init; }

    /// <summary>The mode it was decided in.</summary>
    public required PlaybookMode Mode { get; init; }

    /// <summary>Who asked for it: <c>policy:</c> and the playbook, or a person.</summary>
    public required string RequestedBy { get; init; }

    /// <summary>The target's organization; empty when unknown.</summary>
    public string Organization { get; init; } = "";

    /// <summary>How many different people had to approve it, if people had to.</summary>
    public int ApproversMin { get; init; } = 1;

    /// <summary>Its transitions, oldest first.</summary>
    public required IReadOnlyList<ActionStep> Steps { get; init; }

    /// <summary>Who agreed that it contains, when, and to exactly what (the binding's hash), oldest first.</summary>
    public IReadOnlyList<Approval> Approvals { get; init; } = [];

    /// <summary>Who agreed that it is undone, oldest first.</summary>
    public IReadOnlyList<Approval> ReversalApprovals { get; init; } = [];

    /// <summary>Who agreed that it is kept longer, and until when, oldest first.</summary>
    public IReadOnlyList<Approval> RenewalApprovals { get; init; } = [];

    /// <summary>What the ledger says became of it: the containing transaction and the undoing one, as far as there are any.</summary>
    public IReadOnlyList<ActionReceipt> Receipts()
    {
        var receipts = new List<ActionReceipt>(2);
        if (Action.TransactionId.Length > 0)
            receipts.Add(new ActionReceipt(Action.Key, "contain", Action.TransactionId, Action.Block, Action.ContainedAt));
        if (Action.ReversalTransactionId.Length > 0)
            receipts.Add(new ActionReceipt(Action.Key, "reverse", Action.ReversalTransactionId, null, ReversedAt()));
        return receipts;
    }

    /// <summary>A stored action and its history.</summary>
    public static DossierAction Of(StoredAction stored, IReadOnlyList<ActionStep> steps)
    {
        ArgumentNullException.ThrowIfNull(stored);
        return new DossierAction
        {
            Action = stored.Action,
            Mode = stored.Mode,
            RequestedBy = stored.RequestedBy,
            Organization = stored.Organization,
            ApproversMin = stored.ApproversMin,
            Steps = steps,
            Approvals = stored.Approvals,
            ReversalApprovals = [.. UsedFor(stored, ApprovedStep.Reverse), .. stored.ReversalApprovals],
            RenewalApprovals = [.. UsedFor(stored, ApprovedStep.Renew), .. stored.RenewalApprovals],
        };
    }

    private static IEnumerable<Approval> UsedFor(StoredAction stored, ApprovedStep step) =>
        stored.UsedApprovals.Where(used => used.Step == step).Select(used => used.Approval);

    private DateTimeOffset? ReversedAt() =>
        Steps.LastOrDefault(step => step.State == ActionState.Reversed) is { } step ? step.At : null;
}

/// <summary>A transaction of ours on the ledger.</summary>
/// <param name="ActionKey">The action it carried out or undid.</param>
/// <param name="Step"><c>contain</c> or <c>reverse</c>.</param>
/// <param name="TransactionId">The transaction.</param>
/// <param name="Block">Its block; null when the ledger has not said.</param>
/// <param name="At">When it took effect; null when that is not known.</param>
public sealed record ActionReceipt(string ActionKey, string Step, string TransactionId, long? Block, DateTimeOffset? At);

using SentinelHealth.Response.Approvals;

namespace SentinelHealth.Response.Actions;

/// <summary>The outcome of a person's order.</summary>
/// <param name="IsAccepted">Whether it was carried out or queued.</param>
/// <param name="Detail">One sentence for the person.</param>
public readonly record struct OrderOutcome(bool IsAccepted, string Detail)
{
    /// <summary>Whether the same order would be accepted from the same person right after they proved again who they are.</summary>
    public bool NeedsSignIn { get; init; }

    /// <summary>The guardrail that said no, by name; empty when none did.</summary>
    public string Guardrail { get; init; } = "";
}

/// <summary>What people may order. Automation has no way to call these.</summary>
public interface IResponder
{
    /// <summary>
    /// Undoes a containment on the ledger. Of high impact it takes two different people with a fresh sign-in, each ordering it.
    /// </summary>
    Task<OrderOutcome> UndoAsync(string actionKey, Approver orderedBy, string reason, CancellationToken cancel);

    /// <summary>
    /// Keeps a containment in force until a later time, in whole seconds and never beyond the longest time from now. Of high impact it
    /// takes two different people with a fresh sign-in, each ordering the same end.
    /// </summary>
    Task<OrderOutcome> RenewAsync(
        string actionKey, Approver orderedBy, DateTimeOffset until, string reason, CancellationToken cancel);

    /// <summary>
    /// Approves a proposed action. The approver must differ from whoever requested it; of high impact it takes two different
    /// people with a fresh sign-in.
    /// </summary>
    Task<OrderOutcome> ApproveAsync(string actionKey, Approver approvedBy, CancellationToken cancel);

    /// <summary>Refuses a proposed action.</summary>
    Task<OrderOutcome> RefuseAsync(string actionKey, string refusedBy, string reason, CancellationToken cancel);

    /// <summary>Who has approved an action's next step and how many it takes; null when people have nothing to say about it now.</summary>
    Task<ApprovalStanding?> StandingAsync(string actionKey, CancellationToken cancel);

    /// <summary>Whether the kill switch is on: nothing is contained automatically while it is.</summary>
    bool IsKillSwitchOn { get; }

    /// <summary>Turns the kill switch on or off. Durable.</summary>
    Task SetKillSwitchAsync(KillSwitch position, string orderedBy, CancellationToken cancel);
}

/// <summary>The two positions of the kill switch.</summary>
public enum KillSwitch
{
    /// <summary>Automation runs under its policy.</summary>
    Off,

    /// <summary>Nothing is contained automatically.</summary>
    On,
}

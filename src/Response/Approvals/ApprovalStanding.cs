namespace SentinelHealth.Response.Approvals;

/// <summary>How far the approval of an action's next step has come.</summary>
/// <param name="Step">Containing while it is proposed, reversing while it is in force.</param>
/// <param name="Needed">How many different people it takes.</param>
/// <param name="Given">Approvals that hold now, oldest first.</param>
/// <param name="OpenUntil">Until when approvals can be given; null when no time ends that.</param>
public sealed record ApprovalStanding(ApprovedStep Step, int Needed, IReadOnlyList<Approval> Given, DateTimeOffset? OpenUntil)
{
    /// <summary>Orders to keep it longer that hold now and wait for a second person, each with the end it names; oldest first.</summary>
    public IReadOnlyList<Approval> Renewals { get; init; } = [];

    /// <summary>The latest end that may be ordered now; null while it cannot be kept longer.</summary>
    public DateTimeOffset? RenewableUntil { get; init; }
}

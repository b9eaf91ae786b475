using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Approvals;

namespace SentinelHealth.Dashboard.Tests.Fakes;

/// <summary>Remembers orders and answers as told.</summary>
internal sealed class FakeResponder : IResponder
{
    public List<string> Orders { get; } = [];

    public OrderOutcome Outcome { get; set; } = new(true, "Done.");

    public bool IsKillSwitchOn { get; private set; }

    public Task<OrderOutcome> UndoAsync(string actionKey, Approver orderedBy, string reason, CancellationToken cancel) =>
        Answer($"undo {actionKey} by {orderedBy.Name}: {reason}");

    public Task<OrderOutcome> RenewAsync(
        string actionKey, Approver orderedBy, DateTimeOffset until, string reason, CancellationToken cancel) =>
        Answer($"renew {actionKey} until {until:u} by {orderedBy.Name}: {reason}");

    public Task<OrderOutcome> ApproveAsync(string actionKey, Approver approvedBy, CancellationToken cancel) =>
        Answer($"approve {actionKey} by {approvedBy.Name}");

    public Task<OrderOutcome> RefuseAsync(string actionKey, string refusedBy, string reason, CancellationToken cancel) =>
        Answer($"refuse {actionKey} by {refusedBy}: {reason}");

    public ApprovalStanding? Standing { get; set; }

    public Task<ApprovalStanding?> StandingAsync(string actionKey, CancellationToken cancel) => Task.FromResult(Standing);

    public Task SetKillSwitchAsync(KillSwitch position, string orderedBy, CancellationToken cancel)
    {
        IsKillSwitchOn = position == KillSwitch.On;
        return Answer($"kill switch {position} by {orderedBy}");
    }

    private Task<OrderOutcome> Answer(string order)
    {
        Orders.Add(order);
        return Task.FromResult(Outcome);
    }
}

using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Approvals;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Actions;

/// <summary>What has a high impact takes two different people who have just signed in.</summary>
public sealed class TwoPersonTests
{
    private static readonly string Key = SomeCase.Planned().Action.Key;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_approval_of_two_sends_nothing_and_the_second_person_completes_it()
    {
        using var bench = await ProposedAsync();
        var responder = await bench.ResponderAsync();

        var first = await responder.ApproveAsync(Key, ActionBench.By("ada"), Cancel);
        await bench.Executor().DrainAsync(Cancel);
        var afterFirst = await bench.ActionAsync(Key);
        var second = await responder.ApproveAsync(Key, ActionBench.By("ben"), Cancel);
        await bench.Executor().DrainAsync(Cancel);

        Assert.True(first.IsAccepted && second.IsAccepted, $"{first.Detail} {second.Detail}");
        Assert.Equal(ActionState.Proposed, afterFirst.State);
        Assert.Equal(ActionState.Confirmed, (await bench.ActionAsync(Key)).State);
        Assert.Equal(1, bench.Ledger.Orders);
    }

    [Theory]
    [InlineData("ada")]
    [InlineData(" ADA ")]
    public async Task One_person_does_not_count_as_two(string again)
    {
        using var bench = await ProposedAsync();
        var responder = await bench.ResponderAsync();
        await responder.ApproveAsync(Key, ActionBench.By("ada"), Cancel);

        Assert.False((await responder.ApproveAsync(Key, ActionBench.By(again), Cancel)).IsAccepted);
        Assert.Equal(ActionState.Proposed, (await bench.ActionAsync(Key)).State);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(15, true)]
    [InlineData(16, false)]
    [InlineData(-1, false)] // A sign-in from the future.
    [InlineData(null, false)] // A program's token.
    public async Task Only_a_fresh_sign_in_approves_what_has_a_high_impact(int? minutesAgo, bool isAccepted)
    {
        using var bench = await ProposedAsync();
        DateTimeOffset? signedInAt = minutesAgo is { } minutes ? SomeCase.At - TimeSpan.FromMinutes(minutes) : null;

        var outcome = await (await bench.ResponderAsync()).ApproveAsync(Key, new Approver("ada", signedInAt), Cancel);

        Assert.Equal(isAccepted, outcome.IsAccepted);
        Assert.Equal(isAccepted ? 1 : 0, (await bench.Store.StoredActionAsync(Key, Cancel))!.Approvals.Count);
    }

    [Fact]
    public async Task A_first_approval_that_has_expired_does_not_count()
    {
        using var bench = await ProposedAsync();
        var responder = await bench.ResponderAsync();
        await responder.ApproveAsync(Key, ActionBench.By("ada"), Cancel);
        bench.Clock.Advance(bench.Options.ApprovalLifetime);

        var late = await responder.ApproveAsync(Key, new Approver("ben", bench.Clock.GetUtcNow()), Cancel);

        Assert.True(late.IsAccepted, late.Detail);
        Assert.Equal(ActionState.Proposed, (await bench.ActionAsync(Key)).State);
        Assert.Equal("ben", Assert.Single((await bench.Store.StoredActionAsync(Key, Cancel))!.Approvals).ApprovedBy);
    }

    [Fact]
    public async Task Undoing_takes_two_people_as_well()
    {
        using var bench = new ActionBench { Options = new ResponseOptions() };
        await bench.DecideAsync(SomeCase.Planned());
        await bench.Executor().DrainAsync(Cancel);
        var responder = await bench.ResponderAsync();

        await responder.UndoAsync(Key, ActionBench.By("ada"), "A false alarm.", Cancel);
        var repeated = await responder.UndoAsync(Key, ActionBench.By("ada"), "A false alarm.", Cancel);
        var afterFirst = await bench.ActionAsync(Key);
        await responder.UndoAsync(Key, ActionBench.By("ben"), "Indeed.", Cancel);

        Assert.False(repeated.IsAccepted);
        Assert.Equal(ActionState.Confirmed, afterFirst.State);
        var action = await bench.ActionAsync(Key);
        Assert.Equal((ActionState.Reversed, "ada, ben"), (action.State, action.ReversedBy));
    }

    [Fact]
    public async Task The_executor_counts_again_and_refuses_what_one_person_approved()
    {
        using var bench = await ProposedAsync();
        var stored = (await bench.Store.StoredActionAsync(Key, Cancel))!;
        var approvals = ApprovalRules.With(stored, ApprovedStep.Contain, "ada", bench.Options, SomeCase.At);
        var forged = stored with
        {
            Action = stored.Action with { State = ActionState.Approved },
            Approvals = [.. approvals, .. approvals],
        };
        await bench.Store.ChangeAsync(
            new ActionChange { Before = stored, After = forged, By = "ada", Detail = "Approved.", DueAt = SomeCase.At }, Cancel);

        await bench.Executor().DrainAsync(Cancel);

        Assert.Equal(ActionState.Refused, (await bench.ActionAsync(Key)).State);
        Assert.Equal(0, bench.Ledger.Orders);
    }

    private static async Task<ActionBench> ProposedAsync()
    {
        var bench = new ActionBench { Options = new ResponseOptions() };
        await bench.DecideAsync(SomeCase.Planned(mode: PlaybookMode.Approve) with { ApproversMin = 2 });
        return bench;
    }
}

using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Policy;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Actions;

public sealed class ResponderTests
{
    private static readonly string Key = SomeCase.Planned().Action.Key;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Undoing_releases_on_the_ledger_and_records_who_and_why()
    {
        using var bench = await ContainedAsync();

        var outcome = await (await bench.ResponderAsync()).UndoAsync(Key, ActionBench.By("responder-1"), "A false alarm.", Cancel);

        Assert.True(outcome.IsAccepted, outcome.Detail);
        var action = await bench.ActionAsync(Key);
        Assert.Equal((ActionState.Reversed, "responder-1"), (action.State, action.ReversedBy));
        Assert.NotEmpty(action.ReversalTransactionId);
        Assert.False(await bench.Ledger.IsContainedAsync(action.Kind, action.Target, Cancel));
        Assert.Contains(await bench.Store.ActionHistoryAsync(Key, Cancel), step =>
            step.By == "responder-1" && step.Detail.Contains("A false alarm.", StringComparison.Ordinal));
        Assert.Null(await bench.Store.NextDueAsync(Cancel));
    }

    [Fact]
    public async Task Undoing_twice_is_refused_the_second_time()
    {
        using var bench = await ContainedAsync();
        var responder = await bench.ResponderAsync();
        await responder.UndoAsync(Key, ActionBench.By("responder-1"), "A false alarm.", Cancel);

        Assert.False((await responder.UndoAsync(Key, ActionBench.By("responder-2"), "Again.", Cancel)).IsAccepted);
    }

    [Fact]
    public async Task A_reversal_whose_answer_was_lost_is_found_by_asking()
    {
        using var bench = await ContainedAsync();
        bench.Ledger.SilentRestores = 1;

        var outcome = await (await bench.ResponderAsync()).UndoAsync(Key, ActionBench.By("responder-1"), "A false alarm.", Cancel);
        await bench.SettleAsync(bench.Executor(), TimeSpan.FromSeconds(20), steps: 3);

        Assert.True(outcome.IsAccepted);
        var action = await bench.ActionAsync(Key);
        Assert.Equal((ActionState.Reversed, "responder-1"), (action.State, action.ReversedBy));
    }

    [Theory]
    [InlineData("", "reason")]
    [InlineData(" ", "reason")]
    [InlineData("responder-1", "")]
    public async Task An_order_without_who_or_why_is_refused(string who, string why)
    {
        using var bench = await ContainedAsync();
        var responder = await bench.ResponderAsync();

        Assert.False((await responder.UndoAsync(Key, ActionBench.By(who), why, Cancel)).IsAccepted);
        Assert.Equal(ActionState.Confirmed, (await bench.ActionAsync(Key)).State);
    }

    [Fact]
    public async Task An_approved_proposal_is_contained()
    {
        using var bench = new ActionBench();
        await bench.DecideAsync(SomeCase.Planned(mode: PlaybookMode.Approve));

        await bench.Executor().DrainAsync(Cancel);
        Assert.Equal(0, bench.Ledger.Orders);
        var outcome = await (await bench.ResponderAsync()).ApproveAsync(Key, ActionBench.By("responder-1"), Cancel);
        await bench.Executor().DrainAsync(Cancel);

        Assert.True(outcome.IsAccepted, outcome.Detail);
        Assert.Equal(ActionState.Confirmed, (await bench.ActionAsync(Key)).State);
    }

    [Theory]
    [InlineData(PlaybookMode.Observe, false)]
    [InlineData(PlaybookMode.Recommend, true)]
    [InlineData(PlaybookMode.Approve, true)]
    public async Task What_a_playbook_only_observes_cannot_be_approved(PlaybookMode mode, bool isAccepted)
    {
        using var bench = new ActionBench();
        await bench.DecideAsync(SomeCase.Planned(mode: mode));

        Assert.Equal(isAccepted, (await (await bench.ResponderAsync()).ApproveAsync(Key, ActionBench.By("responder-1"), Cancel)).IsAccepted);
    }

    [Theory]
    [InlineData("policy:some-playbook", false)]
    [InlineData("Policy:Some-Playbook ", false)]
    [InlineData("responder-1", true)]
    public async Task Whoever_requested_an_action_cannot_approve_it(string approver, bool isAccepted)
    {
        using var bench = new ActionBench();
        await bench.DecideAsync(SomeCase.Planned(mode: PlaybookMode.Approve));

        var outcome = await (await bench.ResponderAsync()).ApproveAsync(Key, ActionBench.By(approver), Cancel);

        Assert.Equal(isAccepted, outcome.IsAccepted);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    public async Task A_proposal_can_be_approved_until_it_is_too_old(int secondsAfterLifetime, bool isAccepted)
    {
        using var bench = new ActionBench();
        await bench.DecideAsync(SomeCase.Planned(mode: PlaybookMode.Approve));
        bench.Clock.Advance(bench.Options.ProposalLifetime + TimeSpan.FromSeconds(secondsAfterLifetime));

        Assert.Equal(isAccepted, (await (await bench.ResponderAsync()).ApproveAsync(Key, ActionBench.By("responder-1"), Cancel)).IsAccepted);
    }

    [Fact]
    public async Task An_approval_expires()
    {
        using var bench = new ActionBench();
        await bench.DecideAsync(SomeCase.Planned(mode: PlaybookMode.Approve));
        await (await bench.ResponderAsync()).ApproveAsync(Key, ActionBench.By("responder-1"), Cancel);
        bench.Clock.Advance(bench.Options.ApprovalLifetime);

        await bench.Executor().DrainAsync(Cancel);

        Assert.Equal(ActionState.Refused, (await bench.ActionAsync(Key)).State);
        Assert.Equal(0, bench.Ledger.Orders);
    }

    [Fact]
    public async Task A_person_may_contain_while_the_kill_switch_stops_automation()
    {
        using var bench = new ActionBench();
        await bench.DecideAsync(SomeCase.Planned(mode: PlaybookMode.Approve));
        var responder = await bench.ResponderAsync();
        await responder.SetKillSwitchAsync(KillSwitch.On, "operator-1", Cancel);

        var outcome = await responder.ApproveAsync(Key, ActionBench.By("responder-1"), Cancel);
        await bench.Executor().DrainAsync(Cancel);

        Assert.True(outcome.IsAccepted, outcome.Detail);
        Assert.Equal(ActionState.Confirmed, (await bench.ActionAsync(Key)).State);
    }

    [Fact]
    public async Task Approving_what_a_guardrail_forbids_is_refused_with_its_name()
    {
        using var bench = new ActionBench { Options = new ResponseOptions { NodesPerWindowMax = 0, HighImpactKinds = [] } };
        await bench.DecideAsync(SomeCase.Planned(mode: PlaybookMode.Approve));

        var outcome = await (await bench.ResponderAsync()).ApproveAsync(Key, ActionBench.By("responder-1"), Cancel);

        Assert.False(outcome.IsAccepted);
        Assert.Contains(Guardrails.CapPerKind, outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_proposal_stays_refused()
    {
        using var bench = new ActionBench();
        await bench.DecideAsync(SomeCase.Planned(mode: PlaybookMode.Approve));
        var responder = await bench.ResponderAsync();

        Assert.True((await responder.RefuseAsync(Key, "responder-1", "Known maintenance.", Cancel)).IsAccepted);
        Assert.False((await responder.ApproveAsync(Key, ActionBench.By("responder-2"), Cancel)).IsAccepted);
        await bench.DecideAsync(SomeCase.Planned());
        await bench.Executor().DrainAsync(Cancel);

        Assert.Equal(ActionState.Refused, (await bench.ActionAsync(Key)).State);
        Assert.Equal(0, bench.Ledger.Orders);
    }

    [Fact]
    public async Task The_kill_switch_survives_a_restart()
    {
        using var bench = new ActionBench();
        await (await bench.ResponderAsync()).SetKillSwitchAsync(KillSwitch.On, "operator-1", Cancel);
        bench.Restart();

        var responder = await bench.ResponderAsync();
        Assert.True(responder.IsKillSwitchOn);
        await responder.SetKillSwitchAsync(KillSwitch.Off, "operator-1", Cancel);
        Assert.False((await bench.ResponderAsync()).IsKillSwitchOn);
    }

    [Fact]
    public async Task Orders_about_unknown_actions_are_refused()
    {
        using var bench = new ActionBench();
        var responder = await bench.ResponderAsync();

        Assert.False((await responder.UndoAsync("0x0", ActionBench.By("responder-1"), "Why not.", Cancel)).IsAccepted);
        Assert.False((await responder.ApproveAsync("0x0", ActionBench.By("responder-1"), Cancel)).IsAccepted);
        Assert.False((await responder.RefuseAsync("0x0", "responder-1", "Why not.", Cancel)).IsAccepted);
    }

    private static async Task<ActionBench> ContainedAsync()
    {
        var bench = new ActionBench();
        await bench.DecideAsync(SomeCase.Planned());
        await bench.Executor().DrainAsync(Cancel);
        return bench;
    }
}

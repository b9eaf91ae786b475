using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Actions;

/// <summary>Faults of time that the simulator found: each seed became a test.</summary>
public sealed class LateEffectTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Old_proposals_approved_together_count_in_the_window_in_which_they_take_effect()
    {
        using var bench = new ActionBench { Options = new ResponseOptions { ActorsPerWindowMax = 2, HighImpactKinds = [] } };
        var proposals = Enumerable.Range(1, 4).Select(number => OfActor(number, PlaybookMode.Approve)).ToArray();
        await bench.DecideAsync(proposals);
        bench.Clock.Advance(TimeSpan.FromHours(3));
        var responder = await bench.ResponderAsync();

        foreach (var proposal in proposals)
        {
            await responder.ApproveAsync(proposal.Action.Key, ActionBench.By("ada"), Cancel);
            await bench.Executor().DrainAsync(Cancel);
        }

        Assert.Equal(2, bench.Ledger.EffectKeys.Count);
    }

    [Fact]
    public async Task An_action_is_not_given_up_while_an_order_of_it_may_still_take_effect()
    {
        using var bench = new ActionBench();
        var planned = OfActor(1, PlaybookMode.Automatic);
        await bench.DecideAsync(planned);
        bench.Ledger.Mood = LedgerMood.LosesOrders;
        var executor = bench.Executor();
        await executor.DrainAsync(Cancel);
        await bench.Store.SetKillSwitchAsync(true, "ada", bench.Clock.GetUtcNow(), Cancel);

        bench.Clock.Advance(bench.Options.OrderLifetime);
        await executor.DrainAsync(Cancel);
        var within = await bench.ActionAsync(planned.Action.Key);
        bench.Clock.Advance(bench.Options.OrderLifetime);
        await executor.DrainAsync(Cancel);

        Assert.Equal(ActionState.Unknown, within.State);
        Assert.Equal(ActionState.Refused, (await bench.ActionAsync(planned.Action.Key)).State);
    }

    [Fact]
    public async Task A_reversal_that_never_arrived_does_not_turn_an_expiry_into_one()
    {
        using var bench = new ActionBench();
        var planned = OfActor(1, PlaybookMode.Automatic);
        await bench.DecideAsync(planned);
        await bench.Executor().DrainAsync(Cancel);
        var stored = (await bench.Store.StoredActionAsync(planned.Action.Key, Cancel))!;
        await bench.Store.ChangeAsync(
            new ActionChange
            {
                Before = stored,
                After = stored with { ReversalOrderedBy = "ada" },
                By = "ada",
                Detail = "Ordered the reversal.",
                DueAt = SomeCase.At,
            },
            Cancel);

        bench.Clock.Advance(TimeSpan.FromHours(2));
        await bench.Executor().DrainAsync(Cancel);

        Assert.Equal(ActionState.Expired, (await bench.ActionAsync(planned.Action.Key)).State);
    }

    [Fact]
    public async Task An_order_never_leaves_once_the_kill_switch_is_durable_however_the_two_interleave()
    {
        using var bench = new ActionBench();
        var planned = OfActor(1, PlaybookMode.Automatic);
        await bench.DecideAsync(planned);
        var stored = (await bench.Store.StoredActionAsync(planned.Action.Key, Cancel))!;
        await bench.Store.SetKillSwitchAsync(true, "ada", SomeCase.At, Cancel);

        var written = await bench.Store.ChangeAsync(
            new ActionChange
            {
                Before = stored,
                After = stored with { Action = stored.Action with { State = ActionState.Submitted } },
                By = "executor",
                Detail = "Handed to the ledger.",
                DueAt = SomeCase.At,
                Requires = ChangeConditions.KillSwitchOff,
            },
            Cancel);

        Assert.Null(written);
        Assert.Equal(ActionState.Approved, (await bench.ActionAsync(planned.Action.Key)).State);
    }

    private static PlannedAction OfActor(int number, PlaybookMode mode) =>
        SomeCase.Planned(ActionKind.SuspendActor, SomeCase.Actor(number), mode) with { OrganizationSize = new(100, 10) };
}

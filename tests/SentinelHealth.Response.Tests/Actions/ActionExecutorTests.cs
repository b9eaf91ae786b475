using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Approvals;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Actions;

public sealed class ActionExecutorTests
{
    private static readonly PlannedAction Planned = SomeCase.Planned();
    private static readonly string Key = Planned.Action.Key;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_decided_action_is_contained_and_ends_when_its_time_is_over()
    {
        using var bench = new ActionBench();
        await bench.DecideAsync(Planned);
        var executor = bench.Executor();

        await executor.DrainAsync(Cancel);
        var contained = await bench.ActionAsync(Key);
        bench.Clock.Advance(TimeSpan.FromMinutes(59));
        await executor.DrainAsync(Cancel);
        var still = await bench.ActionAsync(Key);
        bench.Clock.Advance(TimeSpan.FromMinutes(2));
        await executor.DrainAsync(Cancel);

        Assert.Equal((ActionState.Confirmed, SomeCase.At.AddHours(1), 1),
            (contained.State, contained.ExpiresAt, contained.Attempts));
        Assert.NotEmpty(contained.TransactionId);
        Assert.NotNull(contained.Block);
        Assert.Equal(ActionState.Confirmed, still.State);
        Assert.Equal(
            [ActionState.Approved, ActionState.Submitted, ActionState.Confirmed, ActionState.Expired],
            await bench.StatesAsync(Key));
    }

    [Fact]
    public async Task Orders_that_are_due_together_are_on_their_way_together_and_count_each_other()
    {
        using var bench = new ActionBench(ordersPerBlock: 3) { Options = new() { GrantsPerWindowMax = 3 } };
        PlannedAction[] planned = [.. Enumerable.Range(1, 4).Select(number =>
            SomeCase.Planned(ActionKind.RevokeGrant, new EntityRef(EntityType.Grant, $"g-{number}")))];
        await bench.DecideAsync(planned);

        await bench.Executor().DrainAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(60), Cancel);

        var states = new List<ActionState>();
        foreach (var item in planned)
            states.Add((await bench.ActionAsync(item.Action.Key)).State);
        // The cap of three holds although none of the three had landed when the fourth was judged.
        Assert.Equal(3, states.Count(state => state == ActionState.Confirmed));
        Assert.Single(states, state => state == ActionState.Refused);
    }

    [Fact]
    public async Task A_refusal_of_the_ledger_is_final_and_told()
    {
        using var bench = new ActionBench(new LedgerSetup { Protected = [Planned.Action.Target] });
        await bench.DecideAsync(Planned);

        await bench.SettleAsync(bench.Executor(), TimeSpan.FromMinutes(1));

        var action = await bench.ActionAsync(Key);
        Assert.Equal((ActionState.Refused, "The target is protected."), (action.State, action.Detail));
        Assert.Equal(1, bench.Ledger.Orders);
    }

    [Fact]
    public async Task While_the_ledger_is_down_nothing_is_sent_and_nothing_is_lost()
    {
        using var bench = new ActionBench();
        await bench.DecideAsync(Planned);
        bench.Ledger.Mood = LedgerMood.IsDown;
        var executor = bench.Executor();

        await bench.SettleAsync(executor, TimeSpan.FromMinutes(5), steps: 3);
        var waiting = await bench.ActionAsync(Key);
        bench.Ledger.Mood = LedgerMood.Answers;
        await bench.SettleAsync(executor, TimeSpan.FromMinutes(5), steps: 3);

        Assert.Equal(ActionState.Approved, waiting.State);
        Assert.Equal(ActionState.Confirmed, (await bench.ActionAsync(Key)).State);
        Assert.Single(bench.Ledger.EffectKeys);
    }

    [Fact]
    public async Task A_ledger_that_loses_every_order_is_given_up_after_a_bounded_number_of_tries()
    {
        using var bench = new ActionBench();
        await bench.DecideAsync(SomeCase.Planned(ActionKind.SuspendActor, SomeCase.Actor()));
        var key = SomeCase.Planned(ActionKind.SuspendActor, SomeCase.Actor()).Action.Key;
        var executor = bench.Executor();

        for (var i = 0; i < 20; i++)
        {
            bench.Ledger.Mood = LedgerMood.LosesOrders;
            await bench.SettleAsync(executor, TimeSpan.FromMinutes(1), steps: 1);
        }

        Assert.Equal(ActionState.Refused, (await bench.ActionAsync(key)).State);
        Assert.Equal(5, bench.Ledger.Orders);
    }

    [Fact]
    public async Task The_kill_switch_stops_what_was_decided_before_it_was_turned()
    {
        using var bench = new ActionBench();
        await bench.DecideAsync(Planned);
        await bench.Store.SetKillSwitchAsync(true, "operator-1", SomeCase.At, Cancel);

        await bench.Executor().DrainAsync(Cancel);

        Assert.Equal(ActionState.Refused, (await bench.ActionAsync(Key)).State);
        Assert.Equal(Guardrails.KillSwitch, Assert.Single(await bench.Store.RefusalsAsync("inc-1", 10, Cancel)).Guardrail);
        Assert.Equal(0, bench.Ledger.Orders);
    }

    [Fact]
    public async Task An_incident_that_turns_out_to_be_an_emergency_is_not_contained_after_all()
    {
        using var bench = new ActionBench();
        await bench.DecideAsync(Planned);
        await bench.Store.CommitAsync(
            new CaseCommit
            {
                ScoredOffsets = new Dictionary<int, long>(),
                Incidents = [SomeCase.Incident() with { Version = 2, IsBreakGlass = true }],
            },
            Cancel);

        await bench.Executor().DrainAsync(Cancel);

        Assert.Equal(ActionState.Refused, (await bench.ActionAsync(Key)).State);
        Assert.Equal(0, bench.Ledger.Orders);
    }

    [Fact]
    public async Task The_quorum_is_checked_again_against_the_ledger_before_sending()
    {
        var setup = new LedgerSetup();
        using var bench = new ActionBench(setup);
        await bench.DecideAsync(SomeCase.Planned(target: SomeCase.Node(setup.Validators[0])));
        // Somebody else quarantined another validator after the decision.
        await bench.Ledger.ContainAsync(
            new LedgerOrder("0x1", ActionKind.QuarantineNode, SomeCase.Node(setup.Validators[1]), TimeSpan.FromHours(1), "other", "0x2"), Cancel);

        await bench.Executor().DrainAsync(Cancel);

        Assert.Equal(Guardrails.Quorum, Assert.Single(await bench.Store.RefusalsAsync("inc-1", 10, Cancel)).Guardrail);
        Assert.Equal(1, bench.Ledger.Orders);
    }

    [Fact]
    public async Task One_action_in_trouble_does_not_hold_up_another()
    {
        using var bench = new ActionBench(new LedgerSetup { Protected = [SomeCase.Node()] });
        var other = SomeCase.Planned(ActionKind.SuspendActor, SomeCase.Actor());
        await bench.DecideAsync(Planned, other);

        await bench.Executor().DrainAsync(Cancel);

        Assert.Equal(ActionState.Confirmed, (await bench.ActionAsync(other.Action.Key)).State);
    }

    [Fact]
    public async Task Several_containments_each_end_once_at_their_own_time()
    {
        using var bench = new ActionBench();
        var planned = Enumerable.Range(1, 4)
            .Select(number => SomeCase.Planned(ActionKind.RevokeGrant, SomeCase.Grant(number)))
            .Select((item, index) => item with { Action = item.Action with { Ttl = TimeSpan.FromMinutes(10 * (index + 1)) } })
                .ToArray();
        await bench.DecideAsync(planned);

        await bench.SettleAsync(bench.Executor(), TimeSpan.FromMinutes(5), steps: 12);

        foreach (var item in planned)
        {
            var history = await bench.Store.ActionHistoryAsync(item.Action.Key, Cancel);
            var expired = Assert.Single(history, step => step.State == ActionState.Expired);
            Assert.InRange(expired.At - SomeCase.At, item.Action.Ttl, item.Action.Ttl + TimeSpan.FromMinutes(5));
        }
    }

    [Fact]
    public async Task An_approval_for_another_action_sends_nothing()
    {
        using var bench = new ActionBench();
        var proposal = SomeCase.Planned(mode: PlaybookMode.Approve);
        await bench.DecideAsync(proposal);
        var stored = (await bench.Store.StoredActionAsync(Key, Cancel))!;
        var tampered = stored with
        {
            Action = stored.Action with { State = ActionState.Approved, Ttl = TimeSpan.FromHours(9) },
            Approvals = ApprovalRules.With(stored, ApprovedStep.Contain, "responder-1", bench.Options, SomeCase.At),
        };
        await bench.Store.ChangeAsync(
            new ActionChange { Before = stored, After = tampered, By = "responder-1", Detail = "Approved.", DueAt = SomeCase.At }, Cancel);

        await bench.Executor().DrainAsync(Cancel);

        Assert.Equal(ActionState.Refused, (await bench.ActionAsync(Key)).State);
        Assert.Equal(0, bench.Ledger.Orders);
    }
}

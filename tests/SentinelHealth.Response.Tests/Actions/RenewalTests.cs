using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Approvals;
using SentinelHealth.Response.Policy;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Actions;

/// <summary>Containments that people keep longer than they were to last.</summary>
public sealed class RenewalTests
{
    private static readonly PlannedAction Planned = SomeCase.Planned();
    private static readonly string Key = Planned.Action.Key;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_person_keeps_longer_ends_once_and_at_its_new_time()
    {
        using var bench = new ActionBench();
        var executor = await ContainedAsync(bench);

        var outcome = await (await bench.ResponderAsync()).RenewAsync(Key, ActionBench.By("ada"), At(2), "Still looking.", Cancel);
        bench.Clock.Advance(TimeSpan.FromMinutes(90));
        await executor.DrainAsync(Cancel);
        var between = await bench.ActionAsync(Key);
        bench.Clock.Advance(TimeSpan.FromMinutes(31));
        await executor.DrainAsync(Cancel);

        Assert.True(outcome.IsAccepted);
        Assert.Equal((ActionState.Confirmed, At(2)), (between.State, between.ExpiresAt));
        Assert.Equal(ActionState.Expired, (await bench.ActionAsync(Key)).State);
        Assert.Single(await bench.StatesAsync(Key), state => state == ActionState.Expired);
    }

    [Fact]
    public async Task A_lost_answer_is_asked_about_and_the_new_end_is_found()
    {
        using var bench = new ActionBench();
        var executor = await ContainedAsync(bench);
        bench.Ledger.SilentRestores = 1;

        await (await bench.ResponderAsync()).RenewAsync(Key, ActionBench.By("ada"), At(2), "Still looking.", Cancel);
        await bench.SettleAsync(executor, TimeSpan.FromSeconds(10));

        var kept = await bench.ActionAsync(Key);
        Assert.Equal((ActionState.Confirmed, At(2)), (kept.State, kept.ExpiresAt));
    }

    [Fact]
    public async Task High_impact_takes_two_people_who_order_the_same_end()
    {
        using var bench = new ActionBench { Options = new() { HighImpactKinds = [] } };
        await ContainedAsync(bench);
        var options = new ResponseOptions { HighImpactKinds = [Planned.Action.Kind] };
        using var strict = new StrictBench(bench, options);
        var responder = await strict.ResponderAsync();

        var stale = await responder.RenewAsync(Key, new Approver("ada", null), At(2), "Still looking.", Cancel);
        var first = await responder.RenewAsync(Key, ActionBench.By("ada"), At(2), "Still looking.", Cancel);
        var again = await responder.RenewAsync(Key, ActionBench.By("Ada "), At(2), "Still looking.", Cancel);
        var other = await responder.RenewAsync(Key, ActionBench.By("ben"), At(3), "Longer.", Cancel);
        var before = (await bench.ActionAsync(Key)).ExpiresAt;
        var second = await responder.RenewAsync(Key, ActionBench.By("cyd"), At(3), "Longer, yes.", Cancel);

        Assert.True(stale.NeedsSignIn);
        Assert.True(first.IsAccepted && other.IsAccepted && second.IsAccepted);
        Assert.False(again.IsAccepted);
        Assert.Equal(At(1), before);
        Assert.Equal(At(3), (await bench.ActionAsync(Key)).ExpiresAt);
    }

    [Fact]
    public async Task Nothing_is_kept_beyond_the_longest_time_nor_after_its_end_nor_when_it_is_protected_since()
    {
        using var bench = new ActionBench();
        var executor = await ContainedAsync(bench);
        var responder = await bench.ResponderAsync();
        using var strict = new StrictBench(bench, bench.Options with { ProtectedEntities = [Planned.Action.Target] });

        Assert.False((await responder.RenewAsync(Key, ActionBench.By("ada"), At(25), "Long.", Cancel)).IsAccepted);
        Assert.False((await responder.RenewAsync(Key, ActionBench.By("ada"), At(0.5), "Short.", Cancel)).IsAccepted);
        Assert.False((await responder.RenewAsync(Key, ActionBench.By("ada"), At(2), "", Cancel)).IsAccepted);
        Assert.Equal(Guardrails.Protected, (await (await strict.ResponderAsync())
            .RenewAsync(Key, ActionBench.By("ada"), At(2), "Still looking.", Cancel)).Guardrail);
        bench.Clock.Advance(TimeSpan.FromMinutes(61));
        await executor.DrainAsync(Cancel);
        Assert.False((await responder.RenewAsync(Key, ActionBench.By("ada"), At(3), "Late.", Cancel)).IsAccepted);
        Assert.False((await responder.RenewAsync("0x0", ActionBench.By("ada"), At(3), "What.", Cancel)).IsAccepted);
    }

    /// <summary>Found by seed 5505 of the simulator: nobody looked again, and the record kept the earlier end.</summary>
    [Fact]
    public async Task An_order_that_lands_after_it_was_given_up_is_on_record_with_the_end_the_ledger_kept()
    {
        using var bench = new ActionBench();
        var executor = await ContainedAsync(bench);
        var action = await bench.ActionAsync(Key);
        await bench.Ledger.RenewAsync(
            new(Key, action.Kind, action.Target, action.Ttl, action.IncidentId, action.EvidenceHash), At(2), "ada", Cancel);

        bench.Clock.Advance(TimeSpan.FromHours(5));
        await bench.SettleAsync(executor, TimeSpan.FromMinutes(1));

        var ended = await bench.ActionAsync(Key);
        Assert.Equal((ActionState.Expired, At(2)), (ended.State, ended.ExpiresAt));
    }

    [Fact]
    public async Task Who_waits_for_a_second_person_is_shown_with_the_end_they_ordered_and_stays_on_record_afterwards()
    {
        using var bench = new ActionBench { Options = new() { HighImpactKinds = [] } };
        await ContainedAsync(bench);
        using var strict = new StrictBench(bench, new ResponseOptions { HighImpactKinds = [Planned.Action.Kind] });
        var responder = await strict.ResponderAsync();

        await responder.RenewAsync(Key, ActionBench.By("ada"), At(2), "Still looking.", Cancel);
        var waiting = await responder.StandingAsync(Key, Cancel);
        await responder.RenewAsync(Key, ActionBench.By("ben"), At(2), "Yes.", Cancel);
        var done = await responder.StandingAsync(Key, Cancel);
        var stored = await bench.Store.StoredActionAsync(Key, Cancel);

        Assert.Equal([("ada", (DateTimeOffset?)At(2))], waiting!.Renewals.Select(renewal => (renewal.ApprovedBy, renewal.Until)));
        Assert.Equal(SomeCase.At.AddDays(1), waiting.RenewableUntil);
        Assert.Empty(done!.Renewals);
        Assert.Equal(
            [(ApprovedStep.Renew, "ada"), (ApprovedStep.Renew, "ben")],
            stored!.UsedApprovals.Select(used => (used.Step, used.Approval.ApprovedBy)));
    }

    private static DateTimeOffset At(double hours) => SomeCase.At.AddHours(hours);

    private static async Task<ActionExecutor> ContainedAsync(ActionBench bench)
    {
        await bench.DecideAsync(Planned);
        var executor = bench.Executor();
        await executor.DrainAsync(Cancel);
        return executor;
    }

    /// <summary>The same store, ledger and clock under other rules.</summary>
    private sealed class StrictBench(ActionBench bench, ResponseOptions options) : IDisposable
    {
        private readonly Response.Monitoring.ResponseMetrics _metrics = new();

        public async Task<Responder> ResponderAsync()
        {
            var services = new ActionServices(bench.Store, bench.Ledger, bench.Clock, _metrics);
            var executor = new ActionExecutor(
                services, options, Microsoft.Extensions.Logging.Abstractions.NullLogger<ActionExecutor>.Instance);
            return await Responder.CreateAsync(
                services, options, executor, Microsoft.Extensions.Logging.Abstractions.NullLogger<Responder>.Instance, Cancel);
        }

        public void Dispose() => _metrics.Dispose();
    }
}

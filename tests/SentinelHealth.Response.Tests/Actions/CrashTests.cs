using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Actions;

/// <summary>I2: at most one ledger effect per action key, whenever the process dies and however the ledger behaves.</summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    // Far beyond the number of inputs and outputs any of these runs has; reaching it means the loop does not end.
    private const int PointsMax = 200;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LedgerMood.Answers, true, 1)]
    [InlineData(LedgerMood.Refuses, false, 2)]
    [InlineData(LedgerMood.AppliesSilently, true, 1)]
    [InlineData(LedgerMood.LosesOrders, true, 2)]
    [InlineData(LedgerMood.AppliesLate, true, 1)]
    public async Task A_decided_action_has_exactly_the_effect_its_record_says_wherever_the_process_dies(
        LedgerMood mood, bool takesEffect, int ordersMax)
    {
        var point = 0;
        for (; point < PointsMax; point++)
        {
            using var bench = new ActionBench();
            var planned = SomeCase.Planned();
            await bench.DecideAsync(planned);
            bench.Ledger.Mood = mood;

            var died = await RunUntilDeathAsync(bench, new CrashPoints(point));
            bench.Restart();
            await bench.SettleAsync(bench.Executor(), TimeSpan.FromSeconds(20));

            await AssertOneEffectAsync(bench, planned.Action.Key, takesEffect, $"{mood}, point {point}");
            // What took effect is asked about and never sent again, although the key would make that harmless.
            Assert.True(bench.Ledger.Orders <= ordersMax, $"{mood}, point {point}: sent {bench.Ledger.Orders} times.");
            await AssertEndsOnceAsync(bench, planned.Action.Key, $"{mood}, point {point}");
            if (!died)
                break;
        }
        output.WriteLine($"{mood}: {point} places to die.");
        Assert.InRange(point, 10, PointsMax - 1);
    }

    [Fact]
    public async Task A_reversal_is_on_record_or_can_be_ordered_again_wherever_the_process_dies()
    {
        for (var point = 0; point < PointsMax; point++)
        {
            using var bench = new ActionBench();
            var key = SomeCase.Planned().Action.Key;
            await bench.DecideAsync(SomeCase.Planned());
            await bench.SettleAsync(bench.Executor(), TimeSpan.FromSeconds(1), steps: 2);
            var points = new CrashPoints(point);

            try
            {
                var responder = await bench.ResponderAsync(points);
                await responder.UndoAsync(key, ActionBench.By("responder-1"), "A drill.", Cancel);
            }
            catch (SimulatedCrashException)
            {
                bench.Restart();
            }
            await bench.SettleAsync(bench.Executor(), TimeSpan.FromSeconds(20));

            var action = await bench.ActionAsync(key);
            var isContained = await bench.Ledger.IsContainedAsync(action.Kind, action.Target, Cancel);
            Assert.True(ActionMachine.IsInForce(action.State) == isContained, $"Point {point}: {action.State}, contained {isContained}.");
            if (isContained)
                Assert.True((await (await bench.ResponderAsync()).UndoAsync(key, ActionBench.By("responder-1"), "Again.", Cancel)).IsAccepted);
            else
                Assert.Equal((ActionState.Reversed, "responder-1"), (action.State, action.ReversedBy));
            if (!points.HasDied)
                return;
        }
        Assert.Fail("The reversal never ran to its end.");
    }

    private static async Task<bool> RunUntilDeathAsync(ActionBench bench, CrashPoints points)
    {
        try
        {
            await bench.SettleAsync(bench.Executor(points), TimeSpan.FromSeconds(20), steps: 6);
        }
        catch (SimulatedCrashException)
        {
            return true;
        }
        return points.HasDied;
    }

    private static async Task AssertOneEffectAsync(ActionBench bench, string key, bool takesEffect, string where)
    {
        var action = await bench.ActionAsync(key);
        var effects = bench.Ledger.EffectKeys.Count(effect => effect == key);

        // A refusal the process died before reading is asked about, found to have had no effect, and sent once more.
        Assert.True(effects <= 1, $"{where}: {effects} effects.");
        Assert.True(ActionMachine.IsInForce(action.State) == (effects == 1), $"{where}: {action.State} with {effects} effects.");
        if (takesEffect)
            Assert.True(effects == 1, $"{where}: no effect, {action.State}: {action.Detail}");
    }

    private static async Task AssertEndsOnceAsync(ActionBench bench, string key, string where)
    {
        bench.Clock.Advance(TimeSpan.FromHours(2));
        await bench.SettleAsync(bench.Executor(), TimeSpan.FromMinutes(5));

        var action = await bench.ActionAsync(key);
        var ends = (await bench.StatesAsync(key)).Count(ActionMachine.IsFinal);
        Assert.True(ActionMachine.IsFinal(action.State) && ends == 1, $"{where}: {action.State} after {ends} ends.");
        Assert.Null(await bench.Store.NextDueAsync(Cancel));
    }
}

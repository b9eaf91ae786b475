using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Testing.Simulated;

namespace SentinelHealth.Simulation.Tests;

/// <summary>One action of high impact, with every single departure from the ordinary course. Two departures are a command of the benchmarks.</summary>
public sealed class ResponseExplorationTests(ITestOutputHelper output)
{
    [Fact]
    public void No_single_departure_breaks_an_invariant()
    {
        var outcome = ResponseExploration.Explore(departuresMax: 1);

        output.WriteLine($"{outcome.Runs} runs, {outcome.Situations} situations, {outcome.Transitions.Count} transitions.");
        Assert.Empty(outcome.Violations);
        Assert.True(outcome.Runs > 500 && outcome.Situations > 30, "The exploration is too small to show anything.");
    }

    [Fact]
    public void Every_transition_that_is_made_is_listed_and_the_main_ones_are_made()
    {
        var outcome = ResponseExploration.Explore(departuresMax: 1);

        Assert.All(outcome.Transitions, made => Assert.True(ActionMachine.Allows(made.From, made.To), $"{made}"));
        Assert.Superset(
            new HashSet<(ActionState, ActionState)>
            {
                (ActionState.Proposed, ActionState.Approved), (ActionState.Proposed, ActionState.Refused),
                (ActionState.Approved, ActionState.Submitted), (ActionState.Approved, ActionState.Refused),
                (ActionState.Submitted, ActionState.Confirmed), (ActionState.Submitted, ActionState.Unknown),
                (ActionState.Unknown, ActionState.Reconciled), (ActionState.Unknown, ActionState.Submitted),
                (ActionState.Confirmed, ActionState.Expired), (ActionState.Reconciled, ActionState.Expired),
            },
            outcome.Transitions.ToHashSet());
    }

    [Fact]
    public void The_exploration_notices_what_is_broken()
    {
        Assert.NotEmpty(ResponseExploration.Explore(1, Breakage.ForgetsWhatItSent).Violations);
        Assert.NotEmpty(ResponseExploration.Explore(1, Breakage.TakesSilenceForRefusal).Violations);
        Assert.NotEmpty(ResponseExploration.Explore(1, Breakage.KeepsTimersInMemory).Violations);
    }
}

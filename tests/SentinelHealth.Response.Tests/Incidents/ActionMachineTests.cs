using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Incidents;

public sealed class ActionMachineTests
{
    // Written down once more, on purpose: the list of the design, not of the code.
    private static readonly HashSet<(ActionState, ActionState)> Allowed =
    [
        (ActionState.Proposed, ActionState.Approved), (ActionState.Proposed, ActionState.Refused),
        (ActionState.Approved, ActionState.Submitted), (ActionState.Approved, ActionState.Refused),
        (ActionState.Submitted, ActionState.Confirmed), (ActionState.Submitted, ActionState.Refused),
        (ActionState.Submitted, ActionState.Unknown),
        (ActionState.Unknown, ActionState.Reconciled), (ActionState.Unknown, ActionState.Submitted),
        (ActionState.Unknown, ActionState.Refused),
        (ActionState.Confirmed, ActionState.Reversed), (ActionState.Confirmed, ActionState.Expired),
        (ActionState.Reconciled, ActionState.Reversed), (ActionState.Reconciled, ActionState.Expired),
    ];

    [Fact]
    public void Every_transition_of_the_design_is_allowed_and_no_other()
    {
        foreach (var from in Enum.GetValues<ActionState>())
        {
            foreach (var to in Enum.GetValues<ActionState>())
                Assert.True(Allowed.Contains((from, to)) == ActionMachine.Allows(from, to), $"{from} to {to}");
        }
    }

    [Fact]
    public void A_final_state_leads_nowhere_and_every_other_leads_on()
    {
        foreach (var state in Enum.GetValues<ActionState>())
            Assert.Equal(ActionMachine.IsFinal(state), Enum.GetValues<ActionState>().All(to => !ActionMachine.Allows(state, to)));
    }

    [Fact]
    public void Moving_sets_state_time_and_detail_and_refuses_what_is_not_allowed()
    {
        var action = SomeCase.Planned().Action;

        var moved = ActionMachine.Move(action, ActionState.Submitted, SomeCase.At.AddMinutes(1), "Sent.");

        Assert.Equal((ActionState.Submitted, SomeCase.At.AddMinutes(1), "Sent."), (moved.State, moved.ChangedAt, moved.Detail));
        Assert.Throws<InvalidOperationException>(() => ActionMachine.Move(action, ActionState.Confirmed, SomeCase.At, ""));
    }
}

using SentinelHealth.Response.Actions;

namespace SentinelHealth.Dashboard.Components.Controls;

/// <summary>States that pages treat alike.</summary>
public static class ActionGroups
{
    /// <summary>The effect is on the ledger now.</summary>
    public static IReadOnlyList<ActionState> InForce { get; } = [ActionState.Confirmed, ActionState.Reconciled];

    /// <summary>On its way to the ledger.</summary>
    public static IReadOnlyList<ActionState> UnderWay { get; } =
        [ActionState.Approved, ActionState.Submitted, ActionState.Unknown];

    /// <summary>Whether the effect is on the ledger now, as far as is known.</summary>
    public static bool IsInForce(this ContainmentAction action) => InForce.Contains(action.State);
}

using SentinelHealth.Response.Actions;

namespace SentinelHealth.Response.Incidents;

/// <summary>Every transition an action may make; anything not listed is a programming error and is refused.</summary>
/// <remarks>
/// <code>
/// Proposed  → Approved | Refused
/// Approved  → Submitted | Refused
/// Submitted → Confirmed | Refused | Unknown
/// Unknown   → Reconciled | Submitted (asked: no effect, none pending) | Refused (asked: no effect, given up)
/// Confirmed, Reconciled → Reversed | Expired
/// Refused, Reversed, Expired: the end
/// </code>
/// </remarks>
public static class ActionMachine
{
    /// <summary>Whether an action may go from one state to another. Staying is not a transition.</summary>
    public static bool Allows(ActionState from, ActionState to) => from switch
    {
        ActionState.Proposed => to is ActionState.Approved or ActionState.Refused,
        ActionState.Approved => to is ActionState.Submitted or ActionState.Refused,
        ActionState.Submitted => to is ActionState.Confirmed or ActionState.Refused or ActionState.Unknown,
        ActionState.Unknown => to is ActionState.Reconciled or ActionState.Submitted or ActionState.Refused,
        ActionState.Confirmed or ActionState.Reconciled => to is ActionState.Reversed or ActionState.Expired,
        ActionState.Refused or ActionState.Reversed or ActionState.Expired => false,
        _ => throw new ArgumentOutOfRangeException(nameof(from)),
    };

    /// <summary>Whether an action has ended for good.</summary>
    public static bool IsFinal(ActionState state) => state is ActionState.Refused or ActionState.Reversed or ActionState.Expired;

    /// <summary>Whether an action is on its way to the ledger or in force there: it holds a place under the caps.</summary>
    public static bool IsOpen(ActionState state) => state is ActionState.Approved or ActionState.Submitted or ActionState.Unknown
        or ActionState.Confirmed or ActionState.Reconciled;

    /// <summary>Whether the effect is known to be on the ledger.</summary>
    public static bool IsInForce(ActionState state) => state is ActionState.Confirmed or ActionState.Reconciled;

    /// <summary>The action in its next state.</summary>
    /// <exception cref="InvalidOperationException">The transition is not listed.</exception>
    public static ContainmentAction Move(ContainmentAction action, ActionState to, DateTimeOffset at, string detail)
    {
        ArgumentNullException.ThrowIfNull(action);
        return Allows(action.State, to)
            ? action with { State = to, ChangedAt = at, Detail = detail }
            : throw new InvalidOperationException($"An action cannot go from {action.State} to {to}.");
    }
}

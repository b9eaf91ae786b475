using SentinelHealth.Response.Actions;

namespace SentinelHealth.Dashboard.Components.Controls;

/// <summary>Where an incident stands, read off its actions: what a person should know before opening it.</summary>
/// <param name="Name">For people.</param>
/// <param name="Css">Suffix of its style.</param>
/// <param name="Icon">Its icon.</param>
public sealed record IncidentStanding(string Name, string Css, string Icon)
{
    private static readonly IncidentStanding Open = new("Open", "open", "eye");
    private static readonly IncidentStanding Waiting = new("Awaiting approval", "proposed", "hand");
    private static readonly IncidentStanding Contained = new("Contained", "confirmed", "lock");
    private static readonly IncidentStanding Acting = new("Acting", "submitted", "send");
    private static readonly IncidentStanding Restored = new("Restored", "reversed", "undo");
    private static readonly IncidentStanding Refused = new("Not contained", "refused", "stop");

    /// <summary>The most pressing state among an incident's actions.</summary>
    public static IncidentStanding Of(IEnumerable<ContainmentAction> actions)
    {
        var states = actions.Select(action => action.State).ToHashSet();
        if (states.Contains(ActionState.Proposed)) return Waiting;
        if (states.Overlaps([ActionState.Confirmed, ActionState.Reconciled])) return Contained;
        if (states.Overlaps([ActionState.Approved, ActionState.Submitted, ActionState.Unknown])) return Acting;
        if (states.Overlaps([ActionState.Reversed, ActionState.Expired])) return Restored;
        return states.Contains(ActionState.Refused) ? Refused : Open;
    }
}

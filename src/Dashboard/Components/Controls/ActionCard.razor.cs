using Microsoft.AspNetCore.Components;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Approvals;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Components.Controls;

/// <summary>One containment in full, with what a responder may order about it.</summary>
public partial class ActionCard
{
    private Order _asked;
    private ApprovalStanding? _standing;
    private (string Key, DateTimeOffset ChangedAt, ActionState State, int Steps) _seen;

    private enum Order
    {
        None,
        Undo,
        Approve,
        Refuse,
    }

    [Inject] private Orders Orders { get; set; } = default!;

    [Inject] private IResponder Responder { get; set; } = default!;

    [Parameter, EditorRequired]
    public ContainmentAction Action { get; set; } = default!;

    /// <summary>Its transitions, oldest first; none are shown when empty.</summary>
    [Parameter]
    public IReadOnlyList<ActionStep> Steps { get; set; } = [];

    [Parameter, EditorRequired]
    public DateTimeOffset Now { get; set; }

    /// <summary>Whether to link to the incident; not on the incident's own page.</summary>
    [Parameter]
    public bool ShowsIncident { get; set; }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        // A page redraws every second; who approved is asked only after something happened to the action.
        var seen = (Action.Key, Action.ChangedAt, Action.State, Steps.Count);
        if (seen == _seen) return;
        _seen = seen;
        _standing = await Responder.StandingAsync(Action.Key, default);
    }

    private void Forget() => _asked = Order.None;
}

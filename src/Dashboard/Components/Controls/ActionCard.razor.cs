using Microsoft.AspNetCore.Components;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Components.Controls;

/// <summary>One containment in full, with what a responder may order about it.</summary>
public partial class ActionCard
{
    private Order _asked;

    private enum Order
    {
        None,
        Undo,
        Approve,
        Refuse,
    }

    [Inject] private Orders Orders { get; set; } = default!;

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

    private void Forget() => _asked = Order.None;
}

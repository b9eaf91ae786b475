using System.Globalization;
using Microsoft.AspNetCore.Components;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Approvals;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Components.Controls;

/// <summary>One containment in full, with what a responder may order about it.</summary>
public partial class ActionCard
{
    /// <summary>How much longer than it lasts a containment may be kept, as far as the longest time allows.</summary>
    private static readonly TimeSpan[] Longer =
        [TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(4), TimeSpan.FromHours(12)];

    private List<(DateTimeOffset End, string Words)> _ends = [];
    private DateTimeOffset _until;
    private Order _asked;
    private ApprovalStanding? _standing;
    private (string Key, DateTimeOffset ChangedAt, ActionState State, int Steps) _seen;

    private enum Order
    {
        None,
        Undo,
        Renew,
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

    private void AskToKeep()
    {
        // Kept while the dialog is open: an end that moved under somebody's hands would not be the one they ordered.
        _ends = RenewalEnds();
        if (_ends.Count == 0) return;
        (_until, _asked) = (_ends[0].End, Order.Renew);
    }

    private void Choose(ChangeEventArgs change) =>
        _until = DateTimeOffset.FromUnixTimeSeconds(long.Parse((string)change.Value!, CultureInfo.InvariantCulture));

    /// <summary>The ends to choose from: what somebody has ordered already comes first, because the second person must order the same.</summary>
    private List<(DateTimeOffset End, string Words)> RenewalEnds()
    {
        if (Action.ExpiresAt is not { } now || now <= Now || _standing?.RenewableUntil is not { } latest)
            return [];
        var asked = _standing.Renewals.Where(renewal => renewal.Until > now && Now < renewal.ExpiresAt).Reverse()
            .Select(renewal => (renewal.Until!.Value, L["{0} UTC, as {1} ordered", Wording.Stamp(renewal.Until.Value), InertText.Of(renewal.ApprovedBy)].Value));
        var longer = Longer.Select(span => (End: now + span, Words: L["{0} UTC, {1} longer", Wording.Stamp(now + span), Wording.Span(span)].Value))
            .Where(choice => choice.End <= latest);
        return [.. asked.Concat(longer).DistinctBy(choice => choice.Item1)];
    }
}

using Microsoft.AspNetCore.Components;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Dashboard.Components.Pages;

/// <summary>One incident: why, when, who, what people made of it, and what has been done about it.</summary>
public partial class IncidentPage
{
    private const int AlertRowsMax = 15, TasksMax = 20;

    private IncidentModel? _model;
    private IReadOnlyList<CaseTask> _tasks = [];
    private IAsked? _asked;

    // What the person saw when they began to decide: whoever was quicker is not overridden.
    private long? _seen;

    [Inject] private TaskDesk Tasks { get; set; } = default!;

    [Inject] private VisibleTriage Queue { get; set; } = default!;

    [Inject] private Orders Orders { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    [Parameter] public string Id { get; set; } = "";

    [SupplyParameterFromQuery(Name = "alert")] private string? Selected { get; set; }

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancel)
    {
        var model = await IncidentModel.ReadAsync(Cases, (await Queue.DeskAsync(cancel)).Store, Id, Clock.Now, cancel);
        var owed = model?.Place is null ? new CaseTaskFilter { IncidentId = Id } : new CaseTaskFilter { CaseId = Id };
        _tasks = await Tasks.TasksAsync(owed, TasksMax, cancel);
        _model = model;
    }

    private string AddressOf(Alert alert) => Addresses.Incident(Id) + "?alert=" + Uri.EscapeDataString(alert.Id);

    private void Ask(IAsked asked)
    {
        _asked = asked;
        _seen = asked is Unmerging { IncidentId: var id } && id != Id
            ? _model?.Place?.Parts.FirstOrDefault(part => part.IncidentId == id)?.Revision : _model?.Place?.Revision;
    }

    private void Forget() => _asked = null;

    private async Task<OrderOutcome> MergeAsync(string intoId, string reason)
    {
        var (outcome, _) = await Orders.ChangeIncidentAsync(
            (desk, by) => desk.MergeAsync(Id, intoId, _seen, (by, reason), Gone), Gone);
        if (outcome.IsAccepted) Navigation.NavigateTo(Addresses.Incident(intoId));
        return outcome;
    }

    private async Task<OrderOutcome> SplitAsync(IReadOnlyList<string> alertIds, string reason)
    {
        var (outcome, madeId) = await Orders.ChangeIncidentAsync(
            (desk, by) => desk.SplitAsync(Id, alertIds, _seen, (by, reason), Gone), Gone);
        if (outcome.IsAccepted) Navigation.NavigateTo(Addresses.Incident(madeId));
        return outcome;
    }

    private Task<OrderOutcome> UnmergeAsync(string id, string reason) =>
        StayAsync((desk, by) => desk.UnmergeAsync(id, _seen, (by, reason), Gone));

    private Task<OrderOutcome> UndoSplitAsync(string reason) =>
        StayAsync((desk, by) => desk.UndoSplitAsync(Id, _seen, (by, reason), Gone));

    private async Task<OrderOutcome> StayAsync(Func<TriageDesk, string, Task<IncidentResult>> change)
    {
        var (outcome, _) = await Orders.ChangeIncidentAsync(change, Gone);
        if (outcome.IsAccepted) await ReloadAsync();
        return outcome;
    }

    /// <summary>What a dialog asks about.</summary>
    private interface IAsked;

    private sealed record Merging : IAsked;

    private sealed record Splitting : IAsked;

    private sealed record Unmerging(string IncidentId) : IAsked;

    private sealed record UndoingSplit : IAsked;
}

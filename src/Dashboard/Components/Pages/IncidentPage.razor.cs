using Microsoft.AspNetCore.Components;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Components.Pages;

/// <summary>One incident: why, when, who, and what has been done about it.</summary>
public partial class IncidentPage
{
    private const int AlertRowsMax = 15, TasksMax = 20;

    private IncidentModel? _model;
    private IReadOnlyList<CaseTask> _tasks = [];

    [Inject] private TaskDesk Tasks { get; set; } = default!;

    [Parameter] public string Id { get; set; } = "";

    [SupplyParameterFromQuery(Name = "alert")] private string? Selected { get; set; }

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancel)
    {
        _tasks = await Tasks.TasksAsync(new CaseTaskFilter { IncidentId = Id }, TasksMax, cancel);
        _model = await IncidentModel.ReadAsync(Cases, Id, Clock.Now, cancel);
    }

    private string AddressOf(Alert alert) => Addresses.Incident(Id) + "?alert=" + Uri.EscapeDataString(alert.Id);
}

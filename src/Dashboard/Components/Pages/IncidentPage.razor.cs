using Microsoft.AspNetCore.Components;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Dashboard.Components.Pages;

/// <summary>One incident: why, when, who, and what has been done about it.</summary>
public partial class IncidentPage
{
    private const int AlertRowsMax = 15;

    private IncidentModel? _model;

    [Parameter] public string Id { get; set; } = "";

    [SupplyParameterFromQuery(Name = "alert")] private string? Selected { get; set; }

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancel) =>
        _model = await IncidentModel.ReadAsync(Cases, Id, Clock.Now, cancel);

    private string AddressOf(Alert alert) => Addresses.Incident(Id) + "?alert=" + Uri.EscapeDataString(alert.Id);
}

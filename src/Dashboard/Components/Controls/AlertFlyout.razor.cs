using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Components.Controls;

/// <summary>One alert in full, beside the list it was opened from. Alerts never change, so it is read once.</summary>
public sealed partial class AlertFlyout : IDisposable
{
    private const int EvidenceRecordsMax = 20;

    private readonly CancellationTokenSource _gone = new();
    private ElementReference _heading;
    private Alert? _alert;
    private IReadOnlyList<string> _evidence = [];
    private string _incidentId = "";
    private bool _isLoaded;

    [Inject] private ICaseReader AllCases { get; set; } = default!;

    [Inject] private IMonitorStatus Monitor { get; set; } = default!;

    [Inject] private AuthenticationStateProvider People { get; set; } = default!;

    [Inject] private VisibleTriage Queue { get; set; } = default!;

    [Inject] private IJSRuntime Script { get; set; } = default!;

    [Inject] private ILogger<AlertFlyout> Log { get; set; } = default!;

    [Parameter, EditorRequired]
    public string AlertId { get; set; } = "";

    /// <summary>Where closing leads.</summary>
    [Parameter, EditorRequired]
    public string CloseAddress { get; set; } = "";

    /// <summary>Raised after the alert's standing was changed here.</summary>
    [Parameter]
    public EventCallback OnChange { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        try
        {
            var cases = VisibleCases.Of(AllCases, Monitor, (await People.GetAuthenticationStateAsync()).User);
            _alert = await cases.AlertAsync(AlertId, _gone.Token);
            if (_alert is null) return;
            // People may have merged its incident or split it off.
            var triaged = await (await Queue.DeskAsync(_gone.Token)).Store.TriagedAlertAsync(AlertId, _gone.Token);
            _incidentId = triaged?.IncidentId ?? _alert.IncidentId;
            _evidence = await cases.EvidenceAsync([.. _alert.EventIds.Take(EvidenceRecordsMax)], _gone.Token);
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // Closed while loading.
        }
        catch (Exception fault)
        {
            Log.LogWarning(fault, "An alert could not be read.");
        }
        finally
        {
            _isLoaded = true;
        }
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        try
        {
            await Script.InvokeVoidAsync("sentinel.focus", _gone.Token, _heading);
        }
        catch (Exception fault) when (fault is JSDisconnectedException or OperationCanceledException)
        {
            // The browser left or the details were closed first: there is nothing to focus.
        }
    }
}

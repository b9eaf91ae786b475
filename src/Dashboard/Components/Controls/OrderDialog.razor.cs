using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Dashboard.Components.Controls;

/// <summary>Confirms an order. An accepted one closes the dialog and is announced; a refused one stays and says why.</summary>
public partial class OrderDialog
{
    private const int ReasonCharactersMin = 3;

    private ElementReference _dialog;
    private string _reason = "", _refusal = "";
    private bool _isBusy;

    [Inject] private IJSRuntime Script { get; set; } = default!;

    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    [Parameter, EditorRequired]
    public string ConfirmLabel { get; set; } = "";

    /// <summary>Whether a reason must be given first.</summary>
    [Parameter]
    public bool AsksReason { get; set; }

    /// <summary>Whether the confirming button warns.</summary>
    [Parameter]
    public bool IsGrave { get; set; }

    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    /// <summary>Gives the order, with the reason where one is asked.</summary>
    [Parameter, EditorRequired]
    public Func<string, Task<OrderOutcome>> OnConfirm { get; set; } = default!;

    /// <summary>Raised when the dialog has closed.</summary>
    [Parameter]
    public EventCallback Closed { get; set; }

    private bool IsReasonMissing => AsksReason && _reason.Trim().Length < ReasonCharactersMin;

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender) await Script.InvokeVoidAsync("sentinel.showModal", _dialog);
    }

    private async Task ConfirmAsync()
    {
        if (_isBusy || IsReasonMissing) return;
        _isBusy = true;
        var outcome = await OnConfirm(_reason);
        _isBusy = false;
        if (outcome.IsAccepted) await Script.InvokeVoidAsync("sentinel.closeModal", _dialog);
        else _refusal = outcome.Detail;
    }
}

using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Dashboard.Components.Controls;

/// <summary>Confirms an order. An accepted one closes the dialog and is announced; a refused one stays and says why.</summary>
public partial class OrderDialog
{
    private const int ReasonCharactersMin = 3;

    private ElementReference _dialog, _passwordField;
    private string _reason = "", _refusal = "", _meaning = "", _password = "", _code = "", _person = "";
    private bool _isBusy, _asksPassword, _asksCode, _focusesPassword;

    [Inject] private IJSRuntime Script { get; set; } = default!;

    [Inject] private Orders Orders { get; set; } = default!;

    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    [Parameter, EditorRequired]
    public string ConfirmLabel { get; set; } = "";

    /// <summary>Whether a reason must be given first.</summary>
    [Parameter]
    public bool AsksReason { get; set; }

    /// <summary>Whether the reason may be left out.</summary>
    [Parameter]
    public bool IsReasonOptional { get; set; }

    /// <summary>What the reason is called; null for that of an action.</summary>
    [Parameter]
    public string? ReasonLabel { get; set; }

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

    private bool IsIncomplete =>
        (AsksReason && !IsReasonOptional && _reason.Trim().Length < ReasonCharactersMin)
        || (_asksPassword && (_password.Length == 0 || (_asksCode && _code.Length == 0)));

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender) await Script.InvokeVoidAsync("sentinel.showModal", _dialog);
        if (_focusesPassword)
        {
            _focusesPassword = false;
            await Script.InvokeVoidAsync("sentinel.focus", _passwordField);
        }
    }

    private async Task ConfirmAsync()
    {
        if (_isBusy || IsIncomplete) return;
        _isBusy = true;
        (_refusal, _meaning) = ("", "");
        if (_asksPassword && !await SignInAgainAsync())
        {
            _isBusy = false;
            return;
        }
        var outcome = await OnConfirm(_reason);
        _isBusy = false;
        if (outcome.IsAccepted)
            await Script.InvokeVoidAsync("sentinel.closeModal", _dialog);
        else if (outcome.NeedsSignIn && await Orders.ProofAsync() is var proof and not PasswordProof.None)
            await AskPasswordAsync(proof);
        else
            (_refusal, _meaning) = (outcome.Detail, L[GuardrailWords.Meaning(outcome.Guardrail)]);
    }

    private async Task AskPasswordAsync(PasswordProof proof)
    {
        _person = await Orders.PersonAsync();
        _asksCode = proof == PasswordProof.PasswordAndCode;
        (_asksPassword, _focusesPassword) = (true, true);
    }

    private async Task<bool> SignInAgainAsync()
    {
        var isRight = await Orders.SignInAgainAsync(_password, _code);
        (_password, _code) = ("", "");
        if (isRight) _asksPassword = false;
        else (_refusal, _focusesPassword) = (
            L[_asksCode ? "The password or the code is not right, or the account is locked for a while."
                : "The password is not right, or the account is locked for a while."], true);
        return isRight;
    }
}

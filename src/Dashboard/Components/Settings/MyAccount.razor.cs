using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Components.Settings;

/// <summary>A person's own password, authenticator and sessions.</summary>
public partial class MyAccount
{
    private Account? _account;
    private IReadOnlyList<Session> _sessions = [];
    private IReadOnlyList<string> _recovery = [];
    private byte[]? _secret;
    private (string ViewBox, string Path) _picture;
    private string _name = "", _sessionId = "", _secretText = "";
    private string _code = "", _password = "", _old = "", _new = "", _totpProblem = "", _passwordProblem = "";

    [Inject] private AuthenticationStateProvider People { get; set; } = default!;

    [Inject] private AccountDesk Desk { get; set; } = default!;

    [Inject] private IdentityStore Store { get; set; } = default!;

    [Inject] private SecondFactors Factors { get; set; } = default!;

    [Inject] private SignIns SignInCheck { get; set; } = default!;

    [Inject] private Notices Notices { get; set; } = default!;

    [Inject] private DashboardClock Clock { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        var person = (await People.GetAuthenticationStateAsync()).User;
        (_name, _sessionId) = (Identities.NameOf(person), Sessions.IdOf(person) ?? "");
        // Programs and visitors have no sessions, whatever they are called.
        if (_sessionId.Length > 0) Load();
    }

    private void Load()
    {
        _account = Desk.Find(_name);
        _sessions = Store.SessionsOf(_name);
    }

    private void BeginTotp()
    {
        _secret = Totp.NewSecret();
        _picture = QrPicture.Of(Totp.AddressOf(_secret, _name));
        _secretText = string.Join(' ', Totp.Base32(_secret).Chunk(4).Select(group => new string(group)));
        _totpProblem = "";
    }

    /// <summary>The password too: whoever finds an open browser must not bind a telephone of their own.</summary>
    private void ConfirmTotp(byte[] secret)
    {
        var isRight = SignInCheck.Check(_name, _password) is { HasTotp: false };
        _recovery = isRight ? Factors.Enroll(_name, secret, _code) ?? [] : [];
        _totpProblem = !isRight ? "The password is not right, or the account is locked for a while."
            : _recovery.Count == 0 ? "That is not the code it shows now. Telephones whose clock is wrong show wrong codes." : "";
        (_password, _code) = ("", "");
        if (_recovery.Count == 0) return;
        _secret = null;
        Desk.Note(_name, "set up an authenticator", _name, "");
        Load();
    }

    private void RemoveTotp()
    {
        var isRight = SignInCheck.Check(_name, _password) is { } account && Factors.Check(account, _code);
        (_password, _code) = ("", "");
        _totpProblem = isRight ? "" : "Password or code is not right, or the account is locked for a while.";
        if (!isRight) return;
        Factors.Remove(_name);
        Desk.Note(_name, "removed the authenticator", _name, "");
        Notices.Say("Your authenticator is removed.");
        Load();
    }

    private void ChangePassword()
    {
        _passwordProblem = SignInCheck.ChangePassword(_name, _old, _new);
        (_old, _new) = ("", "");
        if (_passwordProblem.Length > 0) return;
        Desk.Note(_name, "changed the password", _name, "");
        Navigation.NavigateTo(DashboardPolicies.SignInPath, forceLoad: true);
    }

    private void EndSession(string id)
    {
        Store.RemoveSession(_name, id);
        if (id == _sessionId) Navigation.NavigateTo(DashboardPolicies.SignInPath, forceLoad: true);
        else Load();
    }

    private void EndOtherSessions()
    {
        Store.RemoveOtherSessions(_name, _sessionId);
        Notices.Say("All your other sessions have ended.");
        Load();
    }
}

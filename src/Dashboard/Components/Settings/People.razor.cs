using Microsoft.AspNetCore.Components;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Security;

namespace SentinelHealth.Dashboard.Components.Settings;

/// <summary>Who may sign in.</summary>
public partial class People
{
    private const int ActsShown = 30;

    private IReadOnlyList<Account> _accounts = [];
    private IReadOnlyList<Invitation> _invitations = [];
    private IReadOnlyList<AccountAct> _acts = [];
    private Account? _edited;
    private string _role = Roles.Analyst, _organizations = "", _link = "", _editedRole = "", _editedOrganizations = "";
    private bool _editedIsDisabled;

    [Inject] private WebSettings Settings { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    /// <inheritdoc/>
    protected override void Load()
    {
        _accounts = Desk.Accounts;
        _invitations = Desk.Invitations;
        _acts = Desk.Acts(long.MaxValue, ActsShown);
    }

    private string Sees(IReadOnlyList<string> organizations) =>
        organizations.Count == 0 ? L["all organizations"] : string.Join(", ", organizations.Select(InertText.Of));

    private Task InviteAsync() => OrderAsync(by =>
    {
        var (secret, problem) = Desk.Invite(_role, Split(_organizations), by);
        var start = Settings.PublicUrl?.GetLeftPart(UriPartial.Authority) ?? Navigation.BaseUri.TrimEnd('/');
        _link = problem.Length == 0 ? $"{start}{FirstForms.InvitationPath}?token={secret}" : "";
        return problem;
    }, "");

    private Task WithdrawAsync(string hash) =>
        OrderAsync(by => Desk.Withdraw(hash, by) ? "" : "It was used or has expired.", "The link does not work any more.");

    private Task UnlockAsync(string name) => OrderAsync(by =>
    {
        Desk.Unlock(name, by);
        return "";
    }, $"{name} may try again.");

    private void Edit(Account account)
    {
        _edited = _edited?.Name == account.Name ? null : account;
        (_editedRole, _editedOrganizations, _editedIsDisabled) =
            (account.Role, string.Join(", ", account.Organizations), account.IsDisabled);
    }

    private Task ChangeAsync() => OrderAsync(by =>
    {
        if (_edited is not { } account) return "";
        var problem = Desk.Change(account, new AccountWish(_editedRole, Split(_editedOrganizations), _editedIsDisabled), by);
        _edited = null;
        return problem;
    }, "Saved.");

    private Task ResetTotpAsync(string name) => OrderAsync(by =>
    {
        Desk.ResetTotp(name, by);
        _edited = null;
        return "";
    }, $"{name} has no authenticator any more.");

    private Task RemoveAsync(string name) => OrderAsync(by =>
    {
        _edited = null;
        return Desk.Remove(name, by);
    }, $"{name} is removed.");
}

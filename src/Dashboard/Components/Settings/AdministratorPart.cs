using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Dashboard.Security;

namespace SentinelHealth.Dashboard.Components.Settings;

/// <summary>
/// A part of the settings for administrators. The role is asked again at the moment of each order (I8): a button that was drawn before the role was taken away
/// must not work.
/// </summary>
public abstract class AdministratorPart : ComponentBase
{
    [Inject] private AuthenticationStateProvider Authentication { get; set; } = default!;

    [Inject] private IAuthorizationService Authorization { get; set; } = default!;

    [Inject] private protected AccountDesk Desk { get; set; } = default!;

    [Inject] private protected Notices Notices { get; set; } = default!;

    [Inject] private protected DashboardClock Clock { get; set; } = default!;

    /// <summary>What is wrong with the latest order; empty when nothing is.</summary>
    protected string Problem { get; private set; } = "";

    /// <inheritdoc/>
    protected override void OnInitialized() => Load();

    /// <summary>Reads what is shown.</summary>
    protected abstract void Load();

    /// <summary>Carries an order out in the name of whoever is signed in, when they still may. The order answers what is wrong, or nothing.</summary>
    protected async Task OrderAsync(Func<string, string> order, string done)
    {
        Problem = await PersonAsync() is { } person ? order(person) : Orders.NotAllowed;
        if (Problem.Length == 0 && done.Length > 0) Notices.Say(done);
        Load();
    }

    /// <summary>Whoever is signed in, when they still may; null otherwise.</summary>
    protected async Task<string?> PersonAsync()
    {
        var person = (await Authentication.GetAuthenticationStateAsync()).User;
        var allowed = await Authorization.AuthorizeAsync(person, null, DashboardPolicies.Administer);
        return allowed.Succeeded ? Identities.NameOf(person) : null;
    }

    /// <summary>Names with commas or line breaks between them.</summary>
    protected static List<string> Split(string text) =>
        [.. text.Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Distinct(StringComparer.Ordinal)];
}

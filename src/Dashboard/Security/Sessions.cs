using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Security;

/// <summary>Whether a signed-in person still is who the cookie says: the account exists with the same password and role.</summary>
internal sealed class Sessions(IdentityStore store)
{
    public bool IsValid(ClaimsPrincipal principal)
    {
        if (principal.Identity?.AuthenticationType != CookieAuthenticationDefaults.AuthenticationScheme)
            return true;
        var account = store.FindAccount(principal.Identity.Name ?? "");
        return account is not null && principal.HasClaim(Identities.StampClaim, account.Stamp)
            && principal.IsInRole(account.Role);
    }

    /// <summary>For the cookie handler: a session that is over signs itself out.</summary>
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var sessions = context.HttpContext.RequestServices.GetRequiredService<Sessions>();
        if (context.Principal is { } principal && sessions.IsValid(principal))
            return;
        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(context.Scheme.Name);
    }
}

/// <summary>The same check for pages that stay open: a circuit outlives the request that started it.</summary>
internal sealed class CircuitSessions(
    ILoggerFactory logs, Sessions sessions) : RevalidatingServerAuthenticationStateProvider(logs)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromMinutes(1);

    protected override Task<bool> ValidateAuthenticationStateAsync(AuthenticationState state, CancellationToken cancel) =>
        Task.FromResult(sessions.IsValid(state.User));
}

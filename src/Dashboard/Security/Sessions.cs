using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Components.Server.Circuits;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Security;

/// <summary>
/// Sessions are kept by the server; the cookie only names one. So each can be ended from elsewhere, and it ends by itself when nobody uses it, after
/// half a day, and with the account, its role or its password.
/// </summary>
internal sealed class Sessions(IdentityStore store, TimeProvider time)
{
    /// <summary>Without any use.</summary>
    public static readonly TimeSpan IdleMax = TimeSpan.FromMinutes(30);

    /// <summary>However much it is used.</summary>
    public static readonly TimeSpan AgeMax = TimeSpan.FromHours(12);

    private const int AgentCharactersMax = 200;
    private static readonly TimeSpan TouchInterval = TimeSpan.FromSeconds(30);

    /// <summary>Begins a session that did not exist before, whatever cookie the browser came with, and returns who is now signed in.</summary>
    /// <param name="account">Whose it is.</param>
    /// <param name="address">Where the browser is.</param>
    /// <param name="agent">What the browser calls itself.</param>
    /// <param name="signedInAt">When they proved who they are; now when it is not given.</param>
    public ClaimsPrincipal Start(Account account, string address, string agent, DateTimeOffset? signedInAt = null)
    {
        var now = time.GetUtcNow();
        var known = agent.Length > AgentCharactersMax ? agent[..AgentCharactersMax] : agent;
        var session = new Session(SecretToken.New(""), account.Name, now, now, address, known);
        store.AddSession(session, now - AgeMax);
        var identity = Identities.Of(
            account.Name, account.Role, CookieAuthenticationDefaults.AuthenticationScheme, account.Stamp);
        identity.AddClaim(Identities.SignedIn(signedInAt ?? now));
        identity.AddClaim(new Claim(Identities.SessionClaim, session.Id));
        identity.AddClaims(account.Organizations.Select(organization => new Claim(Identities.OrganizationClaim, organization)));
        return new ClaimsPrincipal(identity);
    }

    /// <summary>Whether a person still is who their cookie says, in a session that is not over.</summary>
    public bool IsValid(ClaimsPrincipal principal)
    {
        if (principal.Identity?.AuthenticationType != CookieAuthenticationDefaults.AuthenticationScheme)
            return true;
        if (IdOf(principal) is not { } id || store.FindSession(id) is not { } session)
            return false;
        var now = time.GetUtcNow();
        var account = store.FindAccount(session.Account);
        return account is { IsDisabled: false } && account.Name == principal.Identity.Name
            && now - session.SeenAt < IdleMax && now - session.CreatedAt < AgeMax
            && principal.HasClaim(Identities.StampClaim, account.Stamp) && principal.IsInRole(account.Role);
    }

    /// <summary>Notes that the session is in use.</summary>
    public void Touch(ClaimsPrincipal principal)
    {
        if (IdOf(principal) is not { } id || store.FindSession(id) is not { } session)
            return;
        var now = time.GetUtcNow();
        if (now - session.SeenAt >= TouchInterval)
            store.TouchSession(id, now);
    }

    public void End(ClaimsPrincipal principal)
    {
        if (IdOf(principal) is { } id)
            store.RemoveSession(Identities.NameOf(principal), id);
    }

    /// <summary>The session a request or page belongs to; null for programs.</summary>
    public static string? IdOf(ClaimsPrincipal principal) => principal.FindFirstValue(Identities.SessionClaim);

    /// <summary>For the cookie handler: a session that is over signs itself out.</summary>
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var sessions = context.HttpContext.RequestServices.GetRequiredService<Sessions>();
        if (context.Principal is { } principal && sessions.IsValid(principal))
        {
            sessions.Touch(principal);
            return;
        }
        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(context.Scheme.Name);
    }
}

/// <summary>The same check for pages that stay open: a circuit outlives the request that started it.</summary>
internal sealed class CircuitSessions(ILoggerFactory logs, Sessions sessions, IHostApplicationLifetime lifetime)
    : RevalidatingServerAuthenticationStateProvider(logs)
{
    /// <summary>How long somebody who was removed still sees a page.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    protected override TimeSpan RevalidationInterval => Interval;

    protected override Task<bool> ValidateAuthenticationStateAsync(AuthenticationState state, CancellationToken cancel) =>
        Task.FromResult(IsValid(state));

    /// <summary>Circuits may outlive the stores by a moment when the program ends; nobody is then anybody.</summary>
    private bool IsValid(AuthenticationState state)
    {
        try
        {
            return sessions.IsValid(state.User);
        }
        catch (ObjectDisposedException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return false;
        }
    }
}

/// <summary>A page that is worked with is a session in use, though no request is made; one that only lies open is not.</summary>
internal sealed class CircuitUse(Sessions sessions, AuthenticationStateProvider people) : CircuitHandler
{
    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(
        Func<CircuitInboundActivityContext, Task> next) => async context =>
    {
        sessions.Touch((await people.GetAuthenticationStateAsync()).User);
        await next(context);
    };
}

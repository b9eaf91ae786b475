using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace SentinelHealth.Dashboard.Security;

/// <summary>
/// The demonstration's only way in: whoever sits at the machine is a responder. Registered by <c>demo</c> alone, which binds loopback alone.
/// </summary>
internal sealed class DemoVisitorHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    public const string SchemeName = "demo";
    public const string VisitorName = "demo visitor";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Context.Connection.RemoteIpAddress is not { } address || !IPAddress.IsLoopback(address))
            return Task.FromResult(AuthenticateResult.NoResult());
        var identity = Identities.Of(VisitorName, Roles.Responder, Scheme.Name);
        // Whoever tries the product looks at the compliance officer's part, too.
        identity.AddClaim(new Claim(ClaimTypes.Role, Roles.Compliance));
        var principal = new ClaimsPrincipal(identity);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(principal, Scheme.Name)));
    }
}

using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace SentinelHealth.Browser.Tests.Hosting;

/// <summary>
/// Everybody is signed in: with every role, or as one who may only look when the browser sends <c>X-Viewer</c>.
/// </summary>
internal sealed class SignedInHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs,
    UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    public const string Name = "Ada Analyst";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var isViewer = Request.Headers.ContainsKey("X-Viewer");
        Claim[] claims = isViewer
            ? [new(ClaimTypes.Name, "Vera Viewer"), new(ClaimTypes.Role, "viewer")]
            : [new(ClaimTypes.Name, Name), new(ClaimTypes.Role, "viewer"), new(ClaimTypes.Role, "responder")];
        var principal = new ClaimsPrincipal(new ClaimsIdentity(claims, Scheme.Name));
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(principal, Scheme.Name)));
    }
}

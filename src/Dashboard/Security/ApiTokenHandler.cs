using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace SentinelHealth.Dashboard.Security;

/// <summary>Reads <c>Authorization: Bearer …</c>.</summary>
internal sealed class ApiTokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder, ApiTokens tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    public const string SchemeName = "token";
    private const string Start = "Bearer ";

    /// <summary>Whether a request carries a bearer token, right or wrong.</summary>
    public static bool IsUsedBy(HttpRequest request) =>
        request.Headers.Authorization.ToString().StartsWith(Start, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The program that asks, as its claims would name it, when its role may do what a policy names and nothing else limits its token;
    /// null otherwise, and then claims and policies decide.
    /// </summary>
    public static string? NameOf(HttpRequest request, ApiTokens tokens, string policy) =>
        IsUsedBy(request) && TokenOf(request, tokens) is { Scopes.Count: 0, Organizations.Count: 0 } token
            && Policies.Table[policy].Contains(token.Role)
            ? Identities.NameOf(token) : null;

    private static ApiToken? TokenOf(HttpRequest request, ApiTokens tokens) =>
        tokens.Find(request.Headers.Authorization.ToString()[Start.Length..].Trim());

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!IsUsedBy(Request))
            return Task.FromResult(AuthenticateResult.NoResult());
        if (TokenOf(Request, tokens) is not { } token)
            return Task.FromResult(AuthenticateResult.Fail("Unknown token."));
        var identity = Identities.Of(token, Scheme.Name);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
        return Task.CompletedTask;
    }
}

using System.Globalization;
using System.Security.Claims;
using SentinelHealth.Response.Approvals;

namespace SentinelHealth.Dashboard.Security;

/// <summary>How a person or program stands in claims.</summary>
internal static class Identities
{
    public const string StampClaim = "sentinel.stamp";

    /// <summary>When a person last gave their password: what a step-up is measured from. In seconds since 1970.</summary>
    public const string SignedInClaim = "auth_time";

    /// <summary>The session a person's cookie names.</summary>
    public const string SessionClaim = "sentinel.session";

    /// <summary>An organization whose cases somebody sees; without any they see all.</summary>
    public const string OrganizationClaim = "sentinel.organization";

    /// <summary>A policy a token is limited to; without any it has all of its role.</summary>
    public const string ScopeClaim = "scope";

    private const int OrganizationsMax = 32, OrganizationCharactersMax = 64;

    /// <summary>An identity with one role.</summary>
    public static ClaimsIdentity Of(string name, string role, string scheme, string? stamp = null)
    {
        var identity = new ClaimsIdentity(scheme, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new Claim(ClaimTypes.Name, name));
        identity.AddClaim(new Claim(ClaimTypes.Role, role));
        if (stamp is not null)
            identity.AddClaim(new Claim(StampClaim, stamp));
        return identity;
    }

    /// <summary>The claim of a sign-in at an instant.</summary>
    public static Claim SignedIn(DateTimeOffset at) =>
        new(SignedInClaim, at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));

    /// <summary>Who approves something. A program's token never signed in, so it cannot approve what has a high impact.</summary>
    public static Approver ApproverOf(ClaimsPrincipal principal) => new(
        NameOf(principal),
        long.TryParse(principal.FindFirstValue(SignedInClaim), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null);

    /// <summary>What a program is called, from its token.</summary>
    public static string NameOf(ApiToken token) => $"token {token.Name}";

    /// <summary>What a program is, from its token.</summary>
    public static ClaimsIdentity Of(ApiToken token, string scheme)
    {
        var identity = Of(NameOf(token), token.Role, scheme);
        identity.AddClaims(token.Scopes.Select(scope => new Claim(ScopeClaim, scope)));
        identity.AddClaims(token.Organizations.Select(organization => new Claim(OrganizationClaim, organization)));
        return identity;
    }

    /// <summary>Organizations whose cases somebody sees; empty for all.</summary>
    public static IReadOnlyList<string> OrganizationsOf(ClaimsPrincipal principal) =>
        [.. principal.FindAll(OrganizationClaim).Select(claim => claim.Value)];

    /// <summary>What is wrong with a list of organizations; empty when nothing is.</summary>
    public static string ProblemOf(IReadOnlyList<string> organizations) =>
        organizations.Count > OrganizationsMax ? $"At most {OrganizationsMax} organizations can be named."
        : organizations.Any(name => name.Length is 0 or > OrganizationCharactersMax || name.Any(char.IsControl))
            ? $"An organization has 1 to {OrganizationCharactersMax} printable characters."
        : "";

    /// <summary>Who orders something, for the record.</summary>
    public static string NameOf(ClaimsPrincipal principal) => principal.Identity?.Name ?? "someone unnamed";
}

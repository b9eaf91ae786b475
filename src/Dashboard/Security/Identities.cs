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

    /// <summary>The claim of a sign-in at this moment.</summary>
    public static Claim SignedInNow(TimeProvider clock) =>
        new(SignedInClaim, clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));

    /// <summary>Who approves something. A program's token never signed in, so it cannot approve what has a high impact.</summary>
    public static Approver ApproverOf(ClaimsPrincipal principal) => new(
        NameOf(principal),
        long.TryParse(principal.FindFirstValue(SignedInClaim), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null);

    /// <summary>Who orders something, for the record.</summary>
    public static string NameOf(ClaimsPrincipal principal) => principal.Identity?.Name ?? "someone unnamed";
}

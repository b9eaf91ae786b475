using System.Security.Claims;

namespace SentinelHealth.Dashboard.Security;

/// <summary>How a person or program stands in claims.</summary>
internal static class Identities
{
    public const string StampClaim = "sentinel.stamp";

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

    /// <summary>Who orders something, for the record.</summary>
    public static string NameOf(ClaimsPrincipal principal) => principal.Identity?.Name ?? "someone unnamed";
}

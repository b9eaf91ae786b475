using System.ComponentModel.DataAnnotations;
using System.Net;

namespace SentinelHealth.Dashboard.Security.Providers;

/// <summary>An OpenID Connect identity provider that people may sign in through.</summary>
internal sealed record ProviderSection : IValidatableObject
{
    /// <summary>The issuer, as its own documents name it; https unless it is on this machine.</summary>
    [Required]
    public Uri? Authority { get; init; }

    [Required, StringLength(256, MinimumLength = 1)]
    public string ClientId { get; init; } = "";

    /// <summary>File with the client's secret; empty for a public client, which PKCE alone protects.</summary>
    public string ClientSecretFile { get; init; } = "";

    /// <summary>What the button on the sign-in page says.</summary>
    [Required, StringLength(64, MinimumLength = 1)]
    public string Name { get; init; } = "single sign-on";

    /// <summary>The claim with the person's roles or groups; dots lead into objects, as in <c>realm_access.roles</c>.</summary>
    [Required, StringLength(128, MinimumLength = 1)]
    public string RoleClaim { get; init; } = "roles";

    /// <summary>The claim with the organizations whose cases they see; empty for all.</summary>
    [StringLength(128)]
    public string OrganizationClaim { get; init; } = "";

    /// <summary>Which of their roles gives which of ours; the first that fits counts.</summary>
    [MaxLength(64)]
    public IReadOnlyList<ProviderRoleSection> Roles { get; init; } = [];

    /// <summary>Scopes asked for beside <c>openid</c> and <c>profile</c>.</summary>
    [MaxLength(16)]
    public IReadOnlyList<string> Scopes { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Authority is { } authority && !IsTrustworthy(authority))
            yield return new("Must be https, or http on this machine.", [nameof(Authority)]);
        if (Roles.Count == 0)
            yield return new("Without a role for anybody nobody can sign in.", [nameof(Roles)]);
    }

    /// <summary>Whether what comes from an address can be believed: over TLS, or from this machine.</summary>
    public static bool IsTrustworthy(Uri address) =>
        address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttps
            || (address.Scheme == Uri.UriSchemeHttp
                && IPAddress.TryParse(address.Host.Trim('[', ']'), out var at) && IPAddress.IsLoopback(at)));
}

/// <summary>One of their roles and the one it gives here.</summary>
internal sealed record ProviderRoleSection
{
    [Required]
    public string Theirs { get; init; } = "";

    [Required, RegularExpression("viewer|analyst|responder|compliance|detection-engineer|administrator")]
    public string Ours { get; init; } = "";
}

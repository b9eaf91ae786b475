namespace SentinelHealth.Dashboard.Security;

/// <summary>Someone who may sign in.</summary>
/// <param name="Name">Sign-in name, lower case.</param>
/// <param name="PasswordHash">PBKDF2 hash in the format of ASP.NET Core Identity; empty for people of an identity provider.</param>
/// <param name="Role">One of <see cref="Roles.OfPeople"/>.</param>
/// <param name="Stamp">Changes with the password, the role and the second factor; sessions that carry another are over.</param>
internal sealed record Account(string Name, string PasswordHash, string Role, string Stamp)
{
    /// <summary>Organizations whose cases this person sees; empty for all.</summary>
    public IReadOnlyList<string> Organizations { get; init; } = [];

    /// <summary>Wrong passwords and codes since the last right ones.</summary>
    public int FailureCount { get; init; }

    /// <summary>When sign-in is possible again; null when it is.</summary>
    public DateTimeOffset? LockedUntil { get; init; }

    public bool IsDisabled { get; init; }

    /// <summary>The protected secret of the authenticator; empty without one.</summary>
    public string Totp { get; init; } = "";

    /// <summary>The last period whose code was used; it and earlier ones are used up.</summary>
    public long TotpStep { get; init; }

    /// <summary>The identity provider this person comes from; empty for a local account.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>The person's identifier there.</summary>
    public string Subject { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? SignedInAt { get; init; }

    /// <summary>Counts changes by administrators; two of them cannot overwrite each other unseen.</summary>
    public long Version { get; init; } = 1;

    public bool HasTotp => Totp.Length > 0;

    public bool IsLocal => Issuer.Length == 0;
}

/// <summary>An API token as stored: without the secret.</summary>
/// <param name="Hash">Hash of the secret.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Role">One of <see cref="Roles.OfTokens"/>.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record ApiToken(string Hash, string Name, string Role, DateTimeOffset CreatedAt)
{
    private const int IdCharacters = 16;

    /// <summary>The policies it is limited to; empty for all of its role.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Organizations whose cases it sees; empty for all.</summary>
    public IReadOnlyList<string> Organizations { get; init; } = [];

    /// <summary>When it stops working; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Who made it.</summary>
    public string CreatedBy { get; init; } = "";

    /// <summary>When it was last used, to the minute; null for never.</summary>
    public DateTimeOffset? UsedAt { get; init; }

    /// <summary>How people name it: the start of its hash, from which nobody finds the secret.</summary>
    public string Id => Hash[..IdCharacters];
}

/// <summary>One browser in which somebody is signed in.</summary>
internal sealed record Session(
    string Id, string Account, DateTimeOffset CreatedAt, DateTimeOffset SeenAt, string Address, string Agent);

/// <summary>An invitation as stored: without the secret.</summary>
internal sealed record Invitation(
    string Hash, string Role, IReadOnlyList<string> Organizations, string MadeBy, DateTimeOffset ExpiresAt);

/// <summary>Something that was done to an account or token.</summary>
internal sealed record AccountAct(long Number, DateTimeOffset At, string By, string Act, string About, string Detail);

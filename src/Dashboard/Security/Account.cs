namespace SentinelHealth.Dashboard.Security;

/// <summary>A local account.</summary>
/// <param name="Name">Sign-in name, lower case.</param>
/// <param name="PasswordHash">PBKDF2 hash in the format of ASP.NET Core Identity.</param>
/// <param name="Role">One of <see cref="Roles.OfPeople"/>.</param>
/// <param name="Stamp">Changes with the password or role; sessions that carry another are over.</param>
/// <param name="FailureCount">Wrong passwords since the last right one.</param>
/// <param name="LockedUntil">When sign-in is possible again; null when it is.</param>
internal sealed record Account(
    string Name, string PasswordHash, string Role, string Stamp, int FailureCount, DateTimeOffset? LockedUntil);

/// <summary>An API token as stored: without the secret.</summary>
/// <param name="Hash">Hash of the secret.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Role">One of <see cref="Roles.OfTokens"/>.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record ApiToken(string Hash, string Name, string Role, DateTimeOffset CreatedAt);

using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Security;

/// <summary>
/// How the first administrator comes to be: a link that works once, for an hour, and only while there is no account at all.
/// </summary>
internal sealed class SetupLink(IdentityStore store, TimeProvider time)
{
    private const string Closed = "This link has been used or has expired. Restart the server for a new one.";

    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>A new secret for the link, which replaces any earlier one; null when accounts exist.</summary>
    public string? Issue()
    {
        if (store.HasAccounts())
            return null;
        var secret = SecretToken.New("");
        store.SetSetupSecret(SecretToken.HashOf(secret)!, time.GetUtcNow() + Lifetime);
        return secret;
    }

    /// <summary>Whether the secret would open the form now.</summary>
    public bool IsOpen(string? secret) =>
        SecretToken.HashOf(secret) is { } hash && !store.HasAccounts() && store.IsSetupSecret(hash, time.GetUtcNow());

    /// <summary>Makes the first administrator and closes the link; the answer says what is wrong, or is empty when it was done.</summary>
    public string Complete(string? secret, string? name, string? password)
    {
        if (!IsOpen(secret))
            return Closed;
        var (account, problem) = SignIns.Draft(name, password, Roles.Administrator);
        if (account is null)
            return problem;
        // Somebody with the same link may have been faster meanwhile, here or in another process.
        return store.TryAddFirst(SecretToken.HashOf(secret)!, account, time.GetUtcNow()) == FirstAccount.Made ? "" : Closed;
    }
}

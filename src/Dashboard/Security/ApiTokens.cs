using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Security;

/// <summary>Tokens of programs that call the API.</summary>
internal sealed class ApiTokens(IdentityStore store, TimeProvider time)
{
    private const string Prefix = "sentinel_";

    public const int NameCharactersMax = 64;

    /// <summary>Makes a token and returns its secret, which is nowhere kept.</summary>
    public string Create(string name, string role)
    {
        var secret = SecretToken.New(Prefix);
        store.AddToken(new ApiToken(SecretToken.HashOf(secret)!, name, role, time.GetUtcNow()));
        return secret;
    }

    /// <summary>The token of a secret; null when there is none.</summary>
    public ApiToken? Find(string? secret) => SecretToken.HashOf(secret) is { } hash ? store.FindToken(hash) : null;
}

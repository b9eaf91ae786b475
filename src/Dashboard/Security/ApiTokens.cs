using System.Collections.Concurrent;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Security;

/// <summary>Tokens of programs that call the API.</summary>
internal sealed class ApiTokens(IdentityStore store, TimeProvider time)
{
    private const string Prefix = "sentinel_";

    public const int NameCharactersMax = 64;

    private const int KnownMax = 1_024;
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, (ApiToken Token, long ReadAt)> _known = new(StringComparer.Ordinal);

    /// <summary>Makes a token and returns its secret, which is nowhere kept.</summary>
    public string Create(string name, string role)
    {
        var secret = SecretToken.New(Prefix);
        store.AddToken(new ApiToken(SecretToken.HashOf(secret)!, name, role, time.GetUtcNow()));
        return secret;
    }

    /// <summary>The token of a secret; null when there is none.</summary>
    /// <remarks>
    /// A gateway asks thousands of times a second with one token, so what was found is remembered for a while; what was not found
    /// is looked up again, so that a new token works at once. Bounded: beyond the limit everything is forgotten.
    /// </remarks>
    public ApiToken? Find(string? secret)
    {
        if (SecretToken.HashOf(secret) is not { } hash)
            return null;
        var now = time.GetTimestamp();
        if (_known.TryGetValue(hash, out var known) && time.GetElapsedTime(known.ReadAt, now) < Remembered)
            return known.Token;
        if (store.FindToken(hash) is not { } token)
        {
            _known.TryRemove(hash, out _);
            return null;
        }
        if (_known.Count >= KnownMax)
            _known.Clear();
        _known[hash] = (token, now);
        return token;
    }
}

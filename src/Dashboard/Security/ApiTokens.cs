using System.Collections.Concurrent;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Security;

/// <summary>What a new token shall be.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="Role">One of <see cref="Roles.OfTokens"/>.</param>
internal sealed record TokenWish(string Name, string Role)
{
    /// <summary>Names of <see cref="Policies.Table"/> it is limited to; empty for all of its role.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Organizations whose cases it sees; empty for all.</summary>
    public IReadOnlyList<string> Organizations { get; init; } = [];

    /// <summary>How long it works; null for ever.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>What is wrong with it; empty when nothing is.</summary>
    public string Problem() =>
        Name.Length is 0 or > ApiTokens.NameCharactersMax || Name.Any(char.IsControl)
            ? $"The name must have 1 to {ApiTokens.NameCharactersMax} printable characters."
        : !Roles.OfTokens.Contains(Role) ? $"The role must be one of {string.Join(", ", Roles.OfTokens)}."
        : Scopes.FirstOrDefault(scope => !Policies.ScopesOf(Role).Contains(scope)) is { } wrong
            ? $"The role {Role} has no scope {wrong}; it has {string.Join(", ", Policies.ScopesOf(Role))}."
        : Lifetime is { } lifetime && (lifetime <= TimeSpan.Zero || lifetime > ApiTokens.LifetimeMax)
            ? $"A token works for at most {ApiTokens.LifetimeMax.TotalDays:0} days."
        : Role == Roles.Administrator && Organizations.Count > 0 ? "Administrators see all organizations."
        : Identities.ProblemOf(Organizations);
}

/// <summary>Tokens of programs that call the API.</summary>
internal sealed class ApiTokens(IdentityStore store, TimeProvider time)
{
    private const string Prefix = "sentinel_";

    public const int NameCharactersMax = 64;

    public static readonly TimeSpan LifetimeMax = TimeSpan.FromDays(3_650);

    private const int KnownMax = 1_024;
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan UseNoted = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (ApiToken Token, long ReadAt)> _known = new(StringComparer.Ordinal);

    /// <summary>Makes a token and returns its secret, which is nowhere kept.</summary>
    public string Create(string name, string role) => Create(new TokenWish(name, role), "").Secret;

    /// <summary>Makes a token whose wish has no problem; the secret is nowhere kept.</summary>
    public (ApiToken Token, string Secret) Create(TokenWish wish, string by)
    {
        var secret = SecretToken.New(Prefix);
        var now = time.GetUtcNow();
        var token = new ApiToken(SecretToken.HashOf(secret)!, wish.Name, wish.Role, now)
        {
            Scopes = wish.Scopes,
            Organizations = wish.Organizations,
            ExpiresAt = wish.Lifetime is { } lifetime ? now + lifetime : null,
            CreatedBy = by,
        };
        store.AddToken(token);
        return (token, secret);
    }

    /// <summary>All of them, the newest first.</summary>
    public IReadOnlyList<ApiToken> All() => store.Tokens();

    /// <summary>Revokes a token; it stops working within two seconds. False when there is none of that name.</summary>
    public bool Revoke(string id)
    {
        _known.Clear();
        return store.RemoveToken(id);
    }

    /// <summary>The token of a secret; null when there is none that works now.</summary>
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
            return known.Token.ExpiresAt <= time.GetUtcNow() ? null : known.Token;
        if (store.FindToken(hash) is not { } token || token.ExpiresAt <= time.GetUtcNow())
        {
            _known.TryRemove(hash, out _);
            return null;
        }
        if (_known.Count >= KnownMax)
            _known.Clear();
        _known[hash] = (token, now);
        NoteUse(token);
        return token;
    }

    private void NoteUse(ApiToken token)
    {
        var now = time.GetUtcNow();
        if (token.UsedAt is not { } usedAt || now - usedAt >= UseNoted)
            store.SetTokenUsed(token.Hash, now);
    }
}

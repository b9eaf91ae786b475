using Microsoft.AspNetCore.Identity;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Security;

/// <summary>Checks names and passwords of local accounts, and locks what is being guessed.</summary>
/// <remarks>A caller cannot tell an unknown name from a wrong password or a locked account, neither by the answer nor by its time.</remarks>
internal sealed class SignIns(IdentityStore store, TimeProvider time)
{
    public const int FailuresMax = 5;
    public const int PasswordCharactersMin = 12;
    public const int PasswordCharactersMax = 256;
    public const int NameCharactersMax = 64;

    public static readonly TimeSpan LockDuration = TimeSpan.FromMinutes(15);

    private static readonly PasswordHasher<string> Hasher = new();

    // Verified against when the name is unknown, so that the answer takes as long as for a known one.
    private static readonly string NobodysHash = Hasher.HashPassword("", "a password nobody has");

    /// <summary>The account when name and password fit and it is not locked; otherwise null.</summary>
    public Account? Check(string? name, string? password)
    {
        var key = Normalize(name);
        var account = key is null ? null : store.FindAccount(key);
        var given = password is { Length: > 0 and <= PasswordCharactersMax } ? password : " ";
        var isRight = Hasher.VerifyHashedPassword(key ?? "", account?.PasswordHash ?? NobodysHash, given)
            != PasswordVerificationResult.Failed;
        var now = time.GetUtcNow();
        if (account is null || account.LockedUntil > now)
            return null;
        if (isRight)
        {
            store.SetFailures(account.Name, 0, null);
            return account;
        }
        store.CountFailure(account.Name, FailuresMax, now + LockDuration);
        return null;
    }

    /// <summary>Makes an account; the answer names what is wrong with the wish, or is empty when it was made.</summary>
    public string Create(string? name, string? password, string role)
    {
        if (Normalize(name) is not { } key)
            return $"The name must have 1 to {NameCharactersMax} letters, digits, dots, dashes or underscores.";
        if (password is not { Length: >= PasswordCharactersMin and <= PasswordCharactersMax })
            return $"The password must have {PasswordCharactersMin} to {PasswordCharactersMax} characters.";
        if (password.Contains(key, StringComparison.OrdinalIgnoreCase))
            return "The password must not contain the name.";
        var account = new Account(key, Hasher.HashPassword(key, password), role, SecretToken.New(""), 0, null);
        return store.TryAddAccount(account, time.GetUtcNow()) ? "" : "That name is taken.";
    }

    private static string? Normalize(string? name)
    {
        var trimmed = name?.Trim();
        if (trimmed is not { Length: > 0 and <= NameCharactersMax })
            return null;
        return trimmed.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_')
            ? trimmed.ToLowerInvariant()
            : null;
    }
}

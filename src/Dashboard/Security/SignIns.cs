using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
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

    public const string NameTaken = "That name is taken.";

    public static readonly TimeSpan LockDuration = TimeSpan.FromMinutes(15);

    // PBKDF2 with SHA-512; OWASP's number of 2023. Older hashes are made anew at the next sign-in.
    private static readonly PasswordHasher<string> Hasher =
        new(Options.Create(new PasswordHasherOptions { IterationCount = 210_000 }));

    // Verified against when the name is unknown, so that the answer takes as long as for a known one.
    private static readonly string NobodysHash = Hasher.HashPassword("", "a password nobody has");

    /// <summary>The account when name and password fit and it may sign in; otherwise null.</summary>
    /// <remarks>With a second factor the count of failures stands until its code is right too, or it could be guessed without end.</remarks>
    public Account? Check(string? name, string? password)
    {
        var key = Normalize(name);
        var account = key is null ? null : store.FindAccount(key);
        var given = password is { Length: > 0 and <= PasswordCharactersMax } ? password : " ";
        var hash = account is { PasswordHash.Length: > 0 } ? account.PasswordHash : NobodysHash;
        var verdict = Hasher.VerifyHashedPassword(key ?? "", hash, given);
        var now = time.GetUtcNow();
        if (account is null || !account.IsLocal || account.IsDisabled || account.LockedUntil > now)
            return null;
        if (verdict == PasswordVerificationResult.Failed)
        {
            store.CountFailure(account.Name, FailuresMax, now, now + LockDuration);
            return null;
        }
        // What was read above may be old by now: of guesses made at once, only those before the lock count.
        if (!store.TryPass(account, now))
            return null;
        if (verdict == PasswordVerificationResult.SuccessRehashNeeded)
            store.SetHash(account.Name, Hasher.HashPassword(account.Name, given));
        return account;
    }

    /// <summary>Makes an account; the answer names what is wrong with the wish, or is empty when it was made.</summary>
    public string Create(string? name, string? password, string role)
    {
        var (account, problem) = Draft(name, password, role);
        if (account is null)
            return problem;
        return store.TryAddAccount(account, time.GetUtcNow()) ? "" : NameTaken;
    }

    /// <summary>An account as it would be made, or what is wrong with the wish.</summary>
    public static (Account? Account, string Problem) Draft(
        string? name, string? password, string role, IReadOnlyList<string>? organizations = null)
    {
        if (Normalize(name) is not { } key)
            return (null, $"The name must have 1 to {NameCharactersMax} letters, digits, dots, dashes or underscores.");
        if (ProblemOf(key, password) is { Length: > 0 } problem)
            return (null, problem);
        var hash = Hasher.HashPassword(key, password!);
        return (new Account(key, hash, role, SecretToken.New("")) { Organizations = organizations ?? [] }, "");
    }

    /// <summary>Changes a person's own password, which ends their other sessions; the answer is empty when it was done.</summary>
    public string ChangePassword(string name, string? old, string? wanted)
    {
        if (ProblemOf(name, wanted) is { Length: > 0 } problem)
            return problem;
        if (Check(name, old) is not { } account)
            return "The present password is not right, or the account is locked for a while.";
        store.SetPassword(account.Name, Hasher.HashPassword(account.Name, wanted!), SecretToken.New(""));
        return "";
    }

    /// <summary>A name as it is kept; null when it cannot be one.</summary>
    public static string? Normalize(string? name)
    {
        var trimmed = name?.Trim();
        if (trimmed is not { Length: > 0 and <= NameCharactersMax })
            return null;
        return trimmed.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_')
            ? trimmed.ToLowerInvariant()
            : null;
    }

    private static string ProblemOf(string name, string? password) =>
        password is not { Length: >= PasswordCharactersMin and <= PasswordCharactersMax }
            ? $"The password must have {PasswordCharactersMin} to {PasswordCharactersMax} characters."
        : password.Contains(name, StringComparison.OrdinalIgnoreCase) ? "The password must not contain the name."
        : password.Distinct().Count() < 5 ? "The password repeats itself too much."
        : "";
}

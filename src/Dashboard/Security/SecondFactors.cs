using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Security;

/// <summary>Authenticators of people: enrolling one, checking its codes, and codes for the day it is lost.</summary>
internal sealed class SecondFactors(IdentityStore store, IDataProtectionProvider protection, TimeProvider time)
{
    public const int RecoveryCodes = 10;

    private const int RecoveryBytes = 10;

    private readonly IDataProtector _protector = protection.CreateProtector("sentinel.totp");

    /// <summary>Binds an authenticator when its code proves that it has the secret. Returns recovery codes, shown once; null when the code is wrong.</summary>
    public IReadOnlyList<string>? Enroll(string account, byte[] secret, string? code)
    {
        if (Totp.Match(secret, code, time.GetUtcNow(), 0) is not { } step)
            return null;
        var codes = Enumerable.Range(0, RecoveryCodes).Select(_ => NewRecoveryCode()).ToList();
        var hashes = codes.Select(recovery => HashOf(account, recovery)).ToList();
        store.SetTotp(account, Convert.ToBase64String(_protector.Protect(secret)), step, hashes);
        return codes;
    }

    public void Remove(string account) => store.SetTotp(account, "", 0, []);

    /// <summary>Whether the code is that of the authenticator now, or an unused recovery code. Right ones are used up, wrong ones counted.</summary>
    public bool Check(Account account, string? code)
    {
        var now = time.GetUtcNow();
        if (!account.HasTotp || account.IsDisabled || account.LockedUntil > now)
            return false;
        var isRight = Totp.Match(SecretOf(account), code, now, account.TotpStep) is { } step
            ? store.UseTotpStep(account.Name, step, now)
            : code is { Length: > Totp.Digits and <= 64 } && store.UseRecovery(account.Name, HashOf(account.Name, code), now);
        if (!isRight)
            store.CountFailure(account.Name, SignIns.FailuresMax, now, now + SignIns.LockDuration);
        return isRight;
    }

    private byte[] SecretOf(Account account) => _protector.Unprotect(Convert.FromBase64String(account.Totp));

    /// <summary>80 random bits in groups of four letters.</summary>
    private static string NewRecoveryCode() =>
        string.Join('-', Totp.Base32(RandomNumberGenerator.GetBytes(RecoveryBytes)).ToLowerInvariant().Chunk(4)
            .Select(group => new string(group)));

    /// <summary>80 random bits cannot be guessed offline; the name keeps equal codes of two people apart.</summary>
    private static string HashOf(string account, string code)
    {
        var letters = new string([.. code.Where(char.IsAsciiLetterOrDigit).Select(char.ToLowerInvariant)]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{account}:{letters}")));
    }
}

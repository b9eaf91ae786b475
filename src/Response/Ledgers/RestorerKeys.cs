using System.Security.Cryptography;

namespace SentinelHealth.Response.Ledgers;

/// <summary>The two keys without which the embedded ledger gives nothing back, each in a file of its own, best on two machines' disks.</summary>
internal sealed class RestorerKeys : IDisposable
{
    private readonly LedgerKey _first;
    private readonly LedgerKey _second;

    private RestorerKeys(LedgerKey first, LedgerKey second) => (_first, _second) = (first, second);

    /// <summary>Both public keys, as the ledger's blocks have them.</summary>
    public IReadOnlyList<string> Public => [Text(_first), Text(_second)];

    /// <summary>Opens both, or makes both when neither is there and the ledger knows none yet.</summary>
    /// <returns>Null when a key is not here; the ledger then refuses to restore.</returns>
    public static RestorerKeys? Open(string firstPath, string secondPath, bool mayCreate)
    {
        if (File.Exists(firstPath) && File.Exists(secondPath))
            return new(LedgerKey.Open(firstPath), LedgerKey.Open(secondPath));
        return mayCreate && !File.Exists(firstPath) && !File.Exists(secondPath)
            ? new(LedgerKey.Create(firstPath), LedgerKey.Create(secondPath)) : null;
    }

    /// <summary>The entry with the consent of both.</summary>
    public LedgerEntry Sign(LedgerEntry entry)
    {
        var message = entry.ConsentMessage();
        return entry with { Consents = [Consent(_first, message), Consent(_second, message)] };
    }

    /// <summary>Whether two different ones of the known keys have signed an entry.</summary>
    public static bool AreBothIn(LedgerEntry entry, IReadOnlyList<string> known)
    {
        var message = entry.ConsentMessage();
        return (entry.Consents ?? []).Where(consent => known.Contains(consent.Key) && IsSigned(consent, message))
            .Select(consent => consent.Key).Distinct(StringComparer.Ordinal).Count() >= 2;
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    private static bool IsSigned(LedgerConsent consent, byte[] message)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(consent.Key), out _);
            return key.VerifyHash(message, Convert.FromBase64String(consent.Signature));
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException)
        {
            // Bytes that are no key or no signature have signed nothing.
            return false;
        }
    }

    private static LedgerConsent Consent(LedgerKey key, byte[] message) =>
        new(Text(key), Convert.ToBase64String(key.Sign(message)));

    private static string Text(LedgerKey key) => Convert.ToBase64String(key.PublicKey);
}

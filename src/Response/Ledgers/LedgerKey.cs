using System.Security.Cryptography;
using System.Text;

namespace SentinelHealth.Response.Ledgers;

/// <summary>The embedded ledger's signing key: ECDSA P-256 in a file only its owner can read.</summary>
internal sealed class LedgerKey : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly ECDsa _key;

    private LedgerKey(ECDsa key) => _key = key;

    /// <summary>Its public part, as SubjectPublicKeyInfo.</summary>
    public byte[] PublicKey => _key.ExportSubjectPublicKeyInfo();

    public byte[] Sign(ReadOnlySpan<byte> hash) => _key.SignHash(hash);

    public bool Verify(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature) => _key.VerifyHash(hash, signature);

    /// <summary>Creates a key file that did not exist.</summary>
    public static LedgerKey Create(string path)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using var file = new FileStream(path, options);
        file.Write(Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        file.Flush(flushToDisk: true);
        return new LedgerKey(key);
    }

    /// <summary>Opens an existing key file. Refuses one that others may read: such a key proves nothing.</summary>
    public static LedgerKey Open(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnly) != 0)
            throw new LedgerTamperedException($"The ledger key {path} may be read by others; give it mode 0600.");
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            return new LedgerKey(key);
        }
        catch (Exception fault) when (fault is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new LedgerTamperedException($"The ledger key {path} is not a P-256 private key.", fault);
        }
    }

    public void Dispose() => _key.Dispose();
}

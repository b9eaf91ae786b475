using System.Security.Cryptography;

namespace SentinelHealth.Response.Custody.Sharing;

/// <summary>
/// The pair of keys by which one process gets the master key of a shared vault: ECDH over P-256, its private part in a file of mode 0600.
/// After an erasure the pair is replaced, and what was wrapped to the old one opens nowhere any more.
/// </summary>
internal sealed class CustodianPair(string folder)
{
    private readonly string _path = Path.Combine(folder, "custodian.pk8");
    private readonly string _nextPath = Path.Combine(folder, "custodian-next.pk8");

    /// <summary>The public part (SubjectPublicKeyInfo), of a pair made when there is none.</summary>
    public byte[] Public()
    {
        if (!File.Exists(_path) && !File.Exists(_nextPath))
            Create(_path);
        return PublicOf(OwnerFile.Read(File.Exists(_path) ? _path : _nextPath));
    }

    /// <summary>Whether this process has the private part of a public key.</summary>
    public bool Has(byte[] publicKey) => PrivateOf(publicKey) is not null;

    /// <summary>The private part (PKCS #8) of a public key; null when it is not here.</summary>
    public byte[]? PrivateOf(byte[] publicKey)
    {
        foreach (var file in new[] { _path, _nextPath })
        {
            if (Read(file) is { } secret && IsOf(secret, publicKey))
                return secret;
        }
        return null;
    }

    /// <summary>Makes the pair that comes next, beside the one in use, and gives its public part.</summary>
    public byte[] Prepare()
    {
        // What a crash left of an earlier attempt was announced to nobody, or is in use already, and then it is put in its place first.
        if (File.Exists(_nextPath))
            OwnerFile.Destroy(_nextPath);
        return PublicOf(Create(_nextPath));
    }

    /// <summary>Destroys every private part but that of the public key in use.</summary>
    public void Settle(byte[] publicKey)
    {
        if (Read(_nextPath) is not { } next)
            return;
        if (!PublicOf(next).AsSpan().SequenceEqual(publicKey))
        {
            OwnerFile.Destroy(_nextPath);
            return;
        }
        if (File.Exists(_path))
            OwnerFile.Destroy(_path);
        File.Move(_nextPath, _path);
    }

    /// <summary>A key wrapped so that only the owner of a public key gets it: an ephemeral key of its own, HKDF over the agreement, AES-256-GCM.</summary>
    /// <param name="publicKey">The owner's.</param>
    /// <param name="key">What to wrap.</param>
    /// <param name="about">What it is for; must be the same when it is unwrapped.</param>
    public static byte[] Wrap(byte[] publicKey, byte[] key, byte[] about)
    {
        using var ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var owner = ECDiffieHellman.Create();
        owner.ImportSubjectPublicKeyInfo(publicKey, out _);
        var sender = ephemeral.ExportSubjectPublicKeyInfo();
        var agreed = Agree(ephemeral, owner.PublicKey, sender, publicKey);
        var wrapped = KeyWrap.Wrap(agreed, key, about);
        CryptographicOperations.ZeroMemory(agreed);
        return [(byte)sender.Length, .. sender, .. wrapped];
    }

    /// <exception cref="CryptographicException">It was wrapped for somebody else, or about something else.</exception>
    public static byte[] Unwrap(byte[] privateKey, byte[] wrapped, byte[] about)
    {
        if (wrapped.Length == 0 || wrapped.Length <= 1 + wrapped[0])
            throw new CryptographicException("A wrapped key is cut short.");
        var sender = wrapped.AsSpan(1, wrapped[0]).ToArray();
        using var own = Open(privateKey);
        using var ephemeral = ECDiffieHellman.Create();
        ephemeral.ImportSubjectPublicKeyInfo(sender, out _);
        var agreed = Agree(own, ephemeral.PublicKey, sender, own.ExportSubjectPublicKeyInfo());
        try
        {
            return KeyWrap.Unwrap(agreed, wrapped.AsSpan(1 + sender.Length), about);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(agreed);
        }
    }

    private static byte[] Agree(ECDiffieHellman own, ECDiffieHellmanPublicKey other, byte[] sender, byte[] owner)
    {
        var raw = own.DeriveRawSecretAgreement(other);
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, raw, 32, [.. sender, .. owner], "sentinel-custodian-v1"u8.ToArray());
        CryptographicOperations.ZeroMemory(raw);
        return key;
    }

    private static byte[] Create(string path)
    {
        using var pair = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var secret = pair.ExportPkcs8PrivateKey();
        OwnerFile.Create(path, secret);
        return secret;
    }

    private static byte[] PublicOf(byte[] privateKey)
    {
        using var pair = Open(privateKey);
        return pair.ExportSubjectPublicKeyInfo();
    }

    /// <summary>A file that another thread is destroying at this moment holds no key any more.</summary>
    private static bool IsOf(byte[] privateKey, byte[] publicKey)
    {
        try
        {
            return PublicOf(privateKey).AsSpan().SequenceEqual(publicKey);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static ECDiffieHellman Open(byte[] privateKey)
    {
        var pair = ECDiffieHellman.Create();
        pair.ImportPkcs8PrivateKey(privateKey, out _);
        return pair;
    }

    /// <summary>A file that a process beside this one may put in place of another meanwhile.</summary>
    private static byte[]? Read(string path)
    {
        try
        {
            return File.Exists(path) ? OwnerFile.Read(path) : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}

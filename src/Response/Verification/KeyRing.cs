using System.Security.Cryptography;
using System.Text;

namespace SentinelHealth.Response.Verification;

/// <summary>Public keys, each introduced by one before it: processes that share a log have one each.</summary>
internal sealed class KeyRing
{
    private readonly Dictionary<string, (string Algorithm, byte[] Key)> _keys = new(StringComparer.Ordinal);

    /// <exception cref="VerificationException">A key is not what its identifier says, or was not introduced by one before it.</exception>
    public KeyRing(IReadOnlyList<StrictValue> keys)
    {
        if (keys.Count is 0 or > 1_000)
            throw new VerificationException("There are no keys, or too many.");
        foreach (var key in keys)
        {
            var (id, publicKey) = (key.TextOf("id"), key.Base64Of("publicKey"));
            if (Convert.ToHexStringLower(SHA256.HashData(publicKey).AsSpan(0, 16)) != id)
                throw new VerificationException($"The key {id} is not the one its identifier is of.");
            if (_keys.Count > 0 && (key.Find("introduced") is not { } introduced
                || !Verify(introduced, Encoding.ASCII.GetBytes("sentinel-key-v1\n" + id))))
                throw new VerificationException($"The key {id} was not introduced by one before it.");
            if (_keys.Count == 0 && key.Find("introduced") is not null)
                throw new VerificationException("The first key was introduced by one that is not there.");
            _keys[id] = (key.TextOf("algorithm"), publicKey);
            First ??= id;
        }
    }

    /// <summary>The first key, which names the log.</summary>
    public string First { get; private set; } = null!;

    /// <summary>Whether a signature is by one of these keys.</summary>
    public bool Verify(StrictValue signature, byte[] message) =>
        _keys.TryGetValue(signature.TextOf("keyId"), out var key) && key.Algorithm == signature.TextOf("algorithm")
        && Verify(key.Algorithm, key.Key, message, signature.Base64Of("value"));

    /// <summary>Whether a signature is by a key.</summary>
    public static bool Verify(string algorithm, byte[] publicKey, byte[] message, byte[] signature)
    {
        try
        {
            return algorithm switch
            {
                "ecdsa-p256-sha256" => VerifyEcdsa(publicKey, message, signature),
                "ml-dsa-65" => VerifyMlDsa(publicKey, message, signature),
                _ => false,
            };
        }
        catch (Exception fault) when (fault is CryptographicException or PlatformNotSupportedException or ArgumentException)
        {
            // Bytes that are no key or no signature prove nothing.
            return false;
        }
    }

    private static bool VerifyEcdsa(byte[] publicKey, byte[] message, byte[] signature)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(publicKey, out var read);
        return read == publicKey.Length && key.KeySize == 256 && key.VerifyData(message, signature, HashAlgorithmName.SHA256);
    }

#pragma warning disable SYSLIB5006 // New in this runtime; a platform without it says so.
    private static bool VerifyMlDsa(byte[] publicKey, byte[] message, byte[] signature)
    {
        if (!MLDsa.IsSupported)
            throw new VerificationException("This platform cannot check ML-DSA signatures.");
        using var key = MLDsa.ImportSubjectPublicKeyInfo(publicKey);
        return key.VerifyData(message, signature);
    }
#pragma warning restore SYSLIB5006
}

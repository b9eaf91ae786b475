using System.Security.Cryptography;

namespace SentinelHealth.Response.Custody;

/// <summary>AES-256-GCM of a key under another: nonce (12), tag (16), key.</summary>
internal static class KeyWrap
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    public static byte[] Wrap(byte[] master, byte[] key, ReadOnlySpan<byte> about = default)
    {
        var wrapped = new byte[NonceBytes + TagBytes + key.Length];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(master, TagBytes);
        var (nonce, tag) = (wrapped.AsMemory(0, NonceBytes), wrapped.AsMemory(NonceBytes, TagBytes));
        aes.Encrypt(nonce.Span, key, wrapped.AsSpan(NonceBytes + TagBytes), tag.Span, about);
        return wrapped;
    }

    /// <exception cref="CryptographicException">It was wrapped under another key, or about something else.</exception>
    public static byte[] Unwrap(byte[] master, ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> about = default)
    {
        if (wrapped.Length < NonceBytes + TagBytes)
            throw new CryptographicException("A wrapped key is cut short.");
        var key = new byte[wrapped.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(master, TagBytes);
        aes.Decrypt(wrapped[..NonceBytes], wrapped[(NonceBytes + TagBytes)..], wrapped.Slice(NonceBytes, TagBytes), key, about);
        return key;
    }

    /// <summary>Which master key: a hash of it.</summary>
    public static byte[] IdOf(byte[] master) => SHA256.HashData([.. "sentinel-master-v1\n"u8, .. master])[..16];
}

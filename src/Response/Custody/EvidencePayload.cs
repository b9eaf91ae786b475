using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Response.Custody;

/// <summary>What a leaf commits to, as it lies beside it: salt and body, plain or sealed under a person's key.</summary>
/// <remarks>
/// Plain: 0x00, salt (32), body. Sealed: 0x01, key identifier (16), nonce (12), tag (16), AES-256-GCM of salt and body, with the
/// identifier as associated data. Open, only while it waits: 0x02, length of the subject (2, big-endian), subject, salt, body. Without its key a sealed payload is noise, and the leaf's commitment says nothing without the salt.
/// </remarks>
public static class EvidencePayload
{
    /// <summary>Bytes of a subject key's identifier.</summary>
    public const int KeyIdBytes = 16;

    private const byte PlainMark = 0;
    private const byte SealedMark = 1;
    private const byte OpenMark = 2;
    private const int OpenHeaderBytes = 3;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int SealedHeaderBytes = 1 + KeyIdBytes + NonceBytes + TagBytes;

    /// <summary>A plain payload.</summary>
    public static byte[] Plain(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> body) => [PlainMark, .. salt, .. body];

    /// <summary>A payload about a person that is to be sealed before it enters the log.</summary>
    public static byte[] OpenAbout(string subject, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> body)
    {
        var name = Encoding.UTF8.GetBytes(subject);
        var header = new byte[OpenHeaderBytes];
        header[0] = OpenMark;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(1), checked((ushort)name.Length));
        return [.. header, .. name, .. salt, .. body];
    }

    /// <summary>Whom an open payload is about, and what it holds; null for any other.</summary>
    /// <exception cref="InvalidDataException">It is cut short.</exception>
    public static (string Subject, OpenedPayload Payload)? SubjectOf(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < OpenHeaderBytes || payload[0] != OpenMark)
            return null;
        var length = BinaryPrimitives.ReadUInt16BigEndian(payload[1..]);
        if (payload.Length < OpenHeaderBytes + length)
            throw new InvalidDataException("A payload is shorter than its subject.");
        var subject = Encoding.UTF8.GetString(payload.Slice(OpenHeaderBytes, length));
        return (subject, Split(payload[(OpenHeaderBytes + length)..].ToArray()));
    }

    /// <summary>A sealed payload.</summary>
    /// <param name="keyId">The key's identifier, 16 bytes.</param>
    /// <param name="key">The key, 32 bytes.</param>
    /// <param name="salt">The salt.</param>
    /// <param name="body">The body.</param>
    public static byte[] Seal(ReadOnlySpan<byte> keyId, ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> body)
    {
        var payload = new byte[SealedHeaderBytes + salt.Length + body.Length];
        payload[0] = SealedMark;
        keyId.CopyTo(payload.AsSpan(1));
        var nonce = payload.AsSpan(1 + KeyIdBytes, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        var tag = payload.AsSpan(1 + KeyIdBytes + NonceBytes, TagBytes);
        byte[] plain = [.. salt, .. body];
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, plain, payload.AsSpan(SealedHeaderBytes), tag, keyId);
        CryptographicOperations.ZeroMemory(plain);
        return payload;
    }

    /// <summary>The identifier of the key a payload is sealed under; null for a plain one.</summary>
    public static byte[]? KeyIdOf(ReadOnlySpan<byte> payload) =>
        payload.Length >= SealedHeaderBytes && payload[0] == SealedMark ? payload.Slice(1, KeyIdBytes).ToArray() : null;

    /// <summary>Salt and body; null when the key is not there any more.</summary>
    /// <exception cref="InvalidDataException">It is not a payload, or not what was sealed.</exception>
    public static OpenedPayload? Open(ReadOnlySpan<byte> payload, Func<byte[], byte[]?> keyOf)
    {
        ArgumentNullException.ThrowIfNull(keyOf);
        if (payload.Length > EvidenceEntry.SaltBytes && payload[0] == PlainMark)
            return Split(payload[1..].ToArray());
        if (SubjectOf(payload) is { } about)
            return about.Payload;
        if (KeyIdOf(payload) is not { } keyId)
            throw new InvalidDataException("This is not a payload of the evidence log.");
        if (keyOf(keyId) is not { } key)
            return null;
        var plain = new byte[payload.Length - SealedHeaderBytes];
        try
        {
            using var aes = new AesGcm(key, TagBytes);
            aes.Decrypt(
                payload.Slice(1 + KeyIdBytes, NonceBytes), payload[SealedHeaderBytes..],
                payload.Slice(1 + KeyIdBytes + NonceBytes, TagBytes), plain, keyId);
        }
        catch (CryptographicException fault)
        {
            throw new InvalidDataException("A sealed payload is not what was sealed.", fault);
        }
        return Split(plain);
    }

    private static OpenedPayload Split(byte[] plain) => plain.Length >= EvidenceEntry.SaltBytes
        ? new(plain.AsMemory(0, EvidenceEntry.SaltBytes), plain.AsMemory(EvidenceEntry.SaltBytes))
        : throw new InvalidDataException("A payload is shorter than its salt.");
}

/// <summary>What a leaf commits to.</summary>
/// <param name="Salt">32 random bytes.</param>
/// <param name="Body">Canonical JSON.</param>
public readonly record struct OpenedPayload(ReadOnlyMemory<byte> Salt, ReadOnlyMemory<byte> Body);

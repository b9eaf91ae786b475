using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Ingest.Kafka;

/// <summary>The message key of a log record: the digest of (source, id), then the source's name.</summary>
/// <remarks>In the key rather than in headers, because a key costs the reader nothing extra. The partition is chosen apart from it.</remarks>
internal static class LogRecordKey
{
    private const int DigestBytes = 16;

    public static byte[] Encode(UInt128 digest, string source)
    {
        var key = new byte[DigestBytes + Encoding.UTF8.GetByteCount(source)];
        BinaryPrimitives.WriteUInt128BigEndian(key, digest);
        Encoding.UTF8.GetBytes(source, key.AsSpan(DigestBytes));
        return key;
    }

    public static UInt128 Digest(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadUInt128BigEndian(key);

    public static ReadOnlySpan<byte> Source(ReadOnlySpan<byte> key) => key[DigestBytes..];

    /// <summary>Whether a key is one of ours. A stranger's record in the topic is read all the same, told apart by its content.</summary>
    public static bool IsOurs(byte[]? key) => key is { Length: > DigestBytes };

    /// <summary>The digest of a record without a key of ours.</summary>
    public static UInt128 DigestOfStranger(byte[] payload) => DedupeWindow.KeyOf("", Convert.ToBase64String(payload));

    /// <summary>The client takes whole arrays only.</summary>
    public static byte[] WholeArray(ReadOnlyMemory<byte> payload) =>
        MemoryMarshal.TryGetArray(payload, out var segment) && segment.Array is { } array && array.Length == payload.Length
            ? array
            : payload.ToArray();
}

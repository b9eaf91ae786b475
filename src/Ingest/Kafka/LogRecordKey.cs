using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Ingest.Kafka;

/// <summary>What a log record is to the partition it stands in.</summary>
internal enum LogRecordPlace : byte
{
    /// <summary>It belongs there and nowhere else. Also what is written by programs that knew no other.</summary>
    Own = 1,

    /// <summary>It belongs there, and all other partitions have copies.</summary>
    Shared = 2,

    /// <summary>It belongs to another partition.</summary>
    Copy = 3,
}

/// <summary>The message key of a log record: the digest of (source, id), its place, then the source's name.</summary>
/// <remarks>In the key rather than in headers, because a key costs the reader nothing extra. The partition is chosen apart from it.</remarks>
internal static class LogRecordKey
{
    private const int DigestBytes = 16;

    /// <summary>Names begin with a printable character: a byte below it can only be a place.</summary>
    private const byte NameByteMin = 0x20;

    public static byte[] Encode(UInt128 digest, LogRecordPlace place, string source)
    {
        var key = new byte[DigestBytes + 1 + Encoding.UTF8.GetByteCount(source)];
        BinaryPrimitives.WriteUInt128BigEndian(key, digest);
        key[DigestBytes] = (byte)place;
        Encoding.UTF8.GetBytes(source, key.AsSpan(DigestBytes + 1));
        return key;
    }

    public static UInt128 Digest(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadUInt128BigEndian(key);

    public static LogRecordPlace Place(ReadOnlySpan<byte> key) =>
        key[DigestBytes] < NameByteMin ? (LogRecordPlace)key[DigestBytes] : LogRecordPlace.Own;

    public static ReadOnlySpan<byte> Source(ReadOnlySpan<byte> key) =>
        key[DigestBytes] < NameByteMin ? key[(DigestBytes + 1)..] : key[DigestBytes..];

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

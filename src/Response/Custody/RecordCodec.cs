using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Response.Custody;

/// <summary>How a record lies in a segment: CRC-32C of what follows, length of the leaf, length of the payload, leaf, payload. Little endian.</summary>
internal static class RecordCodec
{
    public const int HeaderBytes = 12;
    public const int LeafBytesMax = 64 * 1024;

    /// <summary>A body, its salt and what sealing adds.</summary>
    public const int PayloadBytesMax = EvidenceDraft.BodyBytesMax + 4_096;

    public static int LengthOf(EvidenceRecord record) => HeaderBytes + record.Leaf.Length + record.Payload.Length;

    public static void Write(EvidenceRecord record, Span<byte> target)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], record.Leaf.Length);
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], record.Payload.Length);
        record.Leaf.Span.CopyTo(target[HeaderBytes..]);
        record.Payload.Span.CopyTo(target[(HeaderBytes + record.Leaf.Length)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(target, Crc(target[4..LengthOf(record)]));
    }

    /// <summary>The lengths a header promises; null when no record has such lengths.</summary>
    public static (int Leaf, int Payload)? LengthsOf(ReadOnlySpan<byte> header)
    {
        var leaf = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        var payload = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        return leaf is > 0 and <= LeafBytesMax && payload is >= 0 and <= PayloadBytesMax ? (leaf, payload) : null;
    }

    /// <summary>Whether a record is as it was written.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt32LittleEndian(record) == Crc(record[4..]);

    /// <summary>CRC-32C (Castagnoli), which processors have an instruction for.</summary>
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
            crc = BitOperations.Crc32C(crc, word);
        foreach (var single in bytes[(bytes.Length & ~7)..])
            crc = BitOperations.Crc32C(crc, single);
        return ~crc;
    }
}

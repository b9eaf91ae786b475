using System.Buffers.Binary;

namespace SentinelHealth.Response.Ledgers;

/// <summary>Recursive-length-prefix encoding, as far as transactions need it: byte strings, numbers and one flat list of them.</summary>
internal static class RlpWriter
{
    private const byte TextPrefix = 0x80;
    private const byte ListPrefix = 0xc0;
    private const int ShortMax = 55;

    /// <summary>A list of items that are encoded already.</summary>
    public static byte[] List(params byte[][] items)
    {
        byte[] content = [.. items.SelectMany(item => item)];
        return [.. Prefix(ListPrefix, content.Length), .. content];
    }

    /// <summary>A byte string.</summary>
    public static byte[] Text(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 1 && bytes[0] < TextPrefix ? [bytes[0]] : [.. Prefix(TextPrefix, bytes.Length), .. bytes];

    /// <summary>A natural number: big-endian without leading zeros, so that zero is empty.</summary>
    public static byte[] Number(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return Number(bytes);
    }

    /// <summary>A natural number given as big-endian bytes, leading zeros allowed.</summary>
    public static byte[] Number(ReadOnlySpan<byte> bigEndian) => Text(bigEndian.TrimStart((byte)0));

    private static byte[] Prefix(byte kind, int length)
    {
        if (length <= ShortMax)
            return [(byte)(kind + length)];
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        var digits = bytes.AsSpan().TrimStart((byte)0);
        return [(byte)(kind + ShortMax + digits.Length), .. digits];
    }
}

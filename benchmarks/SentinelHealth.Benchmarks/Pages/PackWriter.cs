using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace SentinelHealth.Benchmarks.Pages;

/// <summary>Writes the few kinds of MessagePack that messages to a circuit are made of, and the length in front of them.</summary>
/// <remarks>MessagePack specification, 2017; the length is that of SignalR's hub protocol: seven bits a byte, least first.</remarks>
internal sealed class PackWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public PackWriter Array(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 15);
        return Byte((byte)(0x90 | count));
    }

    public PackWriter EmptyMap() => Byte(0x80);

    public PackWriter Nil() => Byte(0xC0);

    public PackWriter True() => Byte(0xC3);

    public PackWriter Number(long value)
    {
        Byte(0xD3);
        BinaryPrimitives.WriteInt64BigEndian(_bytes.GetSpan(sizeof(long)), value);
        _bytes.Advance(sizeof(long));
        return this;
    }

    public PackWriter Text(string? text)
    {
        if (text is null)
            return Nil();
        var bytes = Encoding.UTF8.GetBytes(text);
        Byte(0xDB);
        BinaryPrimitives.WriteUInt32BigEndian(_bytes.GetSpan(sizeof(uint)), (uint)bytes.Length);
        _bytes.Advance(sizeof(uint));
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>What was written, behind its length.</summary>
    public byte[] Framed()
    {
        var length = new List<byte>();
        for (var left = _bytes.WrittenCount; ; left >>= 7)
        {
            length.Add((byte)(left > 0x7F ? (left & 0x7F) | 0x80 : left));
            if (left <= 0x7F)
                return [.. length, .. _bytes.WrittenSpan];
        }
    }

    private PackWriter Byte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
        return this;
    }
}

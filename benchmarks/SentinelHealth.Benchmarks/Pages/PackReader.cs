using System.Buffers.Binary;
using System.Text;

namespace SentinelHealth.Benchmarks.Pages;

/// <summary>Reads the kinds of MessagePack that a circuit sends. Bytes are counted and passed over: what a page draws is not looked at.</summary>
internal ref struct PackReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Reads one value: null, a truth, a <see cref="long"/>, a <see cref="double"/>, a text, the length of bytes, or a list.</summary>
    /// <exception cref="InvalidDataException">It is of another kind.</exception>
    public object? Read()
    {
        var kind = Take(1)[0];
        return kind switch
        {
            <= 0x7F => (long)kind,
            >= 0xE0 => (long)(sbyte)kind,
            >= 0x80 and <= 0x8F => Many((kind & 0x0F) * 2),
            >= 0x90 and <= 0x9F => Many(kind & 0x0F),
            >= 0xA0 and <= 0xBF => Text(kind & 0x1F),
            0xC0 => null,
            0xC2 => false,
            0xC3 => true,
            0xC4 => (long)Take(Take(1)[0]).Length,
            0xC5 => (long)Take(BinaryPrimitives.ReadUInt16BigEndian(Take(2))).Length,
            0xC6 => (long)Take(Length32()).Length,
            0xCB => BinaryPrimitives.ReadDoubleBigEndian(Take(8)),
            0xCC => (long)Take(1)[0],
            0xCD => (long)BinaryPrimitives.ReadUInt16BigEndian(Take(2)),
            0xCE => (long)BinaryPrimitives.ReadUInt32BigEndian(Take(4)),
            0xCF => (long)BinaryPrimitives.ReadUInt64BigEndian(Take(8)),
            0xD0 => (long)(sbyte)Take(1)[0],
            0xD1 => (long)BinaryPrimitives.ReadInt16BigEndian(Take(2)),
            0xD2 => (long)BinaryPrimitives.ReadInt32BigEndian(Take(4)),
            0xD3 => BinaryPrimitives.ReadInt64BigEndian(Take(8)),
            0xD9 => Text(Take(1)[0]),
            0xDA => Text(BinaryPrimitives.ReadUInt16BigEndian(Take(2))),
            0xDB => Text(Length32()),
            0xDC => Many(BinaryPrimitives.ReadUInt16BigEndian(Take(2))),
            _ => throw new InvalidDataException($"A circuit sent a value of kind 0x{kind:X2}."),
        };
    }

    private List<object?> Many(int count)
    {
        var items = new List<object?>();
        for (var i = 0; i < count; i++)
            items.Add(Read());
        return items;
    }

    private string Text(int length) => Encoding.UTF8.GetString(Take(length));

    private int Length32() => checked((int)BinaryPrimitives.ReadUInt32BigEndian(Take(4)));

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}

using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace SentinelHealth.Ingest.Evm;

/// <summary>Reads ABI-encoded values. Strict: offsets and lengths must lie within the data and padding must be clean.</summary>
/// <remarks>
/// Allocation is bounded by the data's own length, whatever lengths it claims. O(bytes). Throws nothing but
/// <see cref="EvmFormatException"/> on any bytes.
/// </remarks>
public static class AbiDecoder
{
    private const int WordBytes = 32;

    /// <summary>Reads one value per type. Bytes beyond the last value are allowed, as the ABI allows them.</summary>
    /// <exception cref="EvmFormatException">The data is too short or not an encoding of these types.</exception>
    public static object[] Decode(IReadOnlyList<AbiType> types, ReadOnlySpan<byte> data)
    {
        ArgumentNullException.ThrowIfNull(types);
        var values = new object[types.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var word = Word(data, i * WordBytes);
            values[i] = types[i].IsDynamic ? DecodeTail(types[i], data, Length(word, data.Length)) : DecodeWord(types[i], word);
        }
        return values;
    }

    /// <summary>Reads a value of a one-word type.</summary>
    /// <exception cref="EvmFormatException">The word is not of the type or not 32 bytes.</exception>
    public static object DecodeWord(AbiType type, ReadOnlySpan<byte> word)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (word.Length != WordBytes)
            throw new EvmFormatException("An ABI word has 32 bytes.");
        switch (type.Kind)
        {
            case AbiKind.Natural:
                var unsigned = new BigInteger(word, isUnsigned: true, isBigEndian: true);
                return unsigned.GetBitLength() <= type.Size ? unsigned : throw Dirty("unsigned integer");
            case AbiKind.Whole:
                var signed = new BigInteger(word, isUnsigned: false, isBigEndian: true);
                return signed.GetBitLength() < type.Size ? signed : throw Dirty("signed integer");
            case AbiKind.Address:
                return word[..12].ContainsAnyExcept((byte)0) ? throw Dirty("address") : EvmAddress.FromBytes(word[12..]);
            case AbiKind.Boolean:
                return word[..31].ContainsAnyExcept((byte)0) || word[31] > 1 ? throw Dirty("boolean") : word[31] == 1;
            case AbiKind.FixedBytes:
                return word[type.Size..].ContainsAnyExcept((byte)0) ? throw Dirty("fixed bytes") : word[..type.Size].ToArray();
            default:
                throw new EvmFormatException("A type of more than one word stands where one word belongs.");
        }
    }

    private static object DecodeTail(AbiType type, ReadOnlySpan<byte> data, int offset)
    {
        var head = Word(data, offset);
        var content = data[(offset + WordBytes)..];
        if (type.Kind == AbiKind.Array)
        {
            var count = Length(head, content.Length / WordBytes);
            var items = new object[count];
            for (var i = 0; i < count; i++)
                items[i] = DecodeWord(type.Element!, content.Slice(i * WordBytes, WordBytes));
            return items;
        }
        var bytes = content[..Length(head, content.Length)];
        return type.Kind == AbiKind.Text ? Encoding.UTF8.GetString(bytes) : bytes.ToArray();
    }

    private static ReadOnlySpan<byte> Word(ReadOnlySpan<byte> data, int offset) =>
        offset <= data.Length - WordBytes ? data.Slice(offset, WordBytes) : throw new EvmFormatException("ABI data ends too early.");

    /// <summary>A word as an offset or length of at most <paramref name="max"/>: hostile ones are caught before they size anything.</summary>
    private static int Length(ReadOnlySpan<byte> word, int max)
    {
        var value = BinaryPrimitives.ReadUInt32BigEndian(word[28..]);
        if (word[..28].ContainsAnyExcept((byte)0) || value > max)
            throw new EvmFormatException("An ABI offset or length points outside the data.");
        return (int)value;
    }

    private static EvmFormatException Dirty(string what) => new($"An ABI word is out of range for its {what} type.");
}

using System.Globalization;
using System.Numerics;
using System.Text;

namespace SentinelHealth.Ingest.Evm;

/// <summary>Writes ABI-encoded values.</summary>
public static class AbiEncoder
{
    private const int WordBytes = 32;

    /// <summary>Writes one value per type. Identifiers in a <c>bytes32</c> may be given as text (<see cref="EvmWord"/>).</summary>
    /// <exception cref="EvmFormatException">A value does not fit its type, or there are not as many values as types.</exception>
    public static byte[] Encode(IReadOnlyList<AbiType> types, IReadOnlyList<object?> values)
    {
        ArgumentNullException.ThrowIfNull(types);
        ArgumentNullException.ThrowIfNull(values);
        if (types.Count != values.Count)
            throw new EvmFormatException($"Expected {types.Count} values, found {values.Count}.");
        using var head = new MemoryStream();
        using var tail = new MemoryStream();
        for (var i = 0; i < types.Count; i++)
        {
            if (!types[i].IsDynamic)
            {
                head.Write(EncodeWord(types[i], values[i]));
                continue;
            }
            head.Write(Number((types.Count * WordBytes) + tail.Length));
            WriteTail(tail, types[i], values[i]);
        }
        tail.WriteTo(head);
        return head.ToArray();
    }

    /// <summary>Writes a value of a one-word type as 32 bytes.</summary>
    /// <exception cref="EvmFormatException">The value does not fit.</exception>
    public static byte[] EncodeWord(AbiType type, object? value)
    {
        ArgumentNullException.ThrowIfNull(type);
        return (type.Kind, value) switch
        {
            (AbiKind.Natural or AbiKind.Whole, BigInteger or int or long or uint or ulong) =>
                Integer(type, value is BigInteger big ? big : BigInteger.Parse(
                    Convert.ToString(value, CultureInfo.InvariantCulture)!, CultureInfo.InvariantCulture)),
            (AbiKind.Address, EvmAddress address) => LeftPadded(address.ToBytes()),
            (AbiKind.Address, string text) => LeftPadded(EvmAddress.Parse(text).ToBytes()),
            (AbiKind.Boolean, bool flag) => Number(flag ? 1 : 0),
            (AbiKind.FixedBytes, byte[] bytes) when bytes.Length == type.Size => RightPadded(bytes),
            (AbiKind.FixedBytes, string or null) when type.Size == WordBytes => EvmWord.Pack((string?)value),
            _ => throw new EvmFormatException($"A {value?.GetType().Name ?? "null"} does not fit an ABI {type.Kind}."),
        };
    }

    private static void WriteTail(MemoryStream tail, AbiType type, object? value)
    {
        switch (type.Kind, value)
        {
            case (AbiKind.Text, string text):
                WriteBytes(tail, Encoding.UTF8.GetBytes(text));
                break;
            case (AbiKind.Bytes, byte[] bytes):
                WriteBytes(tail, bytes);
                break;
            case (AbiKind.Array, IReadOnlyCollection<object?> items):
                tail.Write(Number(items.Count));
                foreach (var item in items)
                    tail.Write(EncodeWord(type.Element!, item));
                break;
            default:
                throw new EvmFormatException($"A {value?.GetType().Name ?? "null"} does not fit an ABI {type.Kind}.");
        }
    }

    private static void WriteBytes(MemoryStream tail, byte[] bytes)
    {
        tail.Write(Number(bytes.Length));
        tail.Write(bytes);
        tail.Write(new byte[(WordBytes - (bytes.Length % WordBytes)) % WordBytes]);
    }

    private static byte[] Integer(AbiType type, BigInteger value)
    {
        var isUnsigned = type.Kind == AbiKind.Natural;
        var fits = isUnsigned ? value.Sign >= 0 && value.GetBitLength() <= type.Size : value.GetBitLength() < type.Size;
        if (!fits)
            throw new EvmFormatException($"A number does not fit {type.Size} bits.");
        var word = new byte[WordBytes];
        if (value.Sign < 0)
            Array.Fill(word, (byte)0xff);
        var bytes = value.ToByteArray(isUnsigned, isBigEndian: true);
        bytes.CopyTo(word, WordBytes - bytes.Length);
        return word;
    }

    private static byte[] Number(long value) => Integer(new AbiType(AbiKind.Natural, 64), value);

    private static byte[] LeftPadded(byte[] bytes)
    {
        var word = new byte[WordBytes];
        bytes.CopyTo(word, WordBytes - bytes.Length);
        return word;
    }

    private static byte[] RightPadded(byte[] bytes)
    {
        var word = new byte[WordBytes];
        bytes.CopyTo(word, 0);
        return word;
    }
}

using System.Globalization;

namespace SentinelHealth.Ingest.Evm;

/// <summary>The families of ABI types this codec knows.</summary>
public enum AbiKind
{
    /// <summary>Unsigned integer of 8 to 256 bits; a <see cref="System.Numerics.BigInteger"/>.</summary>
    Natural,

    /// <summary>Signed integer of 8 to 256 bits; a <see cref="System.Numerics.BigInteger"/>.</summary>
    Whole,

    /// <summary>An <see cref="EvmAddress"/>.</summary>
    Address,

    /// <summary>A <see cref="bool"/>.</summary>
    Boolean,

    /// <summary>1 to 32 bytes, left-aligned; a byte array of that length.</summary>
    FixedBytes,

    /// <summary>Bytes of any length; a byte array.</summary>
    Bytes,

    /// <summary>UTF-8 text; a string.</summary>
    Text,

    /// <summary>An array of any length of one of the one-word types; an object array.</summary>
    Array,
}

/// <summary>One ABI type.</summary>
/// <param name="Kind">Its family.</param>
/// <param name="Size">Bits of an integer, bytes of fixed bytes, else 0.</param>
/// <param name="Element">What an array holds; null otherwise.</param>
public sealed record AbiType(AbiKind Kind, int Size = 0, AbiType? Element = null)
{
    /// <summary>Whether its place in the head holds an offset to its content.</summary>
    public bool IsDynamic => Kind is AbiKind.Bytes or AbiKind.Text or AbiKind.Array;

    /// <summary>Reads a canonical type name.</summary>
    /// <exception cref="EvmFormatException">Not a type this codec knows: tuples, nested arrays and fixed-length arrays are not used here.</exception>
    public static AbiType Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.EndsWith("[]", StringComparison.Ordinal))
        {
            var element = Parse(name[..^2]);
            return element.IsDynamic ? throw Unknown(name) : new(AbiKind.Array, Element: element);
        }
        return name switch
        {
            "address" => new(AbiKind.Address),
            "bool" => new(AbiKind.Boolean),
            "bytes" => new(AbiKind.Bytes),
            "string" => new(AbiKind.Text),
            _ when name.StartsWith("uint", StringComparison.Ordinal) => Integer(AbiKind.Natural, name, 4),
            _ when name.StartsWith("int", StringComparison.Ordinal) => Integer(AbiKind.Whole, name, 3),
            _ when name.StartsWith("bytes", StringComparison.Ordinal) => FixedBytes(name),
            _ => throw Unknown(name),
        };
    }

    private static AbiType Integer(AbiKind kind, string name, int prefix) =>
        int.TryParse(name.AsSpan(prefix), NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
        && bits is >= 8 and <= 256 && bits % 8 == 0 ? new(kind, bits) : throw Unknown(name);

    private static AbiType FixedBytes(string name) =>
        int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
        && bytes is >= 1 and <= 32 ? new(AbiKind.FixedBytes, bytes) : throw Unknown(name);

    private static EvmFormatException Unknown(string name) => new($"The ABI type \"{name}\" is not supported.");
}

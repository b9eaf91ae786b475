using System.Globalization;
using System.Numerics;

namespace SentinelHealth.Ingest.Evm;

/// <summary>The two hexadecimal notations of JSON-RPC: data (<c>0x</c> and whole bytes) and quantities (<c>0x</c>, no leading zeros).</summary>
public static class Hex
{
    /// <summary>Bytes as <c>0x</c> and lower-case hex.</summary>
    public static string Data(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);

    /// <summary>A non-negative number as a quantity.</summary>
    public static string Quantity(BigInteger value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value.Sign, nameof(value));
        var digits = value.ToString("x", CultureInfo.InvariantCulture).TrimStart('0');
        return digits.Length == 0 ? "0x0" : "0x" + digits;
    }

    /// <summary>The bytes of a data text.</summary>
    /// <exception cref="EvmFormatException">It is null, lacks <c>0x</c>, has an odd length or other characters.</exception>
    public static byte[] ToBytes(string? text)
    {
        if (text is null || !text.StartsWith("0x", StringComparison.Ordinal) || text.Length % 2 != 0)
            throw new EvmFormatException("A hexadecimal text is missing, lacks 0x or has an odd number of digits.");
        try
        {
            return Convert.FromHexString(text.AsSpan(2));
        }
        catch (FormatException fault)
        {
            throw new EvmFormatException("A hexadecimal text has other characters than hexadecimal digits.", fault);
        }
    }

    /// <summary>The bytes of a data text of exactly one length.</summary>
    /// <exception cref="EvmFormatException">It is not such a text.</exception>
    public static byte[] ToBytes(string? text, int bytes)
    {
        var value = ToBytes(text);
        return value.Length == bytes ? value : throw new EvmFormatException($"Expected {bytes} bytes of hexadecimal, found {value.Length}.");
    }

    /// <summary>A quantity as a number that fits 63 bits: block numbers, times, gas.</summary>
    /// <exception cref="EvmFormatException">It is not a quantity or too large.</exception>
    public static long ToLong(string? text)
    {
        if (text is null || !text.StartsWith("0x", StringComparison.Ordinal) || text.Length is < 3 or > 18
            || !long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            || value < 0)
        {
            throw new EvmFormatException("A quantity is missing, malformed or beyond 63 bits.");
        }
        return value;
    }
}

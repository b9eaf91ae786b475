using System.Buffers.Text;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SentinelHealth.Ingest.Formats;

/// <summary>Finds where JSON tokens and values end, in bytes that are known to be UTF-8. Builds nothing and allocates nothing.</summary>
/// <remarks>
/// It only says where something ends or that it found no such thing (<see cref="None"/>), never what is wrong: whoever needs to know reads
/// the bytes again with <see cref="System.Text.Json.Utf8JsonReader"/>. It must accept exactly the grammar that reader accepts (RFC 8259,
/// no comments, no trailing commas); the tests hold one against the other. Every method is O(bytes passed); nesting is bounded by the caller.
/// </remarks>
internal static class JsonScan
{
    /// <summary>There is no such token here.</summary>
    public const int None = -1;

    /// <summary>So many digits always fit a double's 53 bits, and so do the powers of ten below.</summary>
    private const int ExactDigitsMax = 15;

    private static readonly double[] PowersOfTen =
        [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <summary>Whether a byte stands at a place, which may be the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Is(ReadOnlySpan<byte> json, int at, byte expected) => (uint)at < (uint)json.Length && json[at] == expected;

    /// <summary>The first place from <paramref name="at"/> on that is no white space; the length when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PassSpace(ReadOnlySpan<byte> json, int at) =>
        (uint)at < (uint)json.Length && json[at] > ' ' ? at : PassSomeSpace(json, at);

    /// <summary>
    /// The first byte from <paramref name="at"/> on that is not plain inside a text: a quote, a backslash, a control character or
    /// anything beyond ASCII. The length when there is none.
    /// </summary>
    public static int PlainEnd(ReadOnlySpan<byte> json, int at)
    {
        ref var first = ref MemoryMarshal.GetReference(json);
        for (; at <= json.Length - Vector256<byte>.Count; at += Vector256<byte>.Count)
        {
            var bytes = Vector256.LoadUnsafe(ref first, (nuint)at);
            // As signed numbers, control characters and bytes beyond ASCII are the ones below a space.
            var odd = Vector256.LessThan(bytes.AsSByte(), Vector256.Create((sbyte)' ')).AsByte()
                | Vector256.Equals(bytes, Vector256.Create((byte)'"')) | Vector256.Equals(bytes, Vector256.Create((byte)'\\'))
                | Vector256.Equals(bytes, Vector256.Create((byte)0x7F));
            if (odd != Vector256<byte>.Zero)
                return at + BitOperations.TrailingZeroCount(odd.ExtractMostSignificantBits());
        }
        while (at < json.Length && json[at] is >= (byte)' ' and < 0x7F and not ((byte)'"' or (byte)'\\'))
            at++;
        return at;
    }

    /// <summary>The closing quote of the text whose first byte is at <paramref name="at"/>.</summary>
    /// <param name="json">The bytes.</param>
    /// <param name="at">The place behind the opening quote.</param>
    /// <param name="hasEscape">Becomes true when the text has an escape; otherwise stays as it is.</param>
    public static int TextEnd(ReadOnlySpan<byte> json, int at, ref bool hasEscape)
    {
        while ((at = PlainEnd(json, at)) < json.Length)
        {
            switch (json[at])
            {
                case (byte)'"':
                    return at;
                case (byte)'\\':
                    hasEscape = true;
                    at = EscapeEnd(json, at);
                    if (at == None)
                        return None;
                    break;
                case < (byte)' ':
                    return None;
                default:
                    while ((uint)at < (uint)json.Length && json[at] >= 0x7F)
                        at++;
                    break;
            }
        }
        return None;
    }

    /// <summary>The place behind the value that begins at <paramref name="at"/>, whatever it is.</summary>
    /// <param name="json">The bytes.</param>
    /// <param name="at">Where the value begins.</param>
    /// <param name="levels">How many levels of nesting it may have.</param>
    /// <param name="hasEscape">Becomes true when a text in it has an escape.</param>
    public static int ValueEnd(ReadOnlySpan<byte> json, int at, int levels, ref bool hasEscape)
    {
        if ((uint)at >= (uint)json.Length)
            return None;
        switch (json[at])
        {
            case (byte)'"':
                at = TextEnd(json, at + 1, ref hasEscape);
                return at == None ? None : at + 1;
            case (byte)'{':
                return levels == 0 ? None : ObjectEnd(json, at + 1, levels - 1, ref hasEscape);
            case (byte)'[':
                return levels == 0 ? None : ArrayEnd(json, at + 1, levels - 1, ref hasEscape);
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'):
                return NumberEnd(json, at, out _);
            default:
                return LiteralEnd(json, at);
        }
    }

    /// <summary>The place behind <c>true</c>, <c>false</c> or <c>null</c>.</summary>
    public static int LiteralEnd(ReadOnlySpan<byte> json, int at)
    {
        var rest = json[at..];
        return rest.StartsWith("null"u8) || rest.StartsWith("true"u8) ? at + 4 : rest.StartsWith("false"u8) ? at + 5 : None;
    }

    /// <summary>The place behind the number that begins at <paramref name="at"/>, which is not the end.</summary>
    public static int NumberEnd(ReadOnlySpan<byte> json, int at, out NumberText number)
    {
        number = default;
        number.IsNegative = json[at] == '-';
        var start = number.IsNegative ? at + 1 : at;
        at = PassDigits(json, start, ref number.Mantissa);
        number.Digits = at - start;
        if (number.Digits == 0 || (number.Digits > 1 && json[start] == '0'))
            return None;
        if (Is(json, at, (byte)'.'))
        {
            start = at + 1;
            at = PassDigits(json, start, ref number.Mantissa);
            number.FractionDigits = at - start;
            if (number.FractionDigits == 0)
                return None;
        }
        return (uint)at < (uint)json.Length && (json[at] | 0x20) == 'e' ? ExponentEnd(json, at + 1, ref number) : at;
    }

    /// <summary>The double nearest to a number, as <see cref="Utf8Parser"/> finds it. False when it is beyond every double.</summary>
    public static bool TryGetDouble(ReadOnlySpan<byte> text, in NumberText number, out double value)
    {
        var isMinusZero = number.IsNegative && number.Mantissa == 0;
        if (number.HasExponent || isMinusZero || number.Digits + number.FractionDigits > ExactDigitsMax)
            return Utf8Parser.TryParse(text, out value, out int used) && used == text.Length && double.IsFinite(value);
        // Both are exact, so the one rounding of the division gives the nearest double.
        value = (long)number.Mantissa / PowersOfTen[number.FractionDigits];
        if (number.IsNegative)
            value = -value;
        return true;
    }

    private static int PassSomeSpace(ReadOnlySpan<byte> json, int at)
    {
        while ((uint)at < (uint)json.Length && json[at] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r')
            at++;
        return at;
    }

    private static int ExponentEnd(ReadOnlySpan<byte> json, int at, ref NumberText number)
    {
        number.HasExponent = true;
        if (Is(json, at, (byte)'+') || Is(json, at, (byte)'-'))
            at++;
        var end = PassDigits(json, at, ref number.Mantissa);
        return end == at ? None : end;
    }

    /// <summary>Passes digits over. What they add to the mantissa means something for <see cref="ExactDigitsMax"/> of them only.</summary>
    private static int PassDigits(ReadOnlySpan<byte> json, int at, ref ulong mantissa)
    {
        var sum = mantissa;
        for (; (uint)at < (uint)json.Length && (uint)(json[at] - '0') <= 9; at++)
            sum = unchecked((sum * 10) + (uint)(json[at] - '0'));
        mantissa = sum;
        return at;
    }

    private static int EscapeEnd(ReadOnlySpan<byte> json, int at)
    {
        if (at + 1 >= json.Length)
            return None;
        if (json[at + 1] != 'u')
            return "\"\\/bfnrt"u8.Contains(json[at + 1]) ? at + 2 : None;
        var digits = json[(at + 2)..];
        if (digits.Length < 4)
            return None;
        foreach (var digit in digits[..4])
            if (!char.IsAsciiHexDigit((char)digit))
                return None;
        return at + 6;
    }

    private static int ObjectEnd(ReadOnlySpan<byte> json, int at, int levels, ref bool hasEscape)
    {
        at = PassSpace(json, at);
        if (Is(json, at, (byte)'}'))
            return at + 1;
        while (Is(json, at, (byte)'"'))
        {
            at = TextEnd(json, at + 1, ref hasEscape);
            if (at == None)
                return None;
            at = PassSpace(json, at + 1);
            if (!Is(json, at, (byte)':'))
                return None;
            at = ValueEnd(json, PassSpace(json, at + 1), levels, ref hasEscape);
            if (at == None)
                return None;
            at = PassSpace(json, at);
            if (!Is(json, at, (byte)','))
                return Is(json, at, (byte)'}') ? at + 1 : None;
            at = PassSpace(json, at + 1);
        }
        return None;
    }

    private static int ArrayEnd(ReadOnlySpan<byte> json, int at, int levels, ref bool hasEscape)
    {
        at = PassSpace(json, at);
        if (Is(json, at, (byte)']'))
            return at + 1;
        while (true)
        {
            at = ValueEnd(json, at, levels, ref hasEscape);
            if (at == None)
                return None;
            at = PassSpace(json, at);
            if (!Is(json, at, (byte)','))
                return Is(json, at, (byte)']') ? at + 1 : None;
            at = PassSpace(json, at + 1);
        }
    }
}

/// <summary>A number as it is written.</summary>
internal struct NumberText
{
    /// <summary>All digits as one whole number; meaningless beyond 15 digits or with an exponent.</summary>
    public ulong Mantissa;

    /// <summary>Digits before the point.</summary>
    public int Digits;

    /// <summary>Digits behind it.</summary>
    public int FractionDigits;

    public bool IsNegative;

    public bool HasExponent;
}

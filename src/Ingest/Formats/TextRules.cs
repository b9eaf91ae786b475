using System.Text;

namespace SentinelHealth.Ingest.Formats;

/// <summary>What no accepted text may hold.</summary>
internal static class TextRules
{
    /// <summary>
    /// Whether a valid UTF-8 text holds a control character (C0, DEL, C1), a line or paragraph separator or a bidirectional
    /// control: such an identifier could break a log line or look like another one on a screen.
    /// </summary>
    public static bool HasControl(ReadOnlySpan<byte> text)
    {
        var odd = text.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E);
        if (odd < 0)
            return false;
        for (var rest = text[odd..]; !rest.IsEmpty;)
        {
            Rune.DecodeFromUtf8(rest, out var rune, out var bytes);
            if (IsControl(rune.Value))
                return true;
            rest = rest[bytes..];
        }
        return false;
    }

    /// <summary>
    /// Where a JSON text escapes half of a surrogate pair alone; -1 when nowhere. JSON's grammar allows it, but it is no Unicode
    /// text: readers of the stored record would fail on it later.
    /// </summary>
    public static int UnpairedSurrogate(ReadOnlySpan<byte> json)
    {
        var at = json.IndexOf((byte)'\\');
        while (at >= 0 && at + 1 < json.Length)
        {
            var unit = EscapedUnit(json[at..]);
            var pairsUp = char.IsHighSurrogate((char)unit) && char.IsLowSurrogate((char)EscapedUnit(json[(at + 6)..]));
            if (char.IsSurrogate((char)unit) && !pairsUp)
                return at;
            var next = at + (pairsUp ? 12 : 2);
            var found = json[next..].IndexOf((byte)'\\');
            at = found < 0 ? -1 : next + found;
        }
        return -1;
    }

    private static bool IsControl(int rune) => rune is < 0x20 or (>= 0x7F and <= 0x9F)
        or (>= 0x2028 and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0x200E or 0x200F or 0x061C;

    /// <summary>The UTF-16 unit of a <c>\uXXXX</c> at the start; 0 when there is none.</summary>
    private static int EscapedUnit(ReadOnlySpan<byte> json)
    {
        if (json.Length < 6 || json[0] != '\\' || json[1] != 'u')
            return 0;
        var unit = 0;
        foreach (var digit in json[2..6])
        {
            if (!char.IsAsciiHexDigit((char)digit))
                return 0;
            unit = (unit << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }
        return unit;
    }
}

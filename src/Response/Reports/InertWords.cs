using System.Globalization;
using System.Text;

namespace SentinelHealth.Response.Reports;

/// <summary>Makes text from outside harmless to read: what is invisible or turns the direction of writing is shown by its number.</summary>
internal static class InertWords
{
    private const int LengthMax = 8_000;

    public static string Of(string text)
    {
        var shown = new StringBuilder(Math.Min(text.Length, LengthMax));
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length >= LengthMax)
                return shown.Append('…').ToString();
            if (rune.Value is '\n' or '\t')
                shown.Append(' ');
            else if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.PrivateUse or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                    || rune == Rune.ReplacementChar)
                shown.Append(CultureInfo.InvariantCulture, $"[U+{rune.Value:X4}]");
            else
                shown.Append(rune.ToString());
        }
        return shown.ToString();
    }
}

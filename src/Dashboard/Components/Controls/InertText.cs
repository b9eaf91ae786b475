using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SentinelHealth.Dashboard.Components.Controls;

/// <summary>
/// Makes text from events safe to look at. Blazor encodes markup; this shows what encoding leaves invisible:
/// direction overrides, zero-width and control characters, which could make one identifier read as another.
/// </summary>
public static class InertText
{
    /// <summary>Longest text shown in one place, in characters. What is cut is marked.</summary>
    public const int CharactersMax = 2_000;

    private const int JsonCharactersMax = 64_000;

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        // Blazor encodes what is shown; escaping here would only hide from the analyst what the event really said.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>One line of text with every invisible character written out, as in <c>⟨202E⟩</c>.</summary>
    public static string Of(string? text) => Clean(text, CharactersMax, keepsLines: false);

    /// <summary>Several lines of text, otherwise as <see cref="Of"/>.</summary>
    public static string Lines(string? text) => Clean(text, JsonCharactersMax, keepsLines: true);

    /// <summary>A raw record, indented when it is JSON and as it came when it is not.</summary>
    public static string Json(string raw)
    {
        if (raw.Length > JsonCharactersMax) return Clean(raw, JsonCharactersMax, keepsLines: true);
        try
        {
            using var document = JsonDocument.Parse(raw);
            return Clean(JsonSerializer.Serialize(document, Indented), 2 * JsonCharactersMax, keepsLines: true);
        }
        catch (JsonException)
        {
            return Clean(raw, JsonCharactersMax, keepsLines: true);
        }
    }

    private static string Clean(string? text, int charactersMax, bool keepsLines)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var shown = text.Length > charactersMax ? text[..charactersMax] : text;
        if (!shown.Any(character => IsInvisible(character, keepsLines))) return shown.Length < text.Length ? shown + "…" : shown;

        var clean = new StringBuilder(shown.Length + 16);
        foreach (var character in shown)
        {
            if (IsInvisible(character, keepsLines)) clean.Append(CultureInfo.InvariantCulture, $"⟨{(int)character:X4}⟩");
            else clean.Append(character);
        }
        return shown.Length < text.Length ? clean.Append('…').ToString() : clean.ToString();
    }

    private static bool IsInvisible(char character, bool keepsLines) =>
        !(keepsLines && character is ('\n' or '\r'))
        && char.GetUnicodeCategory(character) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}

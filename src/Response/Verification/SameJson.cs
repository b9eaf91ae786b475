using System.Globalization;
using System.Text;
using System.Text.Json;

namespace SentinelHealth.Response.Verification;

/// <summary>Whether a canonical document says the same as one in any form.</summary>
internal static class SameJson
{
    public static bool Are(StrictValue canonical, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Are(canonical, document.RootElement);
        }
        catch (JsonException)
        {
            // What is no JSON at all says nothing.
            return false;
        }
    }

    private static bool Are(StrictValue canonical, JsonElement other) => other.ValueKind switch
    {
        JsonValueKind.Object => canonical.Members is { } members && other.EnumerateObject().Count() == members.Count
            && other.EnumerateObject().All(member => members.TryGetValue(member.Name, out var value) && Are(value, member.Value)),
        JsonValueKind.Array => canonical.Items is { } items && other.GetArrayLength() == items.Count
            && other.EnumerateArray().Zip(items, (element, item) => Are(item, element)).All(isSame => isSame),
        JsonValueKind.String => canonical.Text == other.GetString(),
        JsonValueKind.Number => IsNumber(canonical)
            && double.Parse(Text(canonical), CultureInfo.InvariantCulture).Equals(other.GetDouble()),
        _ => Text(canonical) == other.GetRawText(),
    };

    private static bool IsNumber(StrictValue value) =>
        value is { Members: null, Items: null, Text: null } && (Text(value)[0] is '-' or (>= '0' and <= '9'));

    private static string Text(StrictValue value) => Encoding.UTF8.GetString(value.Bytes.Span);
}

using System.Runtime.InteropServices;
using System.Text.Json;

namespace SentinelHealth.Ingest.Formats.Records;

/// <summary>Reads members that may be missing or of another type, without throwing. Whatever is not as expected is absent.</summary>
internal static class JsonReading
{
    /// <summary>A member of an object; the undefined element when there is none.</summary>
    public static JsonElement Member(this JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) ? value : default;

    /// <summary>A member of a member.</summary>
    public static JsonElement Member(this JsonElement of, string outer, string inner) => of.Member(outer).Member(inner);

    /// <summary>A text that is not empty; null otherwise.</summary>
    public static string? Text(this JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>A member's text.</summary>
    public static string? Text(this JsonElement of, string name) => of.Member(name).Text();

    /// <summary>A text, or a number as it is written.</summary>
    public static string? TextOrNumber(this JsonElement value) =>
        value.ValueKind == JsonValueKind.Number ? value.GetRawText() : value.Text();

    /// <summary>A finite number; null otherwise.</summary>
    public static double? Number(this JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    /// <summary>A whole number; null otherwise.</summary>
    public static long? Whole(this JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    /// <summary>True or false; null otherwise.</summary>
    public static bool? Flag(this JsonElement value) =>
        value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.ValueKind == JsonValueKind.True : null;

    /// <summary>The items of an array; a value that is no array is the only item; nothing for an absent one.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray(),
        JsonValueKind.Undefined or JsonValueKind.Null => [],
        _ => [value],
    };

    /// <summary>The items of a member.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement of, string name) => of.Member(name).Items();

    /// <summary>Whether there is a value other than null.</summary>
    public static bool IsPresent(this JsonElement value) =>
        value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>The bytes as received.</summary>
    public static ReadOnlyMemory<byte> Raw(JsonElement value) => JsonMarshal.GetRawUtf8Value(value).ToArray();
}

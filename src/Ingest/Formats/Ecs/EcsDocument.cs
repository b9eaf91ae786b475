using System.Text.Json;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Ingest.Formats.Ecs;

/// <summary>
/// An ECS document's fields by their full names, however they are written: nested objects, dotted keys, or a mixture of both.
/// </summary>
internal readonly struct EcsDocument(JsonElement root)
{
    /// <summary>A field by its full name; the undefined element when it is absent. O(2^dots) member look-ups, with at most 4 dots.</summary>
    public JsonElement this[string name] => Find(root, name);

    /// <summary>A field's text, the first of several.</summary>
    public string? Text(string name) =>
        this[name].Items().Select(value => value.TextOrNumber()).FirstOrDefault(text => text is not null);

    /// <summary>The first of several fields that has a text.</summary>
    public string? FirstText(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (Text(name) is { } text)
                return text;
        return null;
    }

    /// <summary>All texts of a field that may be a list.</summary>
    public IEnumerable<string> Texts(string name) => this[name].Items().Select(value => value.Text()).OfType<string>();

    public double? Number(string name) => this[name].Number();

    /// <summary>The longest written key wins: a dotted key is the more exact statement.</summary>
    private static JsonElement Find(JsonElement within, string name)
    {
        if (within.ValueKind != JsonValueKind.Object)
            return default;
        if (within.TryGetProperty(name, out var whole))
            return whole;
        for (var dot = name.LastIndexOf('.'); dot > 0; dot = name.LastIndexOf('.', dot - 1))
        {
            var found = within.TryGetProperty(name.AsSpan(0, dot), out var outer) ? Find(outer, name[(dot + 1)..]) : default;
            if (found.ValueKind != JsonValueKind.Undefined)
                return found;
        }
        return default;
    }
}

using System.Text.Json;
using System.Text.RegularExpressions;

namespace SentinelHealth.Architecture.Tests.Helm;

/// <summary>The part of JSON Schema that the chart's schema uses.</summary>
internal static class ChartSchema
{
    /// <summary>What does not fit. Defaults need not have what whoever installs the chart must give.</summary>
    public static IEnumerable<string> Problems(JsonElement schema, object? value, bool isDefault, string path = "")
    {
        if (!Fits(schema.GetProperty("type"), value))
            return [$"{path} is no {schema.GetProperty("type")}"];
        return value switch
        {
            Dictionary<string, object?> map => OfMap(schema, map, isDefault, path),
            List<object?> list => list.SelectMany((item, i) => Problems(schema.GetProperty("items"), item, isDefault, $"{path}[{i}]")),
            string text => OfText(schema, text, isDefault, path),
            long number when schema.TryGetProperty("minimum", out var least)
                && (number < least.GetInt64() || number > schema.GetProperty("maximum").GetInt64()) => [$"{path} is out of range"],
            _ => [],
        };
    }

    /// <summary>Values that nobody explains.</summary>
    public static IEnumerable<string> Undescribed(JsonElement schema, string path)
    {
        if (!schema.TryGetProperty("description", out var said) || !said.GetString()!.EndsWith('.'))
            yield return $"{path} has no description";
        if (!schema.TryGetProperty("properties", out var properties))
            yield break;
        foreach (var problem in properties.EnumerateObject().SelectMany(property => Undescribed(property.Value, $"{path}.{property.Name}")))
            yield return problem;
    }

    private static IEnumerable<string> OfMap(JsonElement schema, Dictionary<string, object?> map, bool isDefault, string path)
    {
        var known = schema.TryGetProperty("properties", out var properties) ? properties : default;
        foreach (var (name, value) in map)
        {
            if (known.ValueKind == JsonValueKind.Object && known.TryGetProperty(name, out var property))
            {
                foreach (var problem in Problems(property, value, isDefault, $"{path}.{name}"))
                    yield return problem;
            }
            else if (schema.TryGetProperty("additionalProperties", out var more) && !Takes(more, value))
                yield return $"{path}.{name} is not known";
        }
        if (known.ValueKind != JsonValueKind.Object)
            yield break;
        foreach (var property in known.EnumerateObject().Where(property => isDefault && !map.ContainsKey(property.Name)))
            yield return $"{path}.{property.Name} has no default";
        if (schema.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray().Where(name => !map.ContainsKey(name.GetString()!)))
                yield return $"{path}.{name} is missing";
        }
    }

    private static IEnumerable<string> OfText(JsonElement schema, string text, bool isDefault, string path)
    {
        if (schema.TryGetProperty("pattern", out var pattern) && !Regex.IsMatch(text, pattern.GetString()!))
            yield return $"{path} is not written as {pattern}";
        if (schema.TryGetProperty("enum", out var choices) && choices.EnumerateArray().All(choice => choice.GetString() != text))
            yield return $"{path} is none of {choices}";
        if (!isDefault && schema.TryGetProperty("minLength", out var least) && text.Length < least.GetInt32())
            yield return $"{path} is empty";
    }

    private static bool Takes(JsonElement more, object? value) => more.ValueKind switch
    {
        JsonValueKind.False => false,
        JsonValueKind.Object => Fits(more.GetProperty("type"), value),
        _ => true,
    };

    private static bool Fits(JsonElement type, object? value) => type.ValueKind == JsonValueKind.Array
        ? type.EnumerateArray().Any(one => Fits(one, value))
        : (type.GetString(), value) is ("object", Dictionary<string, object?>) or ("array", List<object?>) or ("string", string)
            or ("integer", long) or ("boolean", bool);
}

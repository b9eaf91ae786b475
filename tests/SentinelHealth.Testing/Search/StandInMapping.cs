using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace SentinelHealth.Testing.Search;

/// <summary>Which fields an index knows, and what becomes of a document's values.</summary>
internal sealed class StandInMapping
{
    private const int TermBytesMax = 32_766;

    private static readonly Dictionary<string, string[]> Parameters = new(StringComparer.Ordinal)
    {
        ["keyword"] = ["index", "doc_values", "ignore_above"],
        ["text"] = ["index"],
        ["date"] = ["format"],
        ["double"] = [],
        ["long"] = [],
        ["boolean"] = [],
        ["ip"] = ["ignore_malformed"],
        ["binary"] = ["doc_values"],
    };

    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);
    private readonly HashSet<string> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _dynamic = new(StringComparer.Ordinal) { [""] = "true" };

    public static StandInMapping Of(IReadOnlyList<JsonElement> mappings)
    {
        var made = new StandInMapping();
        foreach (var mapping in mappings)
            made.Take("", mapping);
        return made;
    }

    /// <summary>The type of a field; empty when it is unknown.</summary>
    public string TypeOf(string path) => _fields.TryGetValue(path, out var field) ? field.GetProperty("type").GetString()! : "";

    /// <summary>Whether a field can be searched.</summary>
    public bool IsIndexed(string path) =>
        _fields.TryGetValue(path, out var field) && !(field.TryGetProperty("index", out var index) && index.ValueKind == JsonValueKind.False)
        && TypeOf(path) != "binary";

    /// <summary>What of a document can be searched, by path.</summary>
    public Dictionary<string, List<object>> Index(JsonElement document, bool isOfStream)
    {
        if (document.ValueKind != JsonValueKind.Object)
            throw Fault("document_parsing_exception", "failed to parse: a document is an object");
        var values = new Dictionary<string, List<object>>(StringComparer.Ordinal);
        Walk(document, "", values);
        if (isOfStream && (!values.TryGetValue("@timestamp", out var stamps) || stamps.Count != 1))
            throw Fault("document_parsing_exception", "data stream timestamp field [@timestamp] is missing or has several values");
        return values;
    }

    /// <summary>A date as milliseconds since 1970.</summary>
    public static double? DateOf(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number)
            return value.GetInt64();
        var text = value.GetString()!;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var ms))
            return ms;
        return DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-dd'T'HH:mm:ss.fff'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at.ToUnixTimeMilliseconds() : null;
    }

    private void Take(string path, JsonElement mapping)
    {
        StandInBodies.Only(mapping, "dynamic", "properties");
        _objects.Add(path);
        if (mapping.TryGetProperty("dynamic", out var dynamic))
            _dynamic[path] = dynamic.ToString().ToLowerInvariant();
        if (!mapping.TryGetProperty("properties", out var properties))
            return;
        foreach (var property in properties.EnumerateObject())
        {
            var child = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
            if (!property.Value.TryGetProperty("type", out var type))
            {
                Take(child, property.Value);
                continue;
            }
            if (!Parameters.TryGetValue(type.GetString()!, out var known))
                throw Fault("mapper_parsing_exception", $"No handler for type [{type}] declared on field [{child}]");
            foreach (var parameter in property.Value.EnumerateObject().Where(item => item.Name != "type" && !known.Contains(item.Name)))
                throw Fault("mapper_parsing_exception", $"unknown parameter [{parameter.Name}] on mapper [{child}] of type [{type}]");
            _fields[child] = property.Value;
        }
    }

    private void Walk(JsonElement owner, string path, Dictionary<string, List<object>> values)
    {
        foreach (var member in owner.EnumerateObject())
        {
            var child = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
            foreach (var value in member.Value.ValueKind == JsonValueKind.Array ? [.. member.Value.EnumerateArray()]
                : new[] { member.Value })
                Value(child, value, values);
        }
    }

    private void Value(string path, JsonElement value, Dictionary<string, List<object>> values)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return;
        if (!_fields.TryGetValue(path, out var field))
        {
            if (value.ValueKind == JsonValueKind.Object && IsObject(path))
                Walk(value, path, values);
            else if (DynamicOf(path) == "strict")
                throw Fault("strict_dynamic_mapping_exception", $"mapping set to strict, dynamic introduction of [{path}] is not allowed");
            else if (DynamicOf(path) == "true")
                throw Fault("illegal_argument_exception", $"the stand-in guesses no mappings: [{path}]");
            return;
        }
        if (value.ValueKind == JsonValueKind.Object)
            throw Parsing(path, value, "object where a value is expected");
        if (Converted(path, field, value) is { } converted && IsIndexed(path))
            (values.TryGetValue(path, out var list) ? list : values[path] = []).Add(converted);
    }

    private bool IsObject(string path) => _objects.Contains(path);

    private string DynamicOf(string path)
    {
        for (var owner = path; ; owner = owner.LastIndexOf('.') is > 0 and var dot ? owner[..dot] : "")
        {
            if (_dynamic.TryGetValue(owner, out var set))
                return set;
        }
    }

    private object? Converted(string path, JsonElement field, JsonElement value)
    {
        switch (TypeOf(path))
        {
            case "keyword":
                var text = value.ToString();
                if (IsIndexed(path) && Encoding.UTF8.GetByteCount(text) > TermBytesMax)
                    throw Fault("illegal_argument_exception", $"Document contains at least one immense term in field=\"{path}\" (whose UTF8 encoding is longer than the max length {TermBytesMax})");
                return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? text.ToLowerInvariant() : text;
            case "text":
                return value.ToString();
            case "date":
                return DateOf(value) ?? throw Parsing(path, value, "not a date");
            case "double" or "long":
                return value.ValueKind == JsonValueKind.Number && double.IsFinite(value.GetDouble()) ? value.GetDouble() : throw Parsing(path, value, "not a number");
            case "boolean":
                return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Parsing(path, value, "not a boolean");
            case "ip":
                if (IPAddress.TryParse(value.ToString(), out var address))
                    return address.ToString();
                return field.TryGetProperty("ignore_malformed", out var ignore) && ignore.GetBoolean() ? null : throw Parsing(path, value, "not an IP string literal");
            default:
                return value.TryGetBytesFromBase64(out _) ? null : throw Parsing(path, value, "not Base64");
        }
    }

    private StandInException Parsing(string path, JsonElement value, string why) => Fault("document_parsing_exception",
        $"failed to parse field [{path}] of type [{TypeOf(path)}] in document: {why}. Preview of field's value: '{value}'");

    private static StandInException Fault(string type, string reason) => new(400, type, reason);
}

using System.Text.Json;
using System.Text.Json.Nodes;

namespace SentinelHealth.Detection.Rules.Sigma.Fields;

/// <summary>Moves what stands in lists of names and values below its name, so that rules can name it by a path.</summary>
/// <remarks>
/// Windows exporters write <c>"Data": [{"@Name": "Image", "#text": "…"}]</c>, FHIR <c>"extension": [{"url": "…", "valueString": "…"}]</c>. Values
/// of one name become a list. Costs a tree of the record, so only records that hold one of these names are moved.
/// </remarks>
internal static class NamedItems
{
    private const int DepthMax = SigmaRecord.DepthMax;
    private static readonly string[] Lists = ["Data", "extension", "modifierExtension", "detail"];
    private static readonly string[] Names = ["@Name", "Name", "#attributes", "url", "type"];
    private static readonly string[] Values = ["#text", "$text", "_", "text", "Value", "value"];

    public static bool AreLikelyIn(ReadOnlySpan<byte> json, SigmaFieldMap map) =>
        map == SigmaFieldMap.Windows ? json.IndexOf("\"Data\""u8) >= 0 || json.IndexOf("\"Payload\""u8) >= 0 : map == SigmaFieldMap.Fhir;

    /// <exception cref="JsonException">The record is no JSON.</exception>
    public static byte[] Move(ReadOnlyMemory<byte> json, SigmaFieldMap map)
    {
        var options = new JsonDocumentOptions { MaxDepth = DepthMax };
        if (JsonNode.Parse(json.Span, documentOptions: options) is not JsonObject record)
            return json.ToArray();
        try
        {
            if (map == SigmaFieldMap.Fhir)
                AddParties(record);
            else
                OpenPayload(record, options);
            Move(record);
        }
        catch (ArgumentException fault)
        {
            // A tree finds members that stand there twice when it is first asked for one.
            throw new JsonException("A member stands there twice.", fault);
        }
        return JsonSerializer.SerializeToUtf8Bytes(record);
    }

    private static void Move(JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
                Move(item);
        }
        if (node is not JsonObject parent)
            return;
        foreach (var (name, value) in parent.ToList())
        {
            Move(value);
            if (Lists.Contains(name) && value is JsonArray items && ByName(items) is { } moved)
                parent[name] = moved;
        }
    }

    /// <summary>The values by their names; null when the items have none.</summary>
    private static JsonObject? ByName(JsonArray items)
    {
        var moved = new JsonObject();
        foreach (var item in items.OfType<JsonObject>())
        {
            if (NameOf(item) is not { } name)
                return null;
            if (!moved.TryGetPropertyValue(name, out var values))
                moved[name] = values = new JsonArray();
            values!.AsArray().Add(ValueOf(item)?.DeepClone());
        }
        return moved.Count > 0 ? moved : null;
    }

    private static string? NameOf(JsonObject item)
    {
        foreach (var name in Names)
        {
            var found = item[name] is JsonObject attributes ? attributes["Name"] : item[name];
            if (found is JsonValue text && text.TryGetValue<string>(out var value) && value.Length > 0)
                return value;
        }
        return null;
    }

    /// <summary>FHIR names a value after its type; what has none holds extensions of its own.</summary>
    private static JsonNode? ValueOf(JsonObject item)
    {
        foreach (var (name, value) in item)
        {
            if (Values.Contains(name) || (name.StartsWith("value", StringComparison.Ordinal) && name.Length > 5))
                return value;
        }
        return item["extension"];
    }

    /// <summary>The exporter writes the event's data as JSON within a text.</summary>
    private static void OpenPayload(JsonObject record, JsonDocumentOptions options)
    {
        if (record["Payload"] is JsonValue payload && payload.TryGetValue<string>(out var text) && text.StartsWith('{'))
            record["Payload"] = JsonNode.Parse(text, documentOptions: options);
    }

    private static void AddParties(JsonObject record)
    {
        if (record["agent"] is JsonArray agents
            && agents.OfType<JsonObject>().FirstOrDefault(agent => agent["requestor"] is JsonValue asked && asked.TryGetValue<bool>(out var yes) && yes)
                is { } requestor)
            record[FhirFields.Requestor] = requestor.DeepClone();
        if (record["entity"] is JsonArray entities && !record.ContainsKey(FhirFields.Patient)
            && entities.OfType<JsonObject>().FirstOrDefault(IsPatient) is { } patient)
            record[FhirFields.Patient] = patient.DeepClone();
    }

    private static bool IsPatient(JsonObject entity) =>
        entity["what"] is JsonObject what && what["reference"] is JsonValue reference && reference.TryGetValue<string>(out var text)
        && (text.StartsWith("Patient/", StringComparison.Ordinal) || text.Contains("/Patient/", StringComparison.Ordinal));
}

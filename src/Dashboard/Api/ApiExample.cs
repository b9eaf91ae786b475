using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace SentinelHealth.Dashboard.Api;

/// <summary>An example of a body from its schema: names that are known have values as they occur, others have plain ones.</summary>
internal static class ApiExample
{
    private const int DepthMax = 8;

    private static readonly Dictionary<string, string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["id"] = "a-7c1f",
        ["key"] = "0x5f1c9e",
        ["incidentId"] = "i-20261102-1",
        ["name"] = "on-call",
        ["role"] = "responder",
        ["by"] = "ann",
        ["reason"] = "The hospital asked for it.",
        ["note"] = "Looked at with the ward.",
        ["title"] = "Accesses without consent",
        ["detail"] = "Done.",
        ["source"] = "consent.missing",
        ["subject"] = "patient:9f3c",
        ["organization"] = "hospital-a",
        ["organizations"] = "hospital-a",
        ["scopes"] = "View",
        ["sha256"] = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        ["next"] = "20261102T081403Z.a-7c1f",
        ["link"] = "https://monitor.example/invitation?token=…",
        ["secret"] = "sentinel_…",
        ["eventIds"] = "0x5f1c:3",
        ["address"] = "10.1.2.3",
    };

    public static JsonNode? Of(IOpenApiSchema schema) => Of(schema, "", 0);

    private static JsonNode? Of(IOpenApiSchema schema, string name, int depth)
    {
        var choice = schema.Enum?.FirstOrDefault(value => value is not null);
        if ((schema.Examples?.FirstOrDefault() ?? schema.Default ?? choice) is { } given)
            return given.DeepClone();
        if (depth > DepthMax)
            return null;
        if ((schema.OneOf ?? schema.AnyOf)?.FirstOrDefault(one => one.Type != JsonSchemaType.Null) is { } chosen)
            return Of(chosen, name, depth + 1);
        if (schema.Properties is { Count: > 0 } || Is(schema, JsonSchemaType.Object))
            return ObjectOf(schema, depth);
        if (Is(schema, JsonSchemaType.Array))
            return schema.Items is { } items && Of(items, name, depth + 1) is { } item ? new JsonArray(item) : new JsonArray();
        if (Is(schema, JsonSchemaType.Integer))
            return JsonValue.Create(1);
        if (Is(schema, JsonSchemaType.Number))
            return JsonValue.Create(0.93);
        if (Is(schema, JsonSchemaType.Boolean))
            return JsonValue.Create(false);
        return Is(schema, JsonSchemaType.String) ? JsonValue.Create(TextOf(schema, name)) : new JsonObject();
    }

    private static JsonObject ObjectOf(IOpenApiSchema schema, int depth)
    {
        var example = new JsonObject();
        foreach (var (name, property) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
            example[name] = Of(property, name, depth + 1);
        if (schema.Properties is not { Count: > 0 } && schema.AdditionalProperties is { } values)
            example["hospital-a"] = Of(values, "", depth + 1);
        return example;
    }

    private static string TextOf(IOpenApiSchema schema, string name) =>
        Known.TryGetValue(name, out var known) ? known
        : schema.Format == "date-time" || name.EndsWith("At", StringComparison.Ordinal) ? "2026-11-02T08:14:03Z"
        : schema.Format == "uri" ? "https://monitor.example/"
        : schema.Pattern is not null || name is "ttl" or "after" ? "01:00:00"
        : "text";

    /// <summary>Types are flags: what may be null is both.</summary>
    private static bool Is(IOpenApiSchema schema, JsonSchemaType type) => schema.Type is { } types && (types & type) == type;
}

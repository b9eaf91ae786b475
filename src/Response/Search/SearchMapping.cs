using System.Text.Json.Nodes;
using SentinelHealth.Detection.Rules.Sigma.Fields;

namespace SentinelHealth.Response.Search;

/// <summary>
/// Where each field of a hunt is in a document, and what the engine is to make of it. Names are those of the Elastic Common Schema where
/// it has one for the same thing; the rest is below <c>SentinelHealth</c>, the names being those of the taxonomy.
/// </summary>
internal static class SearchMapping
{
    /// <summary>Grows with each change of a mapping, setting or policy. A later one in the engine is left alone.</summary>
    public const int Version = 1;

    public const string Own = "SentinelHealth", Timestamp = "@timestamp", IdKey = Own + ".id_key", Original = "event.original",
        OriginalBytes = Own + ".original_bytes", Args = Own + ".args", At = Own + ".at";

    /// <summary>Longest text the engine indexes as one term, in bytes of UTF-8.</summary>
    public const int TermBytesMax = 32_766;

    private static readonly Dictionary<string, string> Common = new(StringComparer.Ordinal)
    {
        ["event_id"] = "event.id",
        ["node"] = "observer.name",
        ["actor_id"] = "user.id",
        ["role"] = "user.roles",
        ["organization"] = "organization.id",
        ["device"] = "device.id",
        ["country"] = "source.geo.country_iso_code",
        // Times of hunts are finer than the millisecond of @timestamp.
        [SentinelFields.Time] = At,
    };

    /// <summary>The path of a field of hunts, other than members of <c>args</c>.</summary>
    public static string PathOf(string field) => Common.TryGetValue(field, out var path) ? path : $"{Own}.{field}";

    /// <summary>The mapping of an event.</summary>
    public static JsonObject Events()
    {
        var root = Root();
        foreach (var field in SentinelFields.All)
            Add(root, PathOf(field.Name), field switch
            {
                { Name: SentinelFields.Time } or { Number: not null } => "double",
                { Name: SentinelFields.DeviceAttested } => "boolean",
                _ => "keyword",
            });
        foreach (var path in (string[])["event.kind", "event.module", "event.dataset", "event.action", "event.category", "event.type", "event.outcome", IdKey, Args])
            Add(root, path, "keyword");
        Add(root, Timestamp, "date");
        Add(root, "source.ip", "ip")["ignore_malformed"] = true;
        Add(root, Own + ".args_left_out", "long");
        NotIndexed(Add(root, Original, "keyword"));
        NotIndexed(Add(root, OriginalBytes, "binary"));
        return root;
    }

    /// <summary>The mapping of an alert with where people stand with it.</summary>
    public static JsonObject Alerts()
    {
        var root = Root();
        foreach (var path in (string[])
            [
                "event.kind", "event.category", "event.type", "event.id", "event.module", "event.dataset", "rule.id", "rule.name", "rule.category",
                "threat.framework", "threat.technique.id", "related.user", "tags", "kibana.alert.uuid", "kibana.alert.severity",
                "kibana.alert.workflow_status", "kibana.alert.workflow_reason", "kibana.alert.workflow_assignee_ids", "kibana.alert.rule.name",
                Own + ".incident_id", Own + ".event_ids", Own + ".about.type", Own + ".about.id", Own + ".entities", Own + ".status",
                Own + ".close_reason", Own + ".suppression_id",
            ])
            Add(root, path, "keyword");
        foreach (var path in (string[])["message", "event.reason", "kibana.alert.reason"])
            Add(root, path, "text");
        foreach (var path in (string[])["event.risk_score", "event.risk_score_norm", "kibana.alert.risk_score"])
            Add(root, path, "double");
        foreach (var path in (string[])["event.severity", Own + ".revision", Own + ".note_count", Own + ".event_count"])
            Add(root, path, "long");
        Add(root, Timestamp, "date");
        Add(root, Own + ".changed_at", "date");
        Add(root, Own + ".is_break_glass", "boolean");
        return root;
    }

    /// <summary>Others may add fields on the way, and they stay unindexed; below our own name an unknown one is a fault.</summary>
    private static JsonObject Root()
    {
        var root = new JsonObject { ["dynamic"] = false, ["properties"] = new JsonObject() };
        Add(root, "ecs.version", "keyword");
        Child(root, Own)["dynamic"] = "strict";
        return root;
    }

    private static JsonObject Add(JsonObject root, string path, string type)
    {
        var names = path.Split('.');
        var owner = names.SkipLast(1).Aggregate(root, Child);
        var field = new JsonObject { ["type"] = type };
        owner["properties"]!.AsObject()[names[^1]] = field;
        return field;
    }

    private static JsonObject Child(JsonObject owner, string name)
    {
        var properties = owner["properties"]!.AsObject();
        if (properties[name] is not JsonObject child)
            properties[name] = child = new JsonObject { ["properties"] = new JsonObject() };
        return child;
    }

    private static void NotIndexed(JsonObject field)
    {
        if (field["type"]!.GetValue<string>() == "keyword")
            field["index"] = false;
        field["doc_values"] = false;
    }
}

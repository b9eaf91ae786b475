using System.Globalization;
using System.Text.Json.Nodes;

namespace SentinelHealth.Response.Search;

/// <summary>Bodies of policies and templates. Pure.</summary>
internal static class SearchIndexes
{
    // Above the engine's own templates for names like logs-…, which have 100 and would add mappings of theirs.
    private const int Priority = 501;

    /// <summary>Half of a template.</summary>
    public static JsonObject Component(string part, JsonObject body) => new()
    {
        ["template"] = new JsonObject { [part] = body },
        ["version"] = SearchMapping.Version,
        ["_meta"] = Meta(),
    };

    /// <summary>The template of the events' data stream, or of the alerts' index.</summary>
    public static JsonObject Template(SearchNames names, string name)
    {
        var isStream = name == names.Events;
        var template = new JsonObject
        {
            ["index_patterns"] = new JsonArray(isStream ? name : name + "-*"),
            ["composed_of"] = new JsonArray(SearchNames.Mappings(name), SearchNames.Settings(name)),
            ["priority"] = Priority,
            ["version"] = SearchMapping.Version,
            ["_meta"] = Meta(),
        };
        if (isStream)
            template["data_stream"] = new JsonObject();
        return template;
    }

    public static JsonObject EventSettings(SearchOptions options)
    {
        var settings = Settings(options.Shards, options.Replicas);
        if (options.Kind == SearchEngineKind.Elasticsearch)
            settings["index.lifecycle.name"] = new SearchNames(options.IndexPrefix).Events;
        return settings;
    }

    /// <summary>Alerts are few; one shard keeps them together.</summary>
    public static JsonObject AlertSettings(SearchOptions options) => Settings(1, options.Replicas);

    /// <summary>Elasticsearch: a new index a day or at 50 GB a shard, the old one deleted after its time.</summary>
    public static JsonObject Lifecycle(SearchOptions options) => new()
    {
        ["policy"] = new JsonObject
        {
            ["_meta"] = Meta(),
            ["phases"] = new JsonObject
            {
                ["hot"] = Phase("0ms", "rollover", new JsonObject { ["max_age"] = "1d", ["max_primary_shard_size"] = "50gb" }),
                ["delete"] = Phase(Days(options), "delete", new JsonObject()),
            },
        },
    };

    /// <summary>OpenSearch: the same as states and what leads from one to the next.</summary>
    public static JsonObject StatePolicy(SearchOptions options, SearchNames names) => new()
    {
        ["policy"] = new JsonObject
        {
            ["description"] = $"SentinelHealth events, version {SearchMapping.Version}, kept {Days(options)} after rollover",
            ["default_state"] = "hot",
            ["states"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = "hot",
                    ["actions"] = new JsonArray(new JsonObject
                    {
                        ["rollover"] = new JsonObject { ["min_index_age"] = "1d", ["min_primary_shard_size"] = "50gb" },
                    }),
                    ["transitions"] = new JsonArray(new JsonObject
                    {
                        ["state_name"] = "delete",
                        ["conditions"] = new JsonObject { ["min_rollover_age"] = Days(options) },
                    }),
                },
                new JsonObject
                {
                    ["name"] = "delete",
                    ["actions"] = new JsonArray(new JsonObject { ["delete"] = new JsonObject() }),
                    ["transitions"] = new JsonArray(),
                }),
            ["ism_template"] = new JsonArray(new JsonObject
            {
                // A data stream's indexes have names of the engine's making.
                ["index_patterns"] = new JsonArray(names.Events, $".ds-{names.Events}-*"),
                ["priority"] = Priority,
            }),
        },
    };

    private static JsonObject Settings(int shards, int replicas) =>
        new() { ["index.number_of_shards"] = shards, ["index.number_of_replicas"] = replicas };

    private static JsonObject Phase(string minAge, string action, JsonObject body) =>
        new() { ["min_age"] = minAge, ["actions"] = new JsonObject { [action] = body } };

    private static string Days(SearchOptions options) => options.RetentionDays.ToString(CultureInfo.InvariantCulture) + "d";

    private static JsonObject Meta() => new() { ["managed_by"] = "sentinelhealth" };
}

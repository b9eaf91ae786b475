using System.Text.Json;

namespace SentinelHealth.Testing.Search;

/// <summary>Checks bodies of policies and templates as the engine would.</summary>
internal static class StandInBodies
{
    public static JsonElement Lifecycle(JsonElement body)
    {
        Only(body, "policy");
        var policy = body.GetProperty("policy");
        Only(policy, "phases", "_meta");
        foreach (var phase in policy.GetProperty("phases").EnumerateObject())
        {
            if (phase.Name is not ("hot" or "warm" or "cold" or "frozen" or "delete"))
                throw new StandInException(400, "x_content_parse_exception", $"unknown phase [{phase.Name}]");
            Only(phase.Value, "min_age", "actions");
            foreach (var action in phase.Value.GetProperty("actions").EnumerateObject())
            {
                if (action.Name is not ("rollover" or "delete" or "forcemerge"))
                    throw new StandInException(400, "x_content_parse_exception", $"unknown action [{action.Name}]");
                if (action.Name == "rollover" && !action.Value.EnumerateObject().Any(item => item.Name.StartsWith("max_", StringComparison.Ordinal)))
                    throw new StandInException(400, "illegal_argument_exception", "At least one max_* rollover condition must be set.");
            }
        }
        return body;
    }

    public static JsonElement StatePolicy(JsonElement body)
    {
        Only(body, "policy");
        var policy = body.GetProperty("policy");
        Only(policy, "description", "default_state", "states", "ism_template");
        var names = policy.GetProperty("states").EnumerateArray().Select(state => state.GetProperty("name").GetString()).ToHashSet();
        var targets = policy.GetProperty("states").EnumerateArray().SelectMany(state => state.GetProperty("transitions").EnumerateArray())
            .Select(transition => transition.GetProperty("state_name").GetString()).Append(policy.GetProperty("default_state").GetString());
        return targets.All(names.Contains) ? body : throw new StandInException(400, "illegal_argument_exception", "Policy names a state that it does not have.");
    }

    public static JsonElement Component(JsonElement body, bool isOpenSearch)
    {
        Only(body, "template", "version", "_meta");
        var template = body.GetProperty("template");
        Only(template, "mappings", "settings", "aliases");
        if (template.TryGetProperty("mappings", out var mappings))
            StandInMapping.Of([mappings]);
        if (template.TryGetProperty("settings", out var settings))
        {
            foreach (var setting in settings.EnumerateObject())
            {
                if (setting.Name is not ("index.number_of_shards" or "index.number_of_replicas")
                    && (setting.Name != "index.lifecycle.name" || isOpenSearch))
                    throw new StandInException(400, "illegal_argument_exception", $"unknown setting [{setting.Name}]");
            }
        }
        return body;
    }

    public static JsonElement Template(StandInState state, JsonElement body)
    {
        Only(body, "index_patterns", "composed_of", "priority", "version", "_meta", "data_stream", "template");
        foreach (var component in body.GetProperty("composed_of").EnumerateArray().Select(name => name.GetString()!))
        {
            if (!state.Components.ContainsKey(component))
                throw new StandInException(400, "invalid_index_template_exception", $"component templates [{component}] that do not exist");
        }
        return body;
    }

    public static void Only(JsonElement body, params string[] names)
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw new StandInException(400, "x_content_parse_exception", "expected an object");
        foreach (var item in body.EnumerateObject().Where(item => !names.Contains(item.Name)))
            throw new StandInException(400, "x_content_parse_exception", $"unknown field [{item.Name}]");
    }
}

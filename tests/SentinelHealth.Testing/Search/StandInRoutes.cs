using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace SentinelHealth.Testing.Search;

/// <summary>Which request does what.</summary>
internal static class StandInRoutes
{
    public static StandInAnswer Answer(StandInState state, string method, string path, IQueryCollection query, byte[] body)
    {
        try
        {
            var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
            return (method, parts) switch
            {
                ("GET", []) => Root(state),
                ("PUT", ["_ilm", "policy", var name]) when !state.IsOpenSearch => Done(() => state.Policies[name] = StandInBodies.Lifecycle(Json(body))),
                ("GET", ["_plugins", "_ism", "policies", var name]) when state.IsOpenSearch => StatePolicy(state, name),
                ("PUT", ["_plugins", "_ism", "policies", var name]) when state.IsOpenSearch => PutStatePolicy(state, name, query, Json(body)),
                ("PUT", ["_component_template", var name]) => Done(() => state.Components[name] = StandInBodies.Component(Json(body), state.IsOpenSearch)),
                ("PUT", ["_index_template", var name]) => Done(() => state.Templates[name] = StandInBodies.Template(state, Json(body))),
                ("GET", ["_index_template", var name]) => Template(state, name),
                ("PUT", ["_data_stream", var name]) => Done(() => state.CreateStream(name)),
                ("GET", ["_data_stream", var name]) => Stream(state, name),
                ("GET", ["_alias", var name]) => Alias(state, name),
                ("POST", ["_bulk"]) => StandInBulk.Answer(state, body, query.ContainsKey("filter_path")),
                ("POST", ["_search"]) => StandInSearch.Answer(state, Json(body)),
                ("POST", [var index, "_pit"]) when !state.IsOpenSearch => new StandInAnswer(200, new JsonObject { ["id"] = state.OpenView(index, query) }),
                ("DELETE", ["_pit"]) when !state.IsOpenSearch => CloseViews(state, [Text(Json(body), "id")]),
                ("POST", [var index, "_search", "point_in_time"]) when state.IsOpenSearch =>
                    new StandInAnswer(200, new JsonObject { ["pit_id"] = state.OpenView(index, query), ["creation_time"] = 0 }),
                ("DELETE", ["_search", "point_in_time"]) when state.IsOpenSearch =>
                    CloseViews(state, [.. Json(body).GetProperty("pit_id").EnumerateArray().Select(id => id.GetString()!)]),
                ("POST", [var index, "_refresh"]) => Done(() => state.Refresh(index)),
                ("POST", [var index, "_rollover"]) => Done(() => state.Rollover(index)),
                ("POST", [var index, "_delete_by_query"]) => Delete(state, index, query, Json(body)),
                ("PUT", [var index]) when index[0] != '_' => Done(() => state.CreateIndex(index, Json(body))),
                _ => StandInAnswer.Error(400, "illegal_argument_exception", $"no handler found for uri [{path}] and method [{method}]"),
            };
        }
        catch (StandInException refused)
        {
            return refused.Answer;
        }
    }

    public static JsonElement Json(byte[] body)
    {
        try
        {
            return JsonElement.Parse(body);
        }
        catch (JsonException fault)
        {
            throw new StandInException(400, "parse_exception", "request body is required, and is not JSON: " + fault.Message);
        }
    }

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;

    private static StandInAnswer Done(Action act)
    {
        act();
        return StandInAnswer.Good();
    }

    private static StandInAnswer Root(StandInState state)
    {
        var version = new JsonObject { ["number"] = state.IsOpenSearch ? "3.1.0" : "9.2.0" };
        if (state.IsOpenSearch)
            version["distribution"] = "opensearch";
        return StandInAnswer.Good(new JsonObject { ["cluster_name"] = "stand-in", ["version"] = version });
    }

    private static StandInAnswer Template(StandInState state, string name) => state.Templates.TryGetValue(name, out var template)
        ? StandInAnswer.Good(new JsonObject
        {
            ["index_templates"] = new JsonArray(new JsonObject { ["name"] = name, ["index_template"] = JsonNode.Parse(template.GetRawText()) }),
        })
        : StandInAnswer.Error(404, "resource_not_found_exception", $"index template matching [{name}] not found");

    private static StandInAnswer Stream(StandInState state, string name) => state.Streams.TryGetValue(name, out var stream)
        ? StandInAnswer.Good(new JsonObject
        {
            ["data_streams"] = new JsonArray(new JsonObject { ["name"] = name, ["generation"] = stream.Count }),
        })
        : StandInAnswer.Error(404, "index_not_found_exception", $"no such index [{name}]");

    private static StandInAnswer Alias(StandInState state, string name) => state.Aliases.TryGetValue(name, out var index)
        ? StandInAnswer.Good(new JsonObject { [index] = new JsonObject { ["aliases"] = new JsonObject { [name] = new JsonObject() } } })
        : new StandInAnswer(404, new JsonObject { ["error"] = $"alias [{name}] missing", ["status"] = 404 });

    private static StandInAnswer StatePolicy(StandInState state, string name) => state.Policies.TryGetValue(name, out var policy)
        ? StandInAnswer.Good(new JsonObject
        {
            ["_id"] = name,
            ["_seq_no"] = state.PolicyNumbers[name],
            ["_primary_term"] = 1,
            ["policy"] = JsonNode.Parse(policy.GetProperty("policy").GetRawText()),
        })
        : StandInAnswer.Error(404, "status_exception", "Policy not found");

    private static StandInAnswer PutStatePolicy(StandInState state, string name, IQueryCollection query, JsonElement body)
    {
        var isKnown = state.PolicyNumbers.TryGetValue(name, out var number);
        var isAgreed = query["if_seq_no"] == number.ToString(CultureInfo.InvariantCulture) && query["if_primary_term"] == "1";
        if (isKnown && !isAgreed)
            return StandInAnswer.Error(409, "version_conflict_engine_exception", $"[{name}]: version conflict, document already exists");
        state.Policies[name] = StandInBodies.StatePolicy(body);
        state.PolicyNumbers[name] = number + 7;
        return new StandInAnswer(isKnown ? 200 : 201, new JsonObject { ["_id"] = name });
    }

    private static StandInAnswer CloseViews(StandInState state, IReadOnlyList<string> ids) =>
        StandInAnswer.Good(new JsonObject { ["succeeded"] = true, ["num_freed"] = ids.Count(state.Views.Remove) });

    private static StandInAnswer Delete(StandInState state, string name, IQueryCollection query, JsonElement body)
    {
        var (deleted, fits) = (0, StandInQuery.Compile(body.GetProperty("query")));
        foreach (var index in state.Indexes(name))
        {
            // As the engine: what was not refreshed is not seen.
            var found = index.Documents.Values.Where(document => document.IsVisible && fits(document, index)).ToList();
            deleted += found.Count(document => index.Documents.Remove(document.Id));
        }
        if (query["refresh"] == "true")
            state.Refresh(name);
        return StandInAnswer.Good(new JsonObject
        {
            ["timed_out"] = false,
            ["deleted"] = deleted,
            ["version_conflicts"] = 0,
            ["failures"] = new JsonArray(),
        });
    }
}

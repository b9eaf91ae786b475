using System.Text.Json;
using System.Text.Json.Nodes;

namespace SentinelHealth.Testing.Search;

/// <summary>Bulk requests: the whole is refused when its shape is wrong, else each document gets an answer of its own.</summary>
internal static class StandInBulk
{
    public static StandInAnswer Answer(StandInState state, byte[] body, bool isFiltered)
    {
        if (body.Length == 0 || body[^1] != (byte)'\n')
            return StandInAnswer.Error(400, "illegal_argument_exception", "The bulk request must be terminated by a newline [\\n]");
        var lines = Lines(body);
        if (lines.Count % 2 != 0)
            return StandInAnswer.Error(400, "illegal_argument_exception", "an action has no document");
        var (items, isWrong) = (new JsonArray(), false);
        for (var i = 0; i < lines.Count; i += 2)
        {
            var action = StandInRoutes.Json(lines[i].ToArray()).EnumerateObject().Single();
            if (action.Name is not ("create" or "index"))
                return StandInAnswer.Error(400, "illegal_argument_exception", $"Malformed action/metadata line [{i + 1}], unknown action [{action.Name}]");
            var item = Item(state, action.Name, action.Value, lines[i + 1], isFiltered);
            isWrong |= item.ContainsKey("error");
            items.Add(new JsonObject { [action.Name] = item });
        }
        return StandInAnswer.Good(new JsonObject { ["errors"] = isWrong, ["items"] = items });
    }

    private static JsonObject Item(StandInState state, string action, JsonElement meta, ReadOnlyMemory<byte> document,
        bool isFiltered)
    {
        state.ItemCount++;
        var answer = new JsonObject();
        if (!isFiltered)
            (answer["_index"], answer["_id"]) = (meta.GetProperty("_index").GetString(), meta.GetProperty("_id").GetString());
        try
        {
            answer["status"] = Write(state, action, meta, document);
        }
        catch (StandInException refused)
        {
            answer["status"] = refused.Status;
            answer["error"] = new JsonObject { ["type"] = refused.Type, ["reason"] = refused.Message };
        }
        return answer;
    }

    private static int Write(StandInState state, string action, JsonElement meta, ReadOnlyMemory<byte> body)
    {
        var (name, id) = (meta.GetProperty("_index").GetString()!, meta.GetProperty("_id").GetString()!);
        if (id.Length is 0 or > 512)
            throw new StandInException(400, "illegal_argument_exception", "id is too long, must be no longer than 512 bytes");
        if (state.RefuseItem?.Invoke(id) is { } refusal)
            throw new StandInException(refusal.Status, refusal.Type, refusal.Reason);
        var mustBeAlias = meta.TryGetProperty("require_alias", out var required) && required.GetBoolean();
        if (mustBeAlias && !state.Aliases.ContainsKey(name))
            throw new StandInException(404, "index_not_found_exception", $"no such index [{name}] and [require_alias] request flag is [true] and [{name}] is not an alias");
        var index = state.Target(name) ?? throw new StandInException(404, "index_not_found_exception", $"no such index [{name}]");
        var isStream = state.Streams.ContainsKey(name);
        if (isStream && action != "create")
            throw new StandInException(400, "illegal_argument_exception", "only write ops with an op_type of create are allowed in data streams");
        var known = index.Documents.TryGetValue(id, out var before);
        var version = VersionOf(action, meta, id, before);
        var source = Source(body);
        index.Documents[id] = new StandInDocument
        {
            Id = id,
            Version = version,
            Source = source,
            Values = index.Mapping.Index(source, isStream),
            Place =
                state.NextPlace(),
        };
        return known ? 200 : 201;
    }

    private static long VersionOf(string action, JsonElement meta, string id, StandInDocument? before)
    {
        if (action == "create")
            return before is null ? 1
                : throw new StandInException(409, "version_conflict_engine_exception", $"[{id}]: version conflict, document already exists (current version [{before.Version}])");
        if (!meta.TryGetProperty("version", out var given))
            return (before?.Version ?? 0) + 1;
        if (meta.GetProperty("version_type").GetString() != "external")
            throw new StandInException(400, "action_request_validation_exception", "internal versioning can not be used for optimistic concurrency control");
        return before is null || given.GetInt64() > before.Version ? given.GetInt64()
            : throw new StandInException(409, "version_conflict_engine_exception", $"[{id}]: version conflict, current version [{before.Version}] is higher or equal to the one provided [{given}]");
    }

    private static JsonElement Source(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonElement.Parse(body.Span);
        }
        catch (JsonException)
        {
            throw new StandInException(400, "document_parsing_exception", "failed to parse");
        }
    }

    private static List<ReadOnlyMemory<byte>> Lines(byte[] body)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        for (var at = 0; at < body.Length;)
        {
            var end = Array.IndexOf(body, (byte)'\n', at);
            if (end > at)
                lines.Add(body.AsMemory(at, end - at));
            at = end + 1;
        }
        return lines;
    }
}

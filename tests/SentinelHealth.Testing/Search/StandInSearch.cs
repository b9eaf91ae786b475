using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Found = (SentinelHealth.Testing.Search.StandInDocument Document, SentinelHealth.Testing.Search.StandInIndex Index);

namespace SentinelHealth.Testing.Search;

/// <summary>Searches within a view.</summary>
internal static class StandInSearch
{
    private const int WindowMax = 10_000;

    public static StandInAnswer Answer(StandInState state, JsonElement body)
    {
        StandInBodies.Only(body, "size", "track_total_hits", "timeout", "query", "post_filter", "sort", "search_after", "_source", "aggs", "pit");
        var pit = body.GetProperty("pit");
        if (!state.Views.Remove(pit.GetProperty("id").GetString()!, out var view))
            return Gone();
        var size = body.TryGetProperty("size", out var asked) ? asked.GetInt32() : 10;
        if (size > WindowMax)
            throw new StandInException(400, "illegal_argument_exception", $"Result window is too large, from + size must be less than or equal to: [{WindowMax}]");
        var seen = view.Where(item => !state.FailedShards.Contains(state.ShardOf(item.Document))).ToList();
        var found = Fitting(body, "query", seen);
        var shown = Fitting(body, "post_filter", found);
        var hits = new JsonObject { ["hits"] = Hits(state, body, shown, size) };
        if (!body.TryGetProperty("track_total_hits", out var tracked) || tracked.GetBoolean())
            hits["total"] = new JsonObject { ["value"] = shown.Count, ["relation"] = "eq" };
        var answer = new JsonObject
        {
            ["timed_out"] = state.TimesOut,
            ["_shards"] = new JsonObject { ["total"] = state.Shards, ["failed"] = state.FailedShards.Count },
            ["hits"] = hits,
            ["pit_id"] = state.Renamed(view),
        };
        if (body.TryGetProperty("aggs", out var aggregations))
            answer["aggregations"] = StandInAggregations.Of(aggregations, found);
        return StandInAnswer.Good(answer);
    }

    private static List<Found> Fitting(JsonElement body, string name, List<Found> among)
    {
        if (!body.TryGetProperty(name, out var query))
            return among;
        var fits = StandInQuery.Compile(query);
        return [.. among.Where(item => fits(item.Document, item.Index))];
    }

    private static StandInAnswer Gone() => new(404, new JsonObject
    {
        ["error"] = new JsonObject
        {
            ["type"] = "search_phase_execution_exception",
            ["reason"] = "all shards failed",
            ["caused_by"] = new JsonObject { ["type"] = "search_context_missing_exception", ["reason"] = "No search context found for id [1]" },
        },
        ["status"] = 404,
    });

    private static JsonArray Hits(StandInState state, JsonElement body, List<Found> shown, int size)
    {
        var keys = body.TryGetProperty("sort", out var sort) ? sort.EnumerateArray().Select(key => key.EnumerateObject().Single())
            .Select(key => (key.Name, IsFalling: key.Value.GetString() == "desc")).ToList() : [];
        if (state.IsOpenSearch && keys.Exists(key => key.Name == "_shard_doc"))
            throw new StandInException(400, "query_shard_exception", "No mapping found for [_shard_doc] in order to sort on");
        var rows = shown.Select(item =>
            (Item: item, Sort: keys.Select(key => SortOf(state, item.Document, key.Name)).ToList())).ToList();
        var order = Comparer<List<object>>.Create((left, right) => Compare(left, right, keys));
        rows.Sort((left, right) => order.Compare(left.Sort, right.Sort));
        if (body.TryGetProperty("search_after", out var after))
        {
            if (after.GetArrayLength() != keys.Count)
                throw new StandInException(400, "illegal_argument_exception", $"search_after has {after.GetArrayLength()} value(s) but sort has {keys.Count}.");
            List<object> place = [.. after.EnumerateArray().Select(value =>
                value.ValueKind == JsonValueKind.String ? (object)value.GetString()! : value.GetDouble())];
            rows.RemoveAll(row => order.Compare(row.Sort, place) <= 0);
        }
        return [.. rows.Take(size).Select(row => new JsonObject
        {
            ["_index"] = row.Item.Index.Name,
            ["_id"] = row.Item.Document.Id,
            ["_source"] = Part(row.Item.Document.Source, body),
            ["sort"] = new JsonArray([.. row.Sort.Select(value => value is string text ? JsonValue.Create(text) : JsonValue.Create((long)(double)value))]),
        })];
    }

    private static object SortOf(StandInState state, StandInDocument document, string field) =>
        field == "_shard_doc" ? (double)(((long)state.ShardOf(document) << 32) + document.Place)
        : document.Values.TryGetValue(field, out var values) ? values[0]
        : throw new StandInException(400, "query_shard_exception", $"the stand-in sorts by no field that is absent: [{field}]");

    private static int Compare(List<object> left, List<object> right, List<(string Name, bool IsFalling)> keys)
    {
        for (var i = 0; i < keys.Count; i++)
        {
            var order = left[i] is string text ? StandInQuery.OrderOf(text, (string)right[i])
                : ((double)left[i]).CompareTo((double)right[i]);
            if (order != 0)
                return keys[i].IsFalling ? -order : order;
        }
        return 0;
    }

    /// <summary>What of a document is asked for; paths name members of nested objects.</summary>
    private static JsonNode Part(JsonElement source, JsonElement body)
    {
        if (!body.TryGetProperty("_source", out var wanted))
            return JsonNode.Parse(source.GetRawText())!;
        var part = new JsonObject();
        foreach (var path in wanted.EnumerateArray().Select(path => path.GetString()!.Split('.')))
        {
            var value = source;
            if (!path.All(name => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out value)))
                continue;
            var owner = part;
            foreach (var name in path.SkipLast(1))
                owner = (owner[name] ??= new JsonObject()).AsObject();
            owner[path[^1]] = JsonNode.Parse(value.GetRawText());
        }
        return part;
    }
}

/// <summary>Aggregations over what was found.</summary>
internal static class StandInAggregations
{
    public static JsonObject Of(JsonElement aggregations, IReadOnlyList<Found> found)
    {
        var results = new JsonObject();
        foreach (var aggregation in aggregations.EnumerateObject())
        {
            var kind = aggregation.Value.EnumerateObject().Single();
            results[aggregation.Name] = kind.Name switch
            {
                "min" => Extreme(found, kind.Value, values => values.Min()),
                "max" => Extreme(found, kind.Value, values => values.Max()),
                "filter" => Filter(found, StandInQuery.Compile(kind.Value)),
                "date_range" => Ranges(found, kind.Value),
                _ => throw new StandInException(400, "parsing_exception", $"Unknown aggregation type [{kind.Name}]"),
            };
        }
        return results;
    }

    private static JsonObject Filter(IReadOnlyList<Found> found, Func<StandInDocument, StandInIndex, bool> fits) =>
        new() { ["doc_count"] = found.Count(item => fits(item.Document, item.Index)) };

    private static JsonObject Extreme(IReadOnlyList<Found> found, JsonElement body, Func<IEnumerable<double>, double> of)
    {
        var values = Numbers(found, body).ToList();
        return new JsonObject { ["value"] = values.Count == 0 ? null : of(values) };
    }

    private static JsonObject Ranges(IReadOnlyList<Found> found, JsonElement body)
    {
        StandInBodies.Only(body, "field", "format", "ranges");
        var values = Numbers(found, body).ToList();
        return new JsonObject
        {
            ["buckets"] = new JsonArray([.. body.GetProperty("ranges").EnumerateArray().Select(range =>
            {
                var from = range.TryGetProperty("from", out var first) ? Of(first) : double.NegativeInfinity;
                var to = range.TryGetProperty("to", out var last) ? Of(last) : double.PositiveInfinity;
                return new JsonObject
                {
                    ["key"] = range.GetProperty("key").GetString(), ["doc_count"] = values.Count(value => value >= from && value < to),
                };
            })]),
        };

        static double Of(JsonElement text) => long.Parse(text.GetString()!, CultureInfo.InvariantCulture);
    }

    private static IEnumerable<double> Numbers(IReadOnlyList<Found> found, JsonElement body)
    {
        var field = body.GetProperty("field").GetString()!;
        return found.Where(item => item.Document.Values.ContainsKey(field)).SelectMany(item =>
            item.Document.Values[field]).Cast<double>();
    }
}

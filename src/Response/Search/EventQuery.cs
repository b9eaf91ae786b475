using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SentinelHealth.Response.Queries;

namespace SentinelHealth.Response.Search;

/// <summary>What is asked for with one page of hits.</summary>
/// <param name="Query">The hunt.</param>
/// <param name="Size">Most hits.</param>
internal sealed record PageRequest(QueryNode Query, int Size)
{
    /// <summary>Only hits behind this one; null for all. Counts and bars are of all.</summary>
    public (long AtMs, ulong IdKey)? Behind { get; init; }

    /// <summary>Goes on where a page of the same view ended: the sort values of its last hit.</summary>
    public JsonElement? After { get; init; }

    /// <summary>Bars to count, and what they span; null when nothing is to be counted again.</summary>
    public (int Bars, long FromMs, long ToMs)? Counted { get; init; }
}

/// <summary>Bodies of searches over events. Pure.</summary>
internal static class EventQuery
{
    public const string First = "first", Last = "last", Found = "found", Bars = "bars";

    // A search that takes longer gives what it has, and says so.
    private const string TimeMax = "20s";

    /// <summary>The first and last event there is, and how many.</summary>
    public static JsonObject Extent() => new()
    {
        ["size"] = 0,
        ["track_total_hits"] = true,
        ["timeout"] = TimeMax,
        ["aggs"] = new JsonObject { [First] = Over("min", SearchMapping.Timestamp), [Last] = Over("max", SearchMapping.Timestamp) },
    };

    /// <summary>One page, newest first and then by key.</summary>
    public static JsonObject Page(PageRequest page, SearchEngineKind kind)
    {
        var sort = new JsonArray(Order(SearchMapping.Timestamp, "desc"), Order(SearchMapping.IdKey, "asc"));
        // Without it, several of one time and key could not be told apart within a view. OpenSearch has no such field, and hunts show such events once.
        if (kind == SearchEngineKind.Elasticsearch)
            sort.Add(Order("_shard_doc", "asc"));
        var body = new JsonObject
        {
            ["size"] = page.Size,
            ["track_total_hits"] = page.Counted is not null,
            ["timeout"] = TimeMax,
            ["query"] = new JsonObject { ["bool"] = new JsonObject { ["filter"] = new JsonArray(EventDsl.Of(page.Query)) } },
            ["sort"] = sort,
            ["_source"] = new JsonArray(SearchMapping.Original, SearchMapping.OriginalBytes),
        };
        if (page.Behind is { } behind)
            body["post_filter"] = EventDsl.Behind(behind.AtMs, behind.IdKey);
        if (page.After is { } after)
            body["search_after"] = JsonNode.Parse(after.GetRawText());
        if (page.Counted is { } counted)
            body["aggs"] = Counts(counted);
        return body;
    }

    /// <summary>The first millisecond of each bar but the first; bars are as wide as one another to a millisecond.</summary>
    public static IReadOnlyList<long> Borders(int bars, long fromMs, long toMs)
    {
        var span = (Int128)toMs - fromMs + 1;
        return [.. Enumerable.Range(1, Math.Max(0, bars - 1)).Select(bar => fromMs + (long)(((bar * span) + bars - 1) / bars))];
    }

    /// <summary>The count of all that was found, whatever is shown of it, and of each bar.</summary>
    private static JsonObject Counts((int Bars, long FromMs, long ToMs) counted)
    {
        var aggregations = new JsonObject
        {
            [Found] = new JsonObject { ["filter"] = new JsonObject { ["match_all"] = new JsonObject() } },
        };
        if (counted.Bars == 0)
            return aggregations;
        var borders = Borders(counted.Bars, counted.FromMs, counted.ToMs);
        var ranges = new JsonArray();
        for (var bar = 0; bar < counted.Bars; bar++)
        {
            var range = new JsonObject { ["key"] = bar.ToString(CultureInfo.InvariantCulture) };
            if (bar > 0)
                range["from"] = Text(borders[bar - 1]);
            if (bar < counted.Bars - 1)
                range["to"] = Text(borders[bar]);
            ranges.Add(range);
        }
        aggregations[Bars] = new JsonObject
        {
            ["date_range"] = new JsonObject { ["field"] = SearchMapping.Timestamp, ["format"] = "epoch_millis", ["ranges"] = ranges },
        };
        return aggregations;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static JsonObject Over(string kind, string field) => new() { [kind] = new JsonObject { ["field"] = field } };

    private static JsonObject Order(string field, string order) => new() { [field] = order };
}

using System.Globalization;
using System.Text.Json.Nodes;
using SentinelHealth.Ingest.Formats.Fhir;
using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Dashboard.Api;

/// <summary>ITI-81: reads the event log from the place a page stopped at, for a bounded number of entries.</summary>
internal static class FhirSearch
{
    private const int CountDefault = 100, CountMax = 500, TextLengthMax = 512;

    /// <summary>Entries of the log looked at for one page. A page may be empty and still have a next one.</summary>
    private const int EntriesPerPageMax = 50_000, EntriesPerRead = 1_000;

    private static readonly string[] Known =
        ["date", "patient", "patient.identifier", "agent", "agent.identifier", "entity", "entity.identifier", "type", "outcome", "action",
         "_count", "_after", "_format"];

    public static async Task<IResult> SearchAsync(HttpRequest request, IEventLog log, CancellationToken cancel)
    {
        if (request.Query.Keys.FirstOrDefault(key => !Known.Contains(key)) is { } unknown)
            return Invalid($"The parameter '{unknown[..Math.Min(unknown.Length, 64)]}' is not known. Known are {string.Join(", ", Known)}.");
        if (request.Query.Any(pair => pair.Value.Any(value => value?.Length > TextLengthMax) || (pair.Key != "date" && pair.Value.Count > 1)))
            return Invalid("A parameter is too long, or given more than once.");
        if (!FhirDates.TryRange(request.Query["date"], out var from, out var to))
            return Invalid("The parameter 'date' is required, once or twice, as 2026-11-21 or an instant, with eq, ge, gt, le or lt before it.");
        if (!TryNumber(request, "_count", CountDefault, CountMax, out var count) || !TryNumber(request, "_after", -1, long.MaxValue, out var after))
            return Invalid($"'_count' lies between 1 and {CountMax}; '_after' comes from a next link.");
        var search = new AuditEventSearch
        {
            From = from,
            To = to,
            Patient = Text(request, "patient") ?? Token(request, "patient.identifier"),
            Agent = Text(request, "agent") ?? Token(request, "agent.identifier"),
            Entity = Text(request, "entity") ?? Token(request, "entity.identifier"),
            Type = Token(request, "type"),
            Outcome = Token(request, "outcome"),
            Action = Token(request, "action"),
        };
        var page = await PageAsync(log, search, after, (int)count, cancel);
        return FhirOutcomes.Json(StatusCodes.Status200OK, BundleOf(request, page));
    }

    private static async Task<SearchPage> PageAsync(
        IEventLog log, AuditEventSearch search, long after, int count, CancellationToken cancel)
    {
        var found = new List<ReadOnlyMemory<byte>>();
        // Partitions of a shared log belong to processes: this one answers for the first of its own.
        var partition = log.Partitions.Count > 0 ? log.Partitions[0] : 0;
        for (var looked = 0; looked < EntriesPerPageMax;)
        {
            var entries = await log.ReadAsync(partition, after, EntriesPerRead, cancel);
            if (entries.Count == 0)
                return new(found, null);
            foreach (var entry in entries)
            {
                after = entry.Offset;
                looked++;
                // An event received before the period cannot have been recorded in it, give or take a clock; one received later can.
                if (search.Find(entry.Payload) is { IsEmpty: false } audit)
                    found.Add(audit);
                if (found.Count >= count)
                    return new(found, after);
            }
        }
        return new(found, after);
    }

    private static JsonObject BundleOf(HttpRequest request, SearchPage page)
    {
        var links = new JsonArray(Link("self", request, Text(request, "_after")));
        if (page.Next is { } next)
            links.Add(Link("next", request, next.ToString(CultureInfo.InvariantCulture)));
        var entries = new JsonArray();
        foreach (var audit in page.Found)
            entries.Add(new JsonObject
            {
                ["resource"] = JsonNode.Parse(audit.Span),
                ["search"] = new JsonObject { ["mode"] = "match" },
            });
        var bundle = new JsonObject { ["resourceType"] = "Bundle", ["type"] = "searchset", ["link"] = links };
        if (entries.Count > 0)
            bundle["entry"] = entries;
        return bundle;
    }

    /// <summary>Relative to the host that was asked, whatever it is called from outside.</summary>
    private static JsonObject Link(string relation, HttpRequest request, string? after)
    {
        var pairs = request.Query.Where(pair => pair.Key != "_after")
            .SelectMany(pair => pair.Value, (pair, value) => $"{pair.Key}={Uri.EscapeDataString(value ?? string.Empty)}").ToList();
        if (after is not null)
            pairs.Add($"_after={after}");
        return new JsonObject { ["relation"] = relation, ["url"] = $"AuditEvent?{string.Join('&', pairs)}" };
    }

    private static string? Text(HttpRequest request, string name) =>
        request.Query[name].ToString() is { Length: > 0 } text ? text : null;

    /// <summary>The code or value of <c>system|value</c>; the system is not asked about.</summary>
    private static string? Token(HttpRequest request, string name) =>
        Text(request, name)?.Split('|')[^1] is { Length: > 0 } code ? code : null;

    private static bool TryNumber(HttpRequest request, string name, long otherwise, long max, out long number)
    {
        number = otherwise;
        return Text(request, name) is not { } text
            || (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
                && number >= (otherwise > 0 ? 1 : 0) && number <= max);
    }

    private static IResult Invalid(string detail) => FhirOutcomes.Refuse(StatusCodes.Status400BadRequest, "invalid", detail);

    private sealed record SearchPage(IReadOnlyList<ReadOnlyMemory<byte>> Found, long? Next);
}

using System.Globalization;
using System.Security.Claims;
using System.Text.Json.Nodes;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Ingest.Formats.Fhir;

namespace SentinelHealth.Dashboard.Api;

/// <summary>ITI-81: answers from the audit index, in order of the times of recording, and writes down who was answered.</summary>
internal static class FhirSearch
{
    private const int CountDefault = 100, CountMax = 500, TextLengthMax = 512;

    /// <summary>What the trail of readings keeps of one.</summary>
    private const int PatientsMax = 50, QueryLengthMax = 4_096;

    private static readonly string[] Known =
        ["date", "patient", "patient.identifier", "agent", "agent.identifier", "entity", "entity.identifier", "type", "outcome",
            "action",
         "_count", "_after", "_format"];

    public static async Task<IResult> SearchAsync(
        HttpRequest request, AuditIndex index, ReadTrail trail, ClaimsPrincipal reader, TimeProvider clock)
    {
        if (request.Query.Keys.FirstOrDefault(key => !Known.Contains(key)) is { } unknown)
            return Invalid($"The parameter '{unknown[..Math.Min(unknown.Length, 64)]}' is not known. Known are {string.Join(", ", Known)}.");
        if (request.Query.Any(pair => pair.Value.Any(value => value?.Length > TextLengthMax)
            || (pair.Key != "date" && pair.Value.Count > 1)))
            return Invalid("A parameter is too long, or given more than once.");
        if (!FhirDates.TryRange(request.Query["date"], out var from, out var to))
            return Invalid("The parameter 'date' is required, once or twice, as 2026-11-21 or an instant, with eq, ge, gt, le or lt before it.");
        if (!TryNumber(request, "_count", CountDefault, CountMax, out var count) || !TryCursor(request, out var after))
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
        var page = index.Find(search, after, (int)count);
        await WriteDownAsync(trail, clock.GetUtcNow(), Identities.NameOf(reader), request, page);
        return FhirOutcomes.Json(StatusCodes.Status200OK, BundleOf(request, page));
    }

    /// <summary>Written down before it is given out: who is answered is on the trail, whatever becomes of the answer.</summary>
    private static async Task WriteDownAsync(ReadTrail trail, DateTimeOffset at, string reader, HttpRequest request,
        AuditPage page)
    {
        var patients = page.Found.SelectMany(AuditEventKeys.PatientsOf)
            .Distinct(StringComparer.Ordinal).Take(PatientsMax).ToList();
        var query = request.QueryString.ToString();
        var read = new AuditRead(0, at, reader, query[..Math.Min(query.Length, QueryLengthMax)], page.Found.Count, patients);
        await trail.AddAsync(read, request.HttpContext.RequestAborted);
    }

    private static bool TryCursor(HttpRequest request, out AuditCursor? cursor)
    {
        cursor = null;
        if (Text(request, "_after") is not { } text)
            return true;
        if (text.Split('.') is not [var time, var place]
            || !long.TryParse(time, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var recorded)
            || !long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;
        cursor = new AuditCursor(recorded, number);
        return true;
    }

    private static JsonObject BundleOf(HttpRequest request, AuditPage page)
    {
        var links = new JsonArray(Link("self", request, Text(request, "_after")));
        if (page.Next is { } next)
            links.Add(Link("next", request, string.Create(CultureInfo.InvariantCulture, $"{next.RecordedMs}.{next.Number}")));
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
}

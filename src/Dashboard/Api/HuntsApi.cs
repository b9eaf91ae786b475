using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Dashboard.Hunting;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Queries;
using SentinelHealth.Response.Reports;

namespace SentinelHealth.Dashboard.Api;

/// <summary>Events that a search found.</summary>
/// <param name="Items">The records as received, newest first.</param>
/// <param name="Count">How many were found in all.</param>
/// <param name="LookedAtCount">How many were looked at.</param>
/// <param name="Next">Cursor of the next page for <c>after</c>; null at the end.</param>
/// <param name="Origin">Who answered: <c>archive</c> or <c>engine</c>.</param>
/// <param name="Caution">What must be known before the answer is trusted to be whole; empty when nothing.</param>
internal sealed record HuntPage(
    IReadOnlyList<JsonElement> Items, long Count, long LookedAtCount, string? Next, string Origin, string Caution);

/// <summary>How the search engine and what waits for it stand.</summary>
/// <param name="Waiting">Events that are yet to be sent.</param>
/// <param name="AlertsWaiting">Alerts that changed and are yet to be sent.</param>
/// <param name="Sent">Documents the engine took since this process began.</param>
/// <param name="Refused">Events the engine would not take, ever.</param>
/// <param name="Forgotten">Events the archive let go of before they were sent, ever.</param>
/// <param name="LagSeconds">How long ago nothing waited.</param>
/// <param name="Fault">What is in the way now; empty when nothing is.</param>
/// <param name="FaultAt">Since when.</param>
/// <param name="RefusedEvents">The newest of those refused, with the reason.</param>
internal sealed record SearchEngineAnswer(
    long Waiting, long AlertsWaiting, long Sent, long Refused, long Forgotten, double LagSeconds, string Fault,
    DateTimeOffset? FaultAt, IReadOnlyList<RefusedEvent> RefusedEvents);

/// <summary>A query to keep.</summary>
internal sealed record SavedHuntBody(string? Q);

/// <summary>A rule made of a query.</summary>
internal sealed record HuntRuleAnswer(string Yaml, IReadOnlyList<string> Notes);

/// <summary>Searching events, and what is known of entities.</summary>
internal static class HuntsApi
{
    private const int EntitiesMax = 200, ReportDays = 28, RefusedMax = 100;

    public static void MapHunts(this IEndpointRouteBuilder api)
    {
        var read = api.MapGroup("").RequireAuthorization(Policies.View).WithMetadata(new KeepsToOrganizationsAttribute());
        read.MapGet("/events/search", SearchAsync).WithName("SearchEvents").WithSummary("Events that a query finds, newest first, as JSON or CSV")
            .Produces<HuntPage>().ProducesProblem(StatusCodes.Status400BadRequest);
        read.MapGet("/events/fields", Fields).WithName("ListEventFields").WithSummary("Fields a query over events may name");
        var all = api.MapGroup("").RequireAuthorization(Policies.View);
        all.MapGet("/search-engine", EngineAsync).WithName("GetSearchEngine").WithSummary("How the search engine and what waits for it stand");
        read.MapGet("/entities", ListAsync).WithName("ListEntities").WithSummary("Entities by a part of their name, busiest first");
        read.MapGet("/entities/{type}/{id}", EntityAsync).WithName("GetEntity").WithSummary("What an entity did, with whom, its risk and its peers");
        all.MapGet("/hunts", SavedAsync).WithName("ListHunts").WithSummary("Queries that people kept");
        read.MapGet("/hunts/rule", Rule).WithName("MakeRule").WithSummary("A Sigma rule that finds what a query finds");
        var write = api.MapGroup("/hunts").RequireAuthorization(Policies.Triage);
        write.MapPut("/{name}", SaveAsync).WithName("SaveHunt").WithSummary("Keeps a query under a name");
        write.MapDelete("/{name}", DropAsync).WithName("DropHunt").WithSummary("Lets a kept query go");
    }

    private static async Task<IResult> SearchAsync(
        HttpRequest request, CallersHunts theirs, ClaimsPrincipal person, CancellationToken cancel)
    {
        var (query, desk) = (new ListQuery(request), theirs.Desk);
        var (after, limit, q, format) = (query.After, query.Limit, query.Text("q", QueryParser.CharactersMax) ?? "",
            query.Text("format") ?? "json");
        if (query.Problem() is { } problem)
            return problem;
        var cursor = HuntCursor.Parse(after);
        if ((after is not null && cursor is null) || format is not ("json" or "csv"))
            return Problems.Of(StatusCodes.Status400BadRequest, "Not a page of a search.", "Give after as next gave it, and format json or csv.");
        var reading = desk.Read(q);
        if (reading.Node is not { } node)
            return Problems.Of(reading.Fault!);
        var answer = await desk.SearchAsync((q, node), new HuntRequest(limit, cursor, 0), Identities.NameOf(person), null,
            cancel);
        // A file has no place for it.
        if (answer.Caution.Length > 0)
            request.HttpContext.Response.Headers["X-Sentinel-Caution"] = Uri.EscapeDataString(answer.Caution);
        return format == "csv" ? Csv(answer) : TypedResults.Ok(new HuntPage(
            [.. answer.Hits.Select(hit => JsonElement.Parse(hit.Record.Span))], answer.Count, answer.LookedAtCount,
                answer.Next?.ToString(), answer.Origin.ToString().ToLowerInvariant(), answer.Caution));
    }

    private static async Task<Results<Ok<SearchEngineAnswer>, ProblemHttpResult>> EngineAsync(
        HuntDesk desk, CancellationToken cancel)
    {
        if (desk.Engine is not { Feed.State: var state })
            return Problems.NotFound("search engine");
        var refused = await Task.Run(() => desk.Archive.RefusedByFeed(RefusedMax), cancel);
        return TypedResults.Ok(new SearchEngineAnswer(
            state.Events.Waiting, state.AlertsWaiting, state.Sent, state.Events.Refused, state.Events.Forgotten,
            Math.Round(state.Lag.TotalSeconds, 1), state.Fault, state.FaultAt, refused));
    }

    private static FileContentHttpResult Csv(HuntAnswer answer)
    {
        var text = new StringBuilder("\uFEFF");
        CsvText.Row(text, ["time", "id", "act", "actor", "role", "organization", "subject", "node", "purpose", "outcome", "record"]);
        foreach (var item in answer.Hits.Select(hit => DossierEvent.Of(Encoding.UTF8.GetString(hit.Record.Span)))
            .OfType<DossierEvent>())
            CsvText.Row(text,
            [
                Wording.Iso(item.At), item.Id, item.Act, item.Actor, item.ActorRole, item.Organization, item.Subject,
                    item.Node, item.Purpose,
                item.Outcome, item.Raw,
            ]);
        return TypedResults.File(Encoding.UTF8.GetBytes(text.ToString()), "text/csv; charset=utf-8", "hunt.csv");
    }

    private static Ok<QuerySchema> Fields() => TypedResults.Ok(EventFields.Schema);

    private static async Task<Results<Ok<IReadOnlyList<KnownEntity>>, ValidationProblem>> ListAsync(
        HttpRequest request, CallersHunts theirs, CancellationToken cancel)
    {
        var query = new ListQuery(request);
        var (name, kind) = (query.Text("name") ?? "", query.Name<EntityType>("kind"));
        return query.Problem() is { } problem ? problem
            : TypedResults.Ok(await theirs.Desk.EntitiesLikeAsync(name, kind, EntitiesMax, cancel));
    }

    private static async Task<Results<Ok<EntityReport>, ProblemHttpResult>> EntityAsync(
        string type, string id, CallersHunts theirs, ClaimsPrincipal person, CancellationToken cancel)
    {
        if (!Enum.TryParse<EntityType>(type, ignoreCase: true, out var kind) || !Enum.IsDefined(kind))
            return Problems.NotFound("kind of entity");
        var (entity, desk) = (new EntityRef(kind, id), theirs.Desk);
        await desk.NoteLookAsync(entity, Identities.NameOf(person), cancel);
        return await desk.EntityAsync(entity, TimeSpan.FromDays(ReportDays), cancel) is { } report
            ? TypedResults.Ok(report) : Problems.NotFound("entity");
    }

    private static async Task<Ok<IReadOnlyList<SavedHunt>>> SavedAsync(HuntDesk desk, CancellationToken cancel) =>
        TypedResults.Ok(await Task.Run(desk.SavedHunts, cancel));

    private static Results<Ok<HuntRuleAnswer>, ProblemHttpResult> Rule(
        CallersHunts theirs, ClaimsPrincipal person, string? q, string? title)
    {
        var desk = theirs.Desk;
        var reading = desk.Read(q ?? "");
        if (reading.Node is not { } node)
            return Problems.Of(reading.Fault!);
        var rule = HuntRule.Of(node, title ?? q ?? "", Identities.NameOf(person), DateOnly.FromDateTime(desk.Now.UtcDateTime));
        return rule.Fault.Length > 0
            ? Problems.Of(StatusCodes.Status400BadRequest, "The query cannot become a rule.", rule.Fault)
            : TypedResults.Ok(new HuntRuleAnswer(rule.Yaml, rule.Notes));
    }

    private static async Task<Results<Ok<SavedHunt>, ProblemHttpResult>> SaveAsync(
        string name, SavedHuntBody body, HuntDesk desk, ClaimsPrincipal person, CancellationToken cancel)
    {
        var reading = desk.Read(body.Q ?? "");
        if (reading.Fault is { } fault)
            return Problems.Of(fault);
        var hunt = new SavedHunt(name.Trim(), body.Q ?? "", Identities.NameOf(person), desk.Now);
        return await Task.Run(() => desk.Save(hunt), cancel)
            ? TypedResults.Ok(hunt)
            : Problems.Of(StatusCodes.Status400BadRequest, "The hunt is not kept.", "Its name is empty or too long, or too many are kept.");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DropAsync(
        string name, HuntDesk desk, CancellationToken cancel) =>
        await Task.Run(() => desk.Archive.Drop(name), cancel) ? TypedResults.NoContent() : Problems.NotFound("hunt");
}

using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Dashboard.Api;

/// <summary>Where people put an incident, and what they did with it and its parts, oldest first.</summary>
internal sealed record IncidentWorkAnswer(IncidentPlace Place, IReadOnlyList<IncidentChange> Changes);

/// <summary>A note on an incident.</summary>
internal sealed record IncidentNoteBody(string? Text);

/// <summary>Which incident to show another one in, and why.</summary>
internal sealed record MergeBody(string? Into, string? Reason);

/// <summary>Which alerts to split off, and why.</summary>
internal sealed record SplitBody(IReadOnlyList<string>? AlertIds, string? Reason);

/// <summary>What came of an order; the identifier is of an incident that a split made.</summary>
internal sealed record IncidentOrderAnswer(string Detail, string MadeId);

/// <summary>
/// Notes on incidents, merging and splitting. Whoever changes where an incident is shown says by If-Match which version they have seen; a
/// note collides with nothing.
/// </summary>
internal static class IncidentWorkApi
{
    private const int ChangesMax = 500;

    public static void MapIncidentWork(this IEndpointRouteBuilder api)
    {
        api.MapGet("/triage/incidents/{id}", GetAsync).RequireAuthorization(Policies.View)
            .WithMetadata(new KeepsToOrganizationsAttribute())
            .WithName("GetIncidentWork").WithSummary("Where people put an incident, its notes and history, with its version as ETag");
        var write = api.MapGroup("/triage/incidents/{id}").RequireAuthorization(Policies.Triage)
            .WithMetadata(new KeepsToOrganizationsAttribute());
        write.MapPost("/notes", NoteAsync).WithName("NoteIncident").WithSummary("Writes a note on an incident");
        write.MapPost("/merge", MergeAsync).WithName("MergeIncident").WithSummary("Shows an incident in another one");
        write.MapPost("/unmerge", UnmergeAsync).WithName("UnmergeIncident").WithSummary("Lets a merged incident stand by itself again");
        write.MapPost("/split", SplitAsync).WithName("SplitIncident").WithSummary("Makes an incident of some alerts of one");
        write.MapPost("/undo-split", UndoSplitAsync).WithName("UndoSplit")
            .WithSummary("Puts the alerts of an incident that was split off back to where they were");
    }

    private static async Task<Results<Ok<IncidentWorkAnswer>, ProblemHttpResult>> GetAsync(
        string id, CallersQueue queue, HttpResponse response, CancellationToken cancel)
    {
        if (await queue.Desk.Store.PlaceAsync(id, cancel) is not { } place)
            return Problems.NotFound("incident");
        response.Headers.ETag = EntityTags.Of(place.Revision);
        return TypedResults.Ok(
            new IncidentWorkAnswer(place, await queue.Desk.Store.IncidentChangesAsync(id, ChangesMax, cancel)));
    }

    private static async Task<Results<Ok<IncidentOrderAnswer>, ProblemHttpResult>> NoteAsync(
        string id, IncidentNoteBody body, ClaimsPrincipal person, CallersQueue queue, CancellationToken cancel) =>
        Answer(await queue.Desk.NoteAsync(id, body.Text ?? "", Identities.NameOf(person), cancel));

    private static Task<Results<Ok<IncidentOrderAnswer>, ProblemHttpResult>> MergeAsync(
        string id, MergeBody body, HttpContext context, CallersQueue queue, CancellationToken cancel) =>
        body.Into is { Length: > 0 } into
            ? ChangeAsync(id, (context, queue), (seen, by) => queue.Desk.MergeAsync(id, into, seen, (by, body.Reason ?? ""), cancel), cancel)
            : Unsaid("An incident to merge it into is needed.", "Send {\"into\":\"inc-…\",\"reason\":\"…\"}.");

    private static Task<Results<Ok<IncidentOrderAnswer>, ProblemHttpResult>> UnmergeAsync(
        string id, ReasonBody body, HttpContext context, CallersQueue queue, CancellationToken cancel) =>
        ChangeAsync(id, (context, queue), (seen, by) => queue.Desk.UnmergeAsync(id, seen, (by, body.Reason ?? ""), cancel), cancel);

    private static Task<Results<Ok<IncidentOrderAnswer>, ProblemHttpResult>> SplitAsync(
        string id, SplitBody body, HttpContext context, CallersQueue queue, CancellationToken cancel) =>
        body.AlertIds is { Count: > 0 and <= IncidentOrder.SplitAlertsMax } alertIds
            ? ChangeAsync(
                id, (context, queue), (seen, by) => queue.Desk.SplitAsync(id, alertIds, seen, (by, body.Reason ?? ""), cancel), cancel)
            : Unsaid("Alerts to split off are needed.",
                $"Send {{\"alertIds\":[\"…\"],\"reason\":\"…\"}} with 1 to {IncidentOrder.SplitAlertsMax} alerts.");

    private static Task<Results<Ok<IncidentOrderAnswer>, ProblemHttpResult>> UndoSplitAsync(
        string id, ReasonBody body, HttpContext context, CallersQueue queue, CancellationToken cancel) =>
        ChangeAsync(id, (context, queue), (seen, by) => queue.Desk.UndoSplitAsync(id, seen, (by, body.Reason ?? ""), cancel), cancel);

    /// <summary>The version is compared here for the caller's sake, and again in the transaction that writes.</summary>
    private static async Task<Results<Ok<IncidentOrderAnswer>, ProblemHttpResult>> ChangeAsync(
        string id, (HttpContext Context, CallersQueue Queue) asked, Func<long?, string, Task<IncidentResult>> change,
        CancellationToken cancel)
    {
        var (context, queue) = asked;
        if (await queue.Desk.Store.PlaceAsync(id, cancel) is not { } place)
            return Problems.NotFound("incident");
        if (EntityTags.Problem(context.Request, EntityTags.Of(place.Revision)) is { } stale)
            return stale;
        long? seen = context.Request.Headers.IfMatch.ToString() == "*" ? null : place.Revision;
        return Answer(await change(seen, Identities.NameOf(context.User)));
    }

    private static Task<Results<Ok<IncidentOrderAnswer>, ProblemHttpResult>> Unsaid(string title, string detail) =>
        Task.FromResult<Results<Ok<IncidentOrderAnswer>, ProblemHttpResult>>(
            Problems.Of(StatusCodes.Status400BadRequest, title, detail));

    private static Results<Ok<IncidentOrderAnswer>, ProblemHttpResult> Answer(IncidentResult result) => result.Outcome switch
    {
        IncidentOutcome.Done => TypedResults.Ok(new IncidentOrderAnswer(result.Detail, result.MadeId)),
        IncidentOutcome.Missing => Problems.NotFound("incident"),
        IncidentOutcome.Stale => EntityTags.Stale(),
        _ => Problems.Of(StatusCodes.Status409Conflict, "Nothing was changed.", result.Detail),
    };
}

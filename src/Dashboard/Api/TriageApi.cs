using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Queries;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Dashboard.Api;

/// <summary>How many alerts match, and the place up to which they were counted.</summary>
internal sealed record QueueCount(long Count, long Through);

/// <summary>An alert's standing with how it came about.</summary>
internal sealed record StandingAnswer(TriagedAlert Alert, IReadOnlyList<StandingChange> Changes);

/// <summary>Alerts by name and what to change about them.</summary>
internal sealed record ChangesBody(IReadOnlyList<string>? AlertIds, TriageChange? Change);

/// <summary>Everything a query finds, and what to change about it.</summary>
internal sealed record TriageOrderBody(string? Q, long? Through, long? ExpectedCount, TriageChange? Change);

/// <summary>What to keep out of the queue, why and for how long.</summary>
internal sealed record SuppressionBody(string? Q, string? Reason, double? Hours);

/// <summary>The queue of alerts and what people do with them.</summary>
internal static class TriageApi
{
    private const int ChangesMax = 1_000, ListMax = 200, BarsMax = 200;

    public static void MapTriage(this IEndpointRouteBuilder api)
    {
        var read = api.MapGroup("/triage").RequireAuthorization(Policies.View).WithMetadata(new KeepsToOrganizationsAttribute());
        read.MapGet("/fields", Fields).WithName("ListAlertFields").WithSummary("Fields a query over alerts may name");
        read.MapGet("/queue", QueueAsync).WithName("ListQueue").WithSummary("Alerts that a query finds, with where people stand with them");
        read.MapGet("/count", CountAsync).WithName("CountQueue").WithSummary("How many alerts a query finds, exactly");
        read.MapGet("/groups", GroupsAsync).WithName("GroupQueue").WithSummary("Alerts counted by up to three fields");
        read.MapGet("/bars", BarsAsync).WithName("ListBars").WithSummary("Alerts over time, by severity");
        read.MapGet("/alerts/{id}", AlertAsync).WithName("GetStanding").WithSummary("Where people stand with an alert, and how it came about");
        read.MapGet("/orders", OrdersAsync).WithName("ListTriageOrders").WithSummary("Orders over many alerts, newest first");
        read.MapGet("/orders/{id}", OrderAsync).WithName("GetTriageOrder").WithSummary("How far an order is");
        read.MapGet("/orders/{id}/items", ItemsAsync).WithName("ListTriageOrderItems").WithSummary("What came of each alert of an order");
        read.MapGet("/suppressions", SuppressionsAsync).WithName("ListSuppressions").WithSummary("What is kept out of the queue");
        read.MapGet("/suppressions/preview", PreviewAsync).WithName("PreviewSuppression")
            .WithSummary("What a suppression would have hidden in the last 30 days");
        var write = api.MapGroup("/triage").RequireAuthorization(Policies.Triage).WithMetadata(new KeepsToOrganizationsAttribute());
        write.MapPost("/changes", ChangeAsync).WithName("ChangeAlerts").WithSummary("Changes alerts by name");
        write.MapPost("/orders", PlaceAsync).WithName("PlaceTriageOrder").WithSummary("Changes everything a query finds, in the background");
        write.MapPost("/orders/{id}/undo", UndoAsync).WithName("UndoTriageOrder").WithSummary("Takes back what an order changed");
        write.MapPost("/orders/{id}/cancel", CancelAsync).WithName("CancelTriageOrder").WithSummary("Stops an order where it is");
        write.MapPost("/suppressions", SuppressAsync).WithName("BeginSuppression").WithSummary("Keeps alerts out of the queue for a while");
        write.MapDelete("/suppressions/{id}", EndAsync).WithName("EndSuppression").WithSummary("Ends a suppression");
    }

    private static Ok<QuerySchema> Fields() => TypedResults.Ok(AlertFields.Schema);

    private static async Task<Results<Ok<ListAnswer<TriagedAlert>>, ValidationProblem, ProblemHttpResult>> QueueAsync(
        HttpRequest request, CallersQueue queue, CancellationToken cancel)
    {
        var query = new ListQuery(request);
        var (after, limit, q) = (query.After, query.Limit, query.Text("q", QueryParser.CharactersMax));
        if (query.Problem() is { } problem)
            return problem;
        var reading = Read(queue, q);
        return reading.Node is { } node
            ? query.Answer(await queue.Desk.Store.QueuePageAsync(node, after, limit, cancel)) : Problems.Of(reading.Fault!);
    }

    private static async Task<Results<Ok<QueueCount>, ProblemHttpResult>> CountAsync(
        CallersQueue queue, string? q, CancellationToken cancel)
    {
        var reading = Read(queue, q);
        if (reading.Fault is { } fault)
            return Problems.Of(fault);
        var (count, through) = await queue.Desk.Store.QueueCountAsync(reading.Node!, cancel);
        return TypedResults.Ok(new QueueCount(count, through));
    }

    private static async Task<Results<Ok<IReadOnlyList<AlertGroup>>, ProblemHttpResult>> GroupsAsync(
        CallersQueue queue, string? q, string by, CancellationToken cancel)
    {
        var reading = Read(queue, q);
        if (reading.Fault is { } fault)
            return Problems.Of(fault);
        try
        {
            var fields = by.Split(',', StringSplitOptions.TrimEntries);
            return TypedResults.Ok(await queue.Desk.Store.GroupsAsync(reading.Node!, fields, ListMax, cancel));
        }
        catch (ArgumentException unfit)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "Alerts cannot be grouped so.", unfit.Message);
        }
    }

    private static async Task<Results<Ok<IReadOnlyList<AlertBar>>, ProblemHttpResult>> BarsAsync(
        CallersQueue queue, string? q, DateTimeOffset from, DateTimeOffset to, int? bars, CancellationToken cancel)
    {
        const int barsUsual = 48;
        var reading = Read(queue, q);
        if (reading.Fault is { } fault)
            return Problems.Of(fault);
        var count = bars ?? barsUsual;
        return to <= from || count is < 1 or > BarsMax
            ? Problems.Of(StatusCodes.Status400BadRequest, "These are no bars.", $"Give from before to, and 1 to {BarsMax} bars.")
            : TypedResults.Ok(await queue.Desk.Store.BarsAsync(reading.Node!, from, to, count, cancel));
    }

    private static async Task<Results<Ok<StandingAnswer>, ProblemHttpResult>> AlertAsync(
        string id, CallersQueue queue, CancellationToken cancel) =>
        await queue.Desk.Store.TriagedAlertAsync(id, cancel) is { } alert
            ? TypedResults.Ok(new StandingAnswer(alert, await queue.Desk.Store.StandingChangesAsync(id, ListMax, cancel)))
            : Problems.NotFound("alert");

    private static async Task<Results<Ok<OrderAnswer>, ProblemHttpResult>> ChangeAsync(
        ChangesBody body, ClaimsPrincipal person, CallersQueue queue, CancellationToken cancel)
    {
        if (body is not { AlertIds: { Count: > 0 and <= ChangesMax } ids, Change: { } change })
            return Problems.Of(StatusCodes.Status400BadRequest, "Alerts and a change are needed.",
                $"Send {{\"alertIds\":[\"…\"],\"change\":{{\"status\":\"acknowledged\"}}}} with 1 to {ChangesMax} alerts.");
        return Answer(await queue.Desk.ChangeAsync(ids, change, Identities.NameOf(person), cancel));
    }

    private static async Task<Results<Accepted<TriageJob>, ProblemHttpResult>> PlaceAsync(
        TriageOrderBody body, ClaimsPrincipal person, CallersQueue queue, CancellationToken cancel)
    {
        if (body is not { Q: { } q, Change: { } change, Through: { } through })
            return Problems.Of(StatusCodes.Status400BadRequest, "A query, a place and a change are needed.",
                "Count first: its answer has the place as through. Then send {\"q\":\"…\",\"through\":…,\"expectedCount\":…,\"change\":{…}}.");
        if (queue.Desk.Read(q).Fault is { } fault)
            return Problems.Of(fault);
        var order = new TriageOrder(q, through, body.ExpectedCount, change);
        var (job, outcome) = await queue.Desk.OrderAsync(order, Identities.NameOf(person), cancel);
        return Accepted(job, outcome);
    }

    private static async Task<Results<Accepted<TriageJob>, ProblemHttpResult>> UndoAsync(
        string id, ClaimsPrincipal person, CallersQueue queue, CancellationToken cancel)
    {
        if (await queue.Desk.Store.JobAsync(id, cancel) is null)
            return Problems.NotFound("order");
        var (job, outcome) = await queue.Desk.UndoAsync(id, Identities.NameOf(person), cancel);
        return Accepted(job, outcome);
    }

    private static async Task<Results<Ok<OrderAnswer>, ProblemHttpResult>> CancelAsync(
        string id, CallersQueue queue, CancellationToken cancel) =>
        await queue.Desk.Store.JobAsync(id, cancel) is null ? Problems.NotFound("order") : Answer(await queue.Desk.CancelAsync(id, cancel));

    private static async Task<Ok<IReadOnlyList<TriageJob>>> OrdersAsync(
        CallersQueue queue, TriageJobState? state, CancellationToken cancel) =>
        TypedResults.Ok(await queue.Desk.Store.JobsAsync(state, ListMax, cancel));

    private static async Task<Results<Ok<TriageJob>, ProblemHttpResult>> OrderAsync(
        string id, CallersQueue queue, CancellationToken cancel) =>
        await queue.Desk.Store.JobAsync(id, cancel) is { } job ? TypedResults.Ok(job) : Problems.NotFound("order");

    private static async Task<Ok<IReadOnlyList<TriageJobItem>>> ItemsAsync(
        string id, long? after, int? limit, CallersQueue queue, CancellationToken cancel) =>
        TypedResults.Ok(await queue.Desk.Store.JobItemsAsync(
            id, after ?? 0, Math.Clamp(limit ?? ListMax, 1, ChangesMax), cancel));

    private static async Task<Ok<IReadOnlyList<Suppression>>> SuppressionsAsync(
        CallersQueue queue, bool? live, CancellationToken cancel) =>
        TypedResults.Ok(await queue.Desk.SuppressionsAsync(live ?? true, ListMax, cancel));

    private static async Task<Results<Ok<SuppressionPreview>, ProblemHttpResult>> PreviewAsync(
        CallersQueue queue, string q, CancellationToken cancel) =>
        queue.Desk.Read(q).Fault is { } fault ? Problems.Of(fault) : TypedResults.Ok(await queue.Desk.PreviewAsync(q, cancel));

    private static async Task<Results<Ok<OrderAnswer>, ProblemHttpResult>> SuppressAsync(
        SuppressionBody body, ClaimsPrincipal person, CallersQueue queue, CancellationToken cancel)
    {
        if (body is not { Q: { } q, Reason: { } reason, Hours: { } hours }
            || !(hours > 0 && hours <= Suppression.LengthMax.TotalHours))
            return Problems.Of(StatusCodes.Status400BadRequest, "A query, a reason and a length are needed.",
                $"Send {{\"q\":\"source: rarity\",\"reason\":\"…\",\"hours\":24}}; at most {Suppression.LengthMax.TotalHours:0} hours.");
        return queue.Desk.Read(q).Fault is { } fault
            ? Problems.Of(fault)
            : Answer(await queue.Desk.SuppressAsync(q, reason, TimeSpan.FromHours(hours), Identities.NameOf(person), cancel));
    }

    private static async Task<Results<Ok<OrderAnswer>, ProblemHttpResult>> EndAsync(
        string id, ClaimsPrincipal person, CallersQueue queue, CancellationToken cancel) =>
        Answer(await queue.Desk.EndSuppressionAsync(id, Identities.NameOf(person), cancel));

    private static QueryReading Read(CallersQueue queue, string? query) => queue.Desk.Read(query ?? "");

    private static Results<Ok<OrderAnswer>, ProblemHttpResult> Answer(OrderOutcome outcome) => outcome.IsAccepted
        ? TypedResults.Ok(new OrderAnswer(outcome.Detail)) : Refused(outcome);

    private static Results<Accepted<TriageJob>, ProblemHttpResult> Accepted(TriageJob? job, OrderOutcome outcome) =>
        job is not null ? TypedResults.Accepted($"/api/v1/triage/orders/{job.Id}", job) : Refused(outcome);

    private static ProblemHttpResult Refused(OrderOutcome outcome) =>
        Problems.Of(StatusCodes.Status409Conflict, "Nothing was changed.", outcome.Detail);
}

using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using SentinelHealth.Dashboard.Backtests;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Api;

/// <summary>Tries a policy on the events that are kept, in the background.</summary>
internal static class BacktestsApi
{
    public static void MapBacktests(this IEndpointRouteBuilder api)
    {
        var read = api.MapGroup("").RequireAuthorization(Policies.View);
        read.MapGet("/backtests", List).WithName("ListBacktests").WithSummary("Backtests, newest first");
        read.MapGet("/backtests/{id}", Get).WithName("GetBacktest").WithSummary("How far a backtest is, and its sum once it is done");
        read.MapGet("/backtests/{id}/result", Result).WithName("GetBacktestResult")
            .WithSummary("What the policy would have done, as sentinel backtest writes it (NDJSON)");
        read.MapGet("/backtests/{id}/policy", Policy).WithName("GetBacktestPolicy").WithSummary("The playbooks that are tried (YAML)");
        read.MapGet("/backtests/{id}/comparison", CompareAsync).WithName("CompareBacktest")
            .WithSummary("What the policy would have contained beside what was contained");
        var order = api.MapGroup("").RequireAuthorization(Policies.Respond);
        order.MapPost("/backtests", StartAsync).WithName("StartBacktest").WithSummary("Tries a policy on the events that are kept");
        order.MapDelete("/backtests/{id}", End).WithName("EndBacktest").WithSummary("Cancels a backtest, or forgets one that is over");
    }

    private static Ok<IReadOnlyList<BacktestJob>> List(BacktestDesk desk) => TypedResults.Ok(desk.Jobs);

    private static Results<Ok<BacktestJob>, ProblemHttpResult> Get(string id, BacktestDesk desk) =>
        desk.Find(id) is { } job ? TypedResults.Ok(job) : Problems.NotFound("backtest");

    private static async Task<Results<Accepted<BacktestJob>, ValidationProblem, ProblemHttpResult>> StartAsync(
        BacktestOrder body, ClaimsPrincipal person, BacktestDesk desk, HttpResponse response, CancellationToken cancel)
    {
        if (!desk.IsPossible)
            return Problems.Of(StatusCodes.Status409Conflict, "Backtests run where the events are.",
                "The event log is shared by several processes; run sentinel backtest over a file of events.");
        var start = await desk.StartAsync(body, Identities.NameOf(person), cancel);
        if (start.Job is { } job)
            return TypedResults.Accepted($"/api/v1/backtests/{job.Id}", job);
        if (!start.IsBusy)
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["order"] = [.. start.Problems] });
        response.Headers.RetryAfter = "30";
        return Problems.Of(StatusCodes.Status429TooManyRequests, "Too many backtests wait.", string.Join(" ", start.Problems));
    }

    private static Results<FileStreamHttpResult, ProblemHttpResult> Result(string id, BacktestDesk desk) =>
        desk.OpenResult(id) is { } result
            ? TypedResults.File(result, "application/x-ndjson", $"{id}.ndjson") : Problems.NotFound("result of a backtest");

    private static Results<FileStreamHttpResult, ProblemHttpResult> Policy(string id, BacktestDesk desk) =>
        desk.OpenPolicy(id) is { } policy
            ? TypedResults.File(policy, "application/yaml", $"{id}.yaml") : Problems.NotFound("policy of a backtest");

    private static async Task<Results<Ok<BacktestComparison>, ProblemHttpResult>> CompareAsync(
        string id, BacktestDesk desk, ICaseReader cases, CancellationToken cancel)
    {
        if (desk.Find(id) is not { } job || await desk.ResultAsync(id, cancel) is not { } report)
            return Problems.NotFound("result of a backtest");
        return TypedResults.Ok(await BacktestComparison.ReadAsync(report, job.Period, cases, desk.Now, cancel));
    }

    private static Results<Ok<OrderAnswer>, ProblemHttpResult> End(string id, BacktestDesk desk)
    {
        if (desk.Find(id) is not { } job || !desk.End(id))
            return Problems.NotFound("backtest");
        return TypedResults.Ok(new OrderAnswer(job.IsOver ? "It is forgotten." : "It is being cancelled."));
    }
}

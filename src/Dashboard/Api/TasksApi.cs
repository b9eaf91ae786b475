using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Api;

/// <summary>How a person ends a review or task.</summary>
internal sealed record ConclusionBody(string? Id, CaseTaskOutcome? Outcome, string? Note);

/// <summary>What people owe.</summary>
internal static class TasksApi
{
    private const int TasksMax = 200;

    public static void MapTasks(this IEndpointRouteBuilder api)
    {
        api.MapGet("/tasks", ListAsync).RequireAuthorization(Policies.View)
            .WithName("ListTasks").WithSummary("Reviews of emergency access and tasks, the most urgent first");
        api.MapPost("/tasks/conclude", ConcludeAsync).RequireAuthorization(Policies.Review)
            .WithName("ConcludeTask").WithSummary("Ends a review or task, with a note");
    }

    private static async Task<Ok<IReadOnlyList<CaseTask>>> ListAsync(
        TaskDesk desk, bool? open, string? incidentId, CancellationToken cancel) =>
        TypedResults.Ok(await desk.TasksAsync(new CaseTaskFilter { IsOpen = open, CaseId = incidentId }, TasksMax, cancel));

    private static async Task<Results<Ok<OrderAnswer>, ProblemHttpResult>> ConcludeAsync(
        ConclusionBody body, ClaimsPrincipal person, TaskDesk desk, CancellationToken cancel)
    {
        if (body is not { Id: { Length: > 0 } id, Outcome: { } outcome })
            return Problems.Of(StatusCodes.Status400BadRequest, "An identifier and an outcome are needed.",
                "Send {\"id\":\"review:…\",\"outcome\":\"justified\",\"note\":\"…\"}; outcomes are justified, unjustified, done and dropped.");
        if (await desk.TaskAsync(id, cancel) is null)
            return Problems.NotFound("task");
        var ended = await desk.ConcludeAsync(id, outcome, Identities.NameOf(person), body.Note ?? "", cancel);
        return ended.IsAccepted
            ? TypedResults.Ok(new OrderAnswer(ended.Detail))
            : Problems.Of(StatusCodes.Status409Conflict, "The task was not ended.", ended.Detail);
    }
}

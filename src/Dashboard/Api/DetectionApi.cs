using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Dashboard.Api;

/// <summary>How detection is doing, and what people decided about it.</summary>
internal sealed record DetectionAnswer(DetectionStatus? Status, TuningState Tuning);

/// <summary>How far a detector or built-in rule is trusted from now on, and why.</summary>
internal sealed record StageBody(DetectorStage? Stage, string? Reason);

/// <summary>How much stricter a model's threshold is from now on, and why.</summary>
internal sealed record StrictnessBody(double? Strictness, string? Reason);

/// <summary>Detectors and built-in rules: scorecards, stages and thresholds.</summary>
internal static class DetectionApi
{
    public static void MapDetection(this IEndpointRouteBuilder api)
    {
        api.MapGet("/detection", GetAsync).RequireAuthorization(Policies.View).WithMetadata(new KeepsToOrganizationsAttribute())
            .WithName("GetDetection").WithSummary("Scorecards of detectors and rules, what is promised about alerts, and what people decided");
        var order = api.MapGroup("/detection").RequireAuthorization(Policies.Engineer);
        order.MapPut("/{name}/stage", SetStageAsync).WithName("SetDetectorStage").WithSummary("Puts a detector or built-in rule into another stage");
        order.MapPut("/{name}/strictness", SetStrictnessAsync).WithName("SetStrictness").WithSummary("Makes a model's alert threshold stricter");
    }

    private static async Task<Ok<DetectionAnswer>> GetAsync(
        IMonitorStatus monitor, TuningDesk desk, CallersQueue queue, ClaimsPrincipal caller, CancellationToken cancel) =>
        TypedResults.Ok(VisibleTriage.IsLimited(caller)
            ? await VisibleDetection.OfAsync(monitor.Detection, desk.State, queue.Desk, cancel)
            : new DetectionAnswer(monitor.Detection, desk.State));

    private static async Task<Results<Ok<OrderAnswer>, ProblemHttpResult>> SetStageAsync(
        string name, StageBody body, ClaimsPrincipal person, TuningDesk desk, CancellationToken cancel) =>
        body.Stage is { } stage ? Answer(await desk.SetStageAsync(name, stage, Identities.NameOf(person), body.Reason ?? "", cancel))
        : Problems.Of(StatusCodes.Status400BadRequest, "A stage is needed.", "Send {\"stage\":\"shadow\",\"reason\":\"…\"}.");

    private static async Task<Results<Ok<OrderAnswer>, ProblemHttpResult>> SetStrictnessAsync(
        string name, StrictnessBody body, ClaimsPrincipal person, TuningDesk desk, CancellationToken cancel) =>
        body.Strictness is { } strictness ? Answer(await desk.SetStrictnessAsync(name, strictness, Identities.NameOf(person), body.Reason ?? "", cancel))
        : Problems.Of(StatusCodes.Status400BadRequest, "A strictness is needed.", "Send {\"strictness\":0.5,\"reason\":\"…\"}.");

    private static Results<Ok<OrderAnswer>, ProblemHttpResult> Answer(OrderOutcome outcome) => outcome.IsAccepted
        ? TypedResults.Ok(new OrderAnswer(outcome.Detail))
        : Problems.Of(StatusCodes.Status409Conflict, "Nothing was changed.", outcome.Detail);
}

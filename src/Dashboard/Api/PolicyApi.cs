using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Notifications;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Api;

/// <summary>How far a playbook shall go, and why.</summary>
internal sealed record ModeBody(PlaybookMode? Mode, string? Reason);

/// <summary>Whose demand for a stronger sign-in, or which notice.</summary>
internal sealed record NamedBody(string? Id);

/// <summary>Playbooks and their modes, notices, and demands for a stronger sign-in.</summary>
internal static class PolicyApi
{
    private const int RowsMax = 200;

    public static void MapPolicy(this IEndpointRouteBuilder api)
    {
        var read = api.MapGroup("").RequireAuthorization(Policies.View);
        read.MapGet("/playbooks", ListPlaybooks).WithName("ListPlaybooks").WithSummary("Playbooks in force, with their modes");
        read.MapGet("/playbooks/changes", ChangesAsync).WithName("ListModeChanges").WithSummary("Who changed a playbook's mode, and why");
        read.MapGet("/notices", NoticesAsync).WithName("ListNotices").WithSummary("Notices in a state, newest first");
        read.MapGet("/step-ups", StepUpsAsync).WithName("ListStepUps").WithSummary("Actors of whom a stronger sign-in is demanded");
        var order = api.MapGroup("").RequireAuthorization(Policies.Respond);
        order.MapPut("/playbooks/{id}/mode", ChangeModeAsync).WithName("ChangeMode").WithSummary("Changes how far a playbook may go");
        order.MapPost("/notices/retry", RetryAsync).WithName("RetryNotice").WithSummary("Tries a notice again that was given up");
        order.MapPost("/step-ups/end", EndStepUpAsync).WithName("EndStepUp").WithSummary("Ends a demand for a stronger sign-in");
    }

    private static Ok<IReadOnlyList<Playbook>> ListPlaybooks(PlaybookDesk desk) => TypedResults.Ok(desk.Playbooks);

    private static async Task<Ok<IReadOnlyList<PlaybookModeChange>>> ChangesAsync(
        PlaybookDesk desk, string? playbook, CancellationToken cancel) =>
        TypedResults.Ok(await desk.ChangesAsync(playbook, RowsMax, cancel));

    private static async Task<Ok<IReadOnlyList<StoredNotice>>> NoticesAsync(
        INoticeStore store, NoticeState? state, CancellationToken cancel) =>
        TypedResults.Ok(await store.NoticesAsync(state ?? NoticeState.Dead, RowsMax, cancel));

    private static async Task<Ok<IReadOnlyList<StepUpDemand>>> StepUpsAsync(
        IPolicyStore store, TimeProvider clock, CancellationToken cancel) =>
        TypedResults.Ok(await store.StepUpDemandsAsync(clock.GetUtcNow(), RowsMax, cancel));

    private static async Task<Results<Ok<OrderAnswer>, ProblemHttpResult>> ChangeModeAsync(
        string id, ModeBody body, HttpContext context, PlaybookDesk desk, CancellationToken cancel)
    {
        if (body.Mode is not { } mode)
            return Problems.Of(StatusCodes.Status400BadRequest, "A mode is needed.",
                "Send {\"mode\":\"approve\",\"reason\":\"…\"}; modes are observe, recommend, approve and automatic.");
        if (desk.Playbooks.All(playbook => playbook.Name != id))
            return Problems.NotFound("playbook");
        var outcome = await desk.ChangeModeAsync(id, mode, Identities.ApproverOf(context.User), body.Reason ?? "", cancel);
        if (outcome.IsAccepted)
            return TypedResults.Ok(new OrderAnswer(outcome.Detail));
        return outcome.NeedsSignIn
            ? OrdersApi.StepUp(context, outcome)
            : Problems.Of(StatusCodes.Status409Conflict, "The mode was not changed.", outcome.Detail);
    }

    private static async Task<Results<Ok<OrderAnswer>, ProblemHttpResult>> RetryAsync(
        NamedBody body, INoticeStore store, TimeProvider clock, CancellationToken cancel) =>
        await store.RetryNoticeAsync(body.Id ?? "", clock.GetUtcNow(), cancel)
            ? TypedResults.Ok(new OrderAnswer("The notice is tried again.")) : Problems.NotFound("notice that was given up");

    private static async Task<Results<Ok<OrderAnswer>, ProblemHttpResult>> EndStepUpAsync(
        NamedBody body, ClaimsPrincipal person, IPolicyStore store, TimeProvider clock, CancellationToken cancel) =>
        await store.EndStepUpDemandAsync(body.Id ?? "", clock.GetUtcNow(), cancel)
            ? TypedResults.Ok(new OrderAnswer($"Ended by {Identities.NameOf(person)}."))
            : Problems.NotFound("demand for a stronger sign-in");
}

using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Api;

/// <summary>Why a person undoes or refuses.</summary>
internal sealed record ReasonBody([property: Required, StringLength(500, MinimumLength = 3)] string? Reason);

/// <summary>The two positions as the API writes them.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<KillSwitchPosition>))]
internal enum KillSwitchPosition
{
    [JsonStringEnumMemberName("off")] Off,
    [JsonStringEnumMemberName("on")] On,
}

/// <summary>Until when to keep a containment, and why.</summary>
internal sealed record RenewBody([property: Required] DateTimeOffset? Until, [property: Required] string? Reason);

/// <summary>Where the kill switch stands, or should.</summary>
internal sealed record KillSwitchBody([property: Required] KillSwitchPosition? Position);

/// <summary>What became of an order.</summary>
internal sealed record OrderAnswer(string Detail);

/// <summary>What people may order, and the kill switch.</summary>
internal static class OrdersApi
{
    private const int ReasonCharactersMin = 3;
    private const int ReasonCharactersMax = 500;

    public static void MapOrders(this IEndpointRouteBuilder api)
    {
        var orders = api.MapGroup("").RequireAuthorization(Policies.Respond);
        orders.MapPost("/actions/{key}/undo", UndoAsync).WithName("UndoAction").WithSummary("Undoes a containment on the ledger");
        orders.MapPost("/actions/{key}/renew", RenewAsync).WithName("RenewAction")
            .WithSummary("Keeps a containment in force until a later time");
        orders.MapPost("/actions/{key}/approve", ApproveAsync).WithName("ApproveAction").WithSummary("Approves a proposed action");
        orders.MapPost("/actions/{key}/refuse", RefuseAsync).WithName("RefuseAction").WithSummary("Refuses a proposed action");
        orders.MapPut("/kill-switch", SetKillSwitchAsync).WithName("SetKillSwitch").WithSummary("Stops or allows automatic containment");
        api.MapGet("/kill-switch", GetKillSwitch).RequireAuthorization(Policies.View)
            .WithName("GetKillSwitch").WithSummary("Whether automatic containment is stopped");
    }

    private static Task<Results<Ok<OrderAnswer>, ProblemHttpResult>> UndoAsync(
        string key, ReasonBody body, HttpContext context, ICaseReader cases, IResponder responder, CancellationToken cancel) =>
        WithReasonAsync(
            key, body, (cases, context),
            reason => responder.UndoAsync(key, Identities.ApproverOf(context.User), reason, cancel), cancel);

    private static Task<Results<Ok<OrderAnswer>, ProblemHttpResult>> RenewAsync(
        string key, RenewBody body, HttpContext context, ICaseReader cases, IResponder responder, CancellationToken cancel) =>
        WithReasonAsync(
            key, new ReasonBody(body.Reason), (cases, context),
            reason => body.Until is { } until
                ? responder.RenewAsync(key, Identities.ApproverOf(context.User), until, reason, cancel)
                : Task.FromResult(new OrderOutcome(false, "Say until when: {\"until\":\"2026-11-02T10:00:00Z\"}.")), cancel);

    private static Task<Results<Ok<OrderAnswer>, ProblemHttpResult>> RefuseAsync(
        string key, ReasonBody body, HttpContext context, ICaseReader cases, IResponder responder, CancellationToken cancel) =>
        WithReasonAsync(
            key, body, (cases, context),
            reason => responder.RefuseAsync(key, Identities.NameOf(context.User), reason, cancel), cancel);

    private static Task<Results<Ok<OrderAnswer>, ProblemHttpResult>> ApproveAsync(
        string key, HttpContext context, ICaseReader cases, IResponder responder, CancellationToken cancel) =>
        OrderAsync(key, (cases, context), () => responder.ApproveAsync(key, Identities.ApproverOf(context.User), cancel), cancel);

    private static async Task<Results<Ok<OrderAnswer>, ProblemHttpResult>> WithReasonAsync(
        string key, ReasonBody body, (ICaseReader Cases, HttpContext Context) asked, Func<string, Task<OrderOutcome>> order,
        CancellationToken cancel)
    {
        var reason = body.Reason?.Trim() ?? "";
        return reason.Length is >= ReasonCharactersMin and <= ReasonCharactersMax
            ? await OrderAsync(key, asked, () => order(reason), cancel)
            : Problems.Of(StatusCodes.Status400BadRequest, "A reason is needed.",
                $"Say why in {ReasonCharactersMin} to {ReasonCharactersMax} characters: {{\"reason\":\"…\"}}.");
    }

    private static async Task<Results<Ok<OrderAnswer>, ProblemHttpResult>> OrderAsync(
        string key, (ICaseReader Cases, HttpContext Context) asked, Func<Task<OrderOutcome>> order, CancellationToken cancel)
    {
        if (await asked.Cases.ActionAsync(key, cancel) is null)
            return Problems.NotFound("action");
        var outcome = await order();
        if (outcome.IsAccepted)
            return TypedResults.Ok(new OrderAnswer(outcome.Detail));
        return outcome.NeedsSignIn
            ? StepUp(asked.Context, outcome)
            : TypedResults.Problem(
                statusCode: StatusCodes.Status409Conflict, title: "The order was refused.", detail: outcome.Detail,
                extensions: outcome.Guardrail.Length > 0
                    ? new Dictionary<string, object?> { ["guardrail"] = outcome.Guardrail } : null);
    }

    /// <summary>The challenge of RFC 9470: the same request is answered otherwise after signing in again.</summary>
    internal static ProblemHttpResult StepUp(HttpContext context, OrderOutcome outcome)
    {
        context.Response.Headers.WWWAuthenticate =
            "Bearer error=\"insufficient_user_authentication\", error_description=\"Sign in again, then repeat the order\"";
        return TypedResults.Problem(
            statusCode: StatusCodes.Status401Unauthorized, title: "Sign in again.", detail: outcome.Detail,
            extensions: new Dictionary<string, object?> { ["needs"] = "fresh-sign-in", ["signIn"] = SignInEndpoints.SignInPath });
    }

    private static Ok<KillSwitchBody> GetKillSwitch(IResponder responder) => TypedResults.Ok(PositionOf(responder));

    private static async Task<Results<Ok<KillSwitchBody>, ProblemHttpResult>> SetKillSwitchAsync(
        KillSwitchBody body, ClaimsPrincipal person, IResponder responder, CancellationToken cancel)
    {
        if (body.Position is not { } position)
            return Problems.Of(StatusCodes.Status400BadRequest, "A position is needed.", "Send {\"position\":\"on\"} or {\"position\":\"off\"}.");
        var wanted = position == KillSwitchPosition.On ? KillSwitch.On : KillSwitch.Off;
        await responder.SetKillSwitchAsync(wanted, Identities.NameOf(person), cancel);
        return TypedResults.Ok(PositionOf(responder));
    }

    private static KillSwitchBody PositionOf(IResponder responder) =>
        new(responder.IsKillSwitchOn ? KillSwitchPosition.On : KillSwitchPosition.Off);
}

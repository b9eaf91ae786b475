using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;
using SentinelHealth.Dashboard.Components.Pages;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Dashboard.Api;

/// <summary>A view to keep: what the address of the queue says after the question mark.</summary>
internal sealed record ViewBody(string? Address, bool IsShared);

/// <summary>What to call a view.</summary>
internal sealed record ViewNameBody(string? To, bool IsShared);

/// <summary>The view to begin with; without a name none.</summary>
internal sealed record DefaultViewBody(string? Name, bool IsShared);

/// <summary>Views of the queue that people keep. Everybody keeps their own; sharing is for those who work on alerts.</summary>
internal static class ViewsApi
{
    public static void MapViews(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/triage").RequireAuthorization(Policies.View).WithMetadata(new KeepsToOrganizationsAttribute());
        group.MapGet("/views", ListAsync).WithName("ListViews").WithSummary("Views of the queue: one's own and those that are shared");
        group.MapPut("/views/{name}", SaveAsync).WithName("SaveView").WithSummary("Keeps a view of the queue under a name");
        group.MapPost("/views/{name}/rename", RenameAsync).WithName("RenameView").WithSummary("Calls a view otherwise");
        group.MapDelete("/views/{name}", DropAsync).WithName("DropView").WithSummary("Lets a view go");
        group.MapPut("/default-view", DefaultAsync).WithName("SetDefaultView").WithSummary("The view the queue begins with");
    }

    private static async Task<Ok<IReadOnlyList<QueueView>>> ListAsync(
        ClaimsPrincipal person, CallersQueue queue, CancellationToken cancel) =>
        TypedResults.Ok(await queue.Desk.ViewsAsync(Identities.NameOf(person), cancel));

    private static Task<Results<Ok<OrderAnswer>, ProblemHttpResult>> SaveAsync(
        string name, ViewBody body, HttpContext context, CallersQueue queue, CancellationToken cancel) =>
        OrderAsync(context, body.IsShared, (person, scope) => queue.Desk.SaveViewAsync(
            person, scope, name, AlertQuery.Parse(body.Address ?? "").Kept, cancel));

    private static Task<Results<Ok<OrderAnswer>, ProblemHttpResult>> RenameAsync(
        string name, ViewNameBody body, HttpContext context, CallersQueue queue, CancellationToken cancel) =>
        OrderAsync(context, body.IsShared, (person, scope) => queue.Desk.RenameViewAsync(person, scope, name, body.To ?? "", cancel));

    private static Task<Results<Ok<OrderAnswer>, ProblemHttpResult>> DropAsync(
        string name, bool? shared, HttpContext context, CallersQueue queue, CancellationToken cancel) =>
        OrderAsync(context, shared ?? false, (person, scope) => queue.Desk.DropViewAsync(person, scope, name, cancel));

    private static async Task<Results<Ok<OrderAnswer>, ProblemHttpResult>> DefaultAsync(
        DefaultViewBody body, ClaimsPrincipal caller, CallersQueue queue, CancellationToken cancel)
    {
        var person = Identities.NameOf(caller);
        var owner = queue.Desk.OwnerOf(person, body.IsShared ? ViewScope.Shared : ViewScope.Own);
        return Answer(await queue.Desk.SetDefaultViewAsync(person, owner, body.Name ?? "", cancel));
    }

    private static async Task<Results<Ok<OrderAnswer>, ProblemHttpResult>> OrderAsync(
        HttpContext context, bool isShared, Func<string, ViewScope, Task<OrderOutcome>> order)
    {
        var authorization = context.RequestServices.GetRequiredService<IAuthorizationService>();
        if (isShared && !(await authorization.AuthorizeAsync(context.User, null, Policies.Triage)).Succeeded)
            return Problems.Of(StatusCodes.Status403Forbidden, "You may keep views of your own only.",
                "Sharing one takes a role that works on alerts.");
        return Answer(await order(Identities.NameOf(context.User), isShared ? ViewScope.Shared : ViewScope.Own));
    }

    private static Results<Ok<OrderAnswer>, ProblemHttpResult> Answer(OrderOutcome outcome) => outcome.IsAccepted
        ? TypedResults.Ok(new OrderAnswer(outcome.Detail))
        : Problems.Of(StatusCodes.Status409Conflict, "Nothing was changed.", outcome.Detail);
}

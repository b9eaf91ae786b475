using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Api;

/// <summary>Who is asking, and what they may do.</summary>
internal sealed record MeAnswer(
    string Name, IReadOnlyList<string> Roles, IReadOnlyList<string> Organizations, IReadOnlyList<string> Policies);

/// <summary>A browser in which the caller is signed in.</summary>
internal sealed record SessionAnswer(
    string Id, DateTimeOffset CreatedAt, DateTimeOffset SeenAt, string Address, string Agent, bool IsThisOne);

/// <summary>What everyone may know and do about themselves.</summary>
internal static class MeApi
{
    public static void MapMe(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/me").RequireAuthorization(Policies.View).WithMetadata(new KeepsToOrganizationsAttribute());
        group.MapGet("", Me).WithName("GetMe").WithSummary("Who is asking, and what they may do");
        group.MapGet("/sessions", Sessions).WithName("ListMySessions").WithSummary("Browsers in which the caller is signed in");
        group.MapDelete("/sessions/{id}", End).WithName("EndMySession").WithSummary("Ends one of the caller's sessions");
    }

    private static Ok<MeAnswer> Me(ClaimsPrincipal caller) => TypedResults.Ok(new MeAnswer(
        Identities.NameOf(caller), [.. caller.FindAll(ClaimTypes.Role).Select(role => role.Value)],
        Identities.OrganizationsOf(caller),
        [.. Policies.Table.Where(policy => policy.Value.Any(caller.IsInRole) && Policies.IsInScope(caller, policy.Key))
            .Select(policy => policy.Key)]));

    private static Ok<List<SessionAnswer>> Sessions(ClaimsPrincipal caller, IdentityStore store) => TypedResults.Ok(
        store.SessionsOf(Identities.NameOf(caller)).Select(session => new SessionAnswer(
            session.Id, session.CreatedAt, session.SeenAt, session.Address, session.Agent,
            session.Id == Security.Sessions.IdOf(caller))).ToList());

    private static Results<NoContent, ProblemHttpResult> End(string id, ClaimsPrincipal caller, IdentityStore store) =>
        store.RemoveSession(Identities.NameOf(caller), id) ? TypedResults.NoContent() : Problems.NotFound("session of yours");
}

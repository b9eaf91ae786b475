using Microsoft.AspNetCore.Http.HttpResults;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Api;

/// <summary><c>GET /api/v1/audit-reads</c>: who read which audit events, newest first.</summary>
internal static class ReadsApi
{
    public static void MapReads(this IEndpointRouteBuilder api) =>
        api.MapGet("/audit-reads", List).RequireAuthorization(Policies.Oversee)
            .WithName("ListAuditReads").WithSummary("Who read which audit events, newest first");

    private static Results<Ok<ListAnswer<AuditRead>>, ValidationProblem, ProblemHttpResult> List(
        HttpRequest request, ReadTrail trail) =>
        NumberedPage.Of(request, trail.Older, read => read.Number);
}

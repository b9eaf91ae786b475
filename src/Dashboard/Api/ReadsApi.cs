using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Api;

/// <summary><c>GET /api/v1/audit-reads</c>: who read which audit events, newest first.</summary>
internal static class ReadsApi
{
    public static void MapReads(this IEndpointRouteBuilder api) =>
        api.MapGet("/audit-reads", List).RequireAuthorization(Policies.Oversee)
            .WithName("ListAuditReads").WithSummary("Who read which audit events, newest first");

    private static Results<Ok<ListAnswer<AuditRead>>, ValidationProblem, ProblemHttpResult> List(
        HttpRequest request, ReadTrail trail)
    {
        var query = new ListQuery(request);
        var (after, limit, before) = (query.After, query.Limit, long.MaxValue);
        if (query.Problem() is { } problem)
            return problem;
        if (after is not null && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out before))
            return Problems.Of(StatusCodes.Status400BadRequest, "The cursor is not one of this list.", "Take it from the page before.");
        var reads = trail.Older(before, limit);
        var next = reads.Count == limit ? reads[^1].Number.ToString(CultureInfo.InvariantCulture) : null;
        return query.Answer(new Page<AuditRead>(reads, next));
    }
}

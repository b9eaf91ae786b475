using Microsoft.AspNetCore.Http.HttpResults;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>The two probes. Anyone may ask, so they say only what a load balancer needs.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").AllowAnonymous().ExcludeFromDescription();
        group.MapGet("/healthz", () => TypedResults.Ok(new LivenessReport("alive")));
        group.MapGet("/readyz", ReadyAsync);
    }

    private static async Task<JsonHttpResult<ReadinessReport>> ReadyAsync(Readiness readiness, CancellationToken cancel)
    {
        var report = await readiness.CheckAsync(cancel);
        var status = report.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return TypedResults.Json(report, statusCode: status);
    }

    /// <summary>The process answers.</summary>
    internal sealed record LivenessReport(string Status);
}

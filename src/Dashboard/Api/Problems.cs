using Microsoft.AspNetCore.Http.HttpResults;

namespace SentinelHealth.Dashboard.Api;

/// <summary>Refusals as problem documents (RFC 9457).</summary>
internal static class Problems
{
    public static ProblemHttpResult NotFound(string what) =>
        TypedResults.Problem(statusCode: StatusCodes.Status404NotFound, title: $"There is no such {what}.");

    public static ProblemHttpResult Of(int status, string title, string detail) =>
        TypedResults.Problem(statusCode: status, title: title, detail: detail);
}

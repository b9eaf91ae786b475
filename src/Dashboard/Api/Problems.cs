using Microsoft.AspNetCore.Http.HttpResults;
using SentinelHealth.Response.Queries;

namespace SentinelHealth.Dashboard.Api;

/// <summary>Refusals as problem documents (RFC 9457).</summary>
internal static class Problems
{
    public static ProblemHttpResult NotFound(string what) =>
        TypedResults.Problem(statusCode: StatusCodes.Status404NotFound, title: $"There is no such {what}.");

    /// <summary>A query that does not read, with the place of the fault.</summary>
    public static ProblemHttpResult Of(QueryFault fault) => TypedResults.Problem(
        statusCode: StatusCodes.Status400BadRequest, title: "The query cannot be read.", detail: $"{fault.Message} {fault.Hint}".TrimEnd(),
        extensions: new Dictionary<string, object?> { ["at"] = fault.At, ["length"] = fault.Length });

    public static ProblemHttpResult Of(int status, string title, string detail) =>
        TypedResults.Problem(statusCode: status, title: title, detail: detail, type: TypeOf(status));

    /// <summary>What the framework has no type for.</summary>
    private static string? TypeOf(int status) => status switch
    {
        StatusCodes.Status428PreconditionRequired => "https://tools.ietf.org/html/rfc6585#section-3",
        StatusCodes.Status429TooManyRequests => "https://tools.ietf.org/html/rfc6585#section-4",
        _ => null,
    };
}

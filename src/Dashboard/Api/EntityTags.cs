using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace SentinelHealth.Dashboard.Api;

/// <summary>Versions of resources that can be changed (RFC 9110, 8.8.3): whoever changes one says which version they have seen.</summary>
internal static class EntityTags
{
    public static string Of(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>Why a change may not go on; null when the caller has seen this version, or said that any will do.</summary>
    public static ProblemHttpResult? Problem(HttpRequest request, string current)
    {
        var given = request.Headers.IfMatch.ToString();
        if (given.Length == 0)
            return Problems.Of(StatusCodes.Status428PreconditionRequired, "Say which version you have seen.",
                "Send If-Match with the ETag of the resource, or * for any.");
        return given == "*" || given.Split(',', StringSplitOptions.TrimEntries).Contains(current) ? null : Stale();
    }

    public static ProblemHttpResult Stale() => Problems.Of(
        StatusCodes.Status412PreconditionFailed, "It was changed meanwhile.", "Read it again, and decide about what it is now.");
}

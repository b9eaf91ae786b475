using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Api;

/// <summary>Pages of lists whose items have rising numbers: the cursor is the last number that was given.</summary>
internal static class NumberedPage
{
    /// <summary>A page, newest first.</summary>
    /// <param name="request">The request with its query.</param>
    /// <param name="read">Items below a number, newest first, at most so many.</param>
    /// <param name="numberOf">An item's number.</param>
    public static Results<Ok<ListAnswer<T>>, ValidationProblem, ProblemHttpResult> Of<T>(
        HttpRequest request, Func<long, int, IReadOnlyList<T>> read, Func<T, long> numberOf)
    {
        var query = new ListQuery(request);
        var (after, limit, before) = (query.After, query.Limit, long.MaxValue);
        if (query.Problem() is { } problem)
            return problem;
        if (after is not null && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out before))
            return Problems.Of(StatusCodes.Status400BadRequest, "The cursor is not one of this list.", "Take it from the page before.");
        var items = read(before, limit);
        var next = items.Count == limit ? numberOf(items[^1]).ToString(CultureInfo.InvariantCulture) : null;
        return query.Answer(new Page<T>(items, next));
    }
}

using System.Text;
using SentinelHealth.Detection.Rules.Sigma.Fields;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Response.Queries;

namespace SentinelHealth.Response.Hunting;

/// <summary>What can be said of a query without looking at an event: when what it finds happened, and what a block must hold.</summary>
internal static class HuntScope
{
    /// <summary>From when to when, in Unix milliseconds, both ends included.</summary>
    public static (long FromMs, long ToMs) SpanOf(QueryNode query) => query switch
    {
        QueryAnd and => and.Parts.Select(SpanOf).Aggregate((Left, Right) =>
            (Math.Max(Left.FromMs, Right.FromMs), Math.Min(Left.ToMs, Right.ToMs))),
        QueryRange { Field.Name: SentinelFields.Time } range => range.Order is QueryOrder.Less or QueryOrder.LessOrEqual
            ? (long.MinValue, Whole(Math.Ceiling(range.Bound))) : (Whole(Math.Floor(range.Bound)), long.MaxValue),
        QueryIs { Field.Name: SentinelFields.Time, Value: QueryNumber at } =>
            (Whole(Math.Floor(at.Number)), Whole(Math.Ceiling(at.Number))),
        _ => (long.MinValue, long.MaxValue),
    };

    /// <summary>What bars span: what the query names, within what there is.</summary>
    /// <param name="asked">What the query names.</param>
    /// <param name="kept">The first and last event there is; the first after the last when there is none.</param>
    public static (long FromMs, long ToMs) Within((long FromMs, long ToMs) asked, (long FirstMs, long LastMs) kept)
    {
        var isEmpty = kept.FirstMs > kept.LastMs;
        var from = Math.Max(asked.FromMs, isEmpty ? 0 : kept.FirstMs);
        return (from, Math.Max(from, Math.Min(asked.ToMs, isEmpty ? 0 : kept.LastMs)));
    }

    /// <summary>False when no event of a block can be found by the query.</summary>
    public static bool MayFind(QueryNode query, KeyFilter filter) => query switch
    {
        QueryAnd and => and.Parts.All(part => MayFind(part, filter)),
        QueryOr or => or.Parts.Any(part => MayFind(part, filter)),
        QueryIs { Value: QueryPattern { IsExact: true } exact } condition
            when EventFields.TextFieldOf(condition.Field.Name) is { } field =>
            filter.MayHold(KeyFilter.KeyOf(field, StableHash.Of(Encoding.UTF8.GetBytes(exact.Pieces[0])))),
        _ => true,
    };

    private static long Whole(double milliseconds) =>
        (long)Math.Clamp(milliseconds, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(),
            DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());
}

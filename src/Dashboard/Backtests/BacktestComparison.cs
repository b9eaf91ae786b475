using System.Text.Json.Serialization;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Backtesting;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Backtests;

/// <summary>How what a policy would have contained meets what was contained.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ComparedOutcome>))]
internal enum ComparedOutcome
{
    /// <summary>Contained, and would have been.</summary>
    [JsonStringEnumMemberName("both")] Both,

    /// <summary>Would have been contained, and was not.</summary>
    [JsonStringEnumMemberName("onlyWould")] OnlyWould,

    /// <summary>Contained; the policy would have asked people or recorded it only.</summary>
    [JsonStringEnumMemberName("wouldAsk")] WouldAsk,

    /// <summary>Contained; a guardrail would have refused it.</summary>
    [JsonStringEnumMemberName("wouldRefuse")] WouldRefuse,

    /// <summary>Contained; the policy would not have thought of it.</summary>
    [JsonStringEnumMemberName("onlyDid")] OnlyDid,
}

/// <summary>A stretch of time.</summary>
internal sealed record ContainedSpan(DateTimeOffset From, DateTimeOffset Until);

/// <summary>One target's containments, tried and real.</summary>
/// <param name="Outcome">How they meet.</param>
/// <param name="Action">What was or would have been done.</param>
/// <param name="Target">To whom.</param>
/// <param name="Would">When it would have been contained.</param>
/// <param name="Did">When it was contained.</param>
/// <param name="BlockedLegitimate">Accesses nothing was alerted about that the policy would have blocked.</param>
internal sealed record ComparedContainment(
    ComparedOutcome Outcome, ActionKind Action, EntityRef Target,
    IReadOnlyList<ContainedSpan> Would, IReadOnlyList<ContainedSpan> Did, long BlockedLegitimate);

/// <summary>What a policy would have done beside what was done, in its period.</summary>
/// <param name="Rows">A row for each kind of action and target; what differs first.</param>
internal sealed record BacktestComparison(IReadOnlyList<ComparedContainment> Rows)
{
    private const int ActionsMax = 10_000, PageRows = 500;

    private static readonly ActionFilter Took = new()
    {
        States = [ActionState.Confirmed, ActionState.Reconciled, ActionState.Reversed, ActionState.Expired],
    };

    /// <summary>How many rows have an outcome.</summary>
    public int Count(ComparedOutcome outcome) => Rows.Count(row => row.Outcome == outcome);

    /// <summary>Reads what was done and lays it beside a result.</summary>
    public static async Task<BacktestComparison> ReadAsync(
        BacktestReport report, BacktestPeriod period, ICaseReader cases, DateTimeOffset now, CancellationToken cancel)
    {
        var done = new List<ContainmentAction>();
        var after = (string?)null;
        do
        {
            var page = await cases.ActionsAsync(Took, after, PageRows, cancel);
            done.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null && done.Count < ActionsMax);
        return Of(report, period, done, now);
    }

    /// <summary>Lays what was done beside a result. Pure.</summary>
    public static BacktestComparison Of(
        BacktestReport report, BacktestPeriod period, IEnumerable<ContainmentAction> done, DateTimeOffset now)
    {
        var did = done.Where(action => action.ContainedAt is { } at && !(at < period.From) && !(at >= period.Until))
            .ToLookup(action => (action.Kind, action.Target), action => SpanOf(action, now));
        var lines = report.Lines.Where(line => line.Action is not null)
            .ToLookup(line => (Kind: line.Action!.Value, Target: line.Target!.Value));
        var keys = lines.Where(group => group.Any(line => line.Kind == BacktestKind.Action)).Select(group => group.Key)
            .Union(did.Select(group => group.Key));
        var rows = keys.Select(key => Row(key, [.. lines[key]], [.. did[key].OrderBy(span => span.From)]));
        return new BacktestComparison(
        [
            .. rows.OrderBy(row => row.Outcome == ComparedOutcome.Both)
                .ThenBy(row => row.Would.Concat(row.Did).Min(span => span.From))
                .ThenBy(row => row.Target.Id, StringComparer.Ordinal),
        ]);
    }

    private static ComparedContainment Row(
        (ActionKind Kind, EntityRef Target) key, List<BacktestLine> lines, List<ContainedSpan> did)
    {
        var actions = lines.Where(line => line.Kind == BacktestKind.Action).ToList();
        var would = actions.Select(line => new ContainedSpan(line.At, line.Until!.Value)).ToList();
        return new ComparedContainment(
            OutcomeOf(lines, would.Count > 0, did.Count > 0), key.Kind, key.Target, would, did,
            actions.Sum(line => line.BlockedLegitimate));
    }

    private static ComparedOutcome OutcomeOf(List<BacktestLine> lines, bool would, bool did) =>
        would ? (did ? ComparedOutcome.Both : ComparedOutcome.OnlyWould)
        : lines.Any(line => line.Kind == BacktestKind.Refusal) ? ComparedOutcome.WouldRefuse
        : lines.Any(line => line.Kind == BacktestKind.Proposal) ? ComparedOutcome.WouldAsk
        : ComparedOutcome.OnlyDid;

    /// <summary>What still goes on ends now; what a person undid ended when they did.</summary>
    private static ContainedSpan SpanOf(ContainmentAction action, DateTimeOffset now)
    {
        var end = action.State switch
        {
            ActionState.Reversed => action.ChangedAt,
            ActionState.Expired => action.ExpiresAt ?? action.ChangedAt,
            _ => action.ExpiresAt is { } expires && expires < now ? expires : now,
        };
        var from = action.ContainedAt!.Value;
        return new ContainedSpan(from, end > from ? end : from);
    }
}

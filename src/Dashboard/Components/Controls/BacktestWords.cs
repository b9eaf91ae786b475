using SentinelHealth.Dashboard.Backtests;
using SentinelHealth.Response.Backtesting;

namespace SentinelHealth.Dashboard.Components.Controls;

/// <summary>How backtests read on pages.</summary>
internal static class BacktestWords
{
    /// <summary>An amount with its noun.</summary>
    public static string Count(long count, string one, string many) => $"{Wording.Count(count)} {(count == 1 ? one : many)}";

    /// <summary>The period, as far as it was given.</summary>
    public static string Period(BacktestOrder order) => (order.From, order.Until) switch
    {
        ({ } from, { } until) => $"{Stamp(from)} to {Stamp(until)}",
        ({ } from, null) => $"From {Stamp(from)} on",
        (null, { } until) => $"Up to {Stamp(until)}",
        _ => "Everything that was kept",
    };

    /// <summary>What is tried, in a few words.</summary>
    public static string Candidate(BacktestOrder order)
    {
        var parts = new List<string> { order.Playbooks.Length > 0 ? "Other playbooks" : "The playbooks in force" };
        parts.AddRange(order.Modes.OrderBy(mode => mode.Key, StringComparer.Ordinal)
            .Select(mode => $"{InertText.Of(mode.Key)} in the mode {mode.Value.ToString().ToLowerInvariant()}"));
        if (order.Limits != new BacktestLimits())
            parts.Add("other limits");
        return string.Join(", ", parts);
    }

    /// <summary>The answer in two sentences.</summary>
    public static string Verdict(BacktestSummary sum, BacktestComparison comparison)
    {
        var did = comparison.Rows.Count(row => row.Did.Count > 0);
        var policy = sum.Actions == 0
            ? "This policy would have contained nobody by itself."
            : $"This policy would have made {Count(sum.Actions, "containment", "containments")} by itself, "
                + $"{Wording.Span(TimeSpan.FromSeconds(sum.ContainedSeconds))} in all, and blocked "
                + $"{Count(sum.BlockedLegitimate, "access", "accesses")} that nothing was alerted about.";
        return did == 0
            ? policy + " Nothing was really contained in that time."
            : $"{policy} Of {Count(did, "target", "targets")} really contained in that time, it would have contained {Wording.Count(comparison.Count(ComparedOutcome.Both))}.";
    }

    /// <summary>How tried and real meet.</summary>
    public static string Name(ComparedOutcome outcome) => outcome switch
    {
        ComparedOutcome.Both => "Both",
        ComparedOutcome.OnlyWould => "Only the policy",
        ComparedOutcome.WouldAsk => "It would have asked",
        ComparedOutcome.WouldRefuse => "It would have been refused",
        _ => "Only in reality",
    };

    /// <summary>What a line is.</summary>
    public static string Name(BacktestKind kind) => kind switch
    {
        BacktestKind.Action => "Contained",
        BacktestKind.Proposal => "Asked",
        BacktestKind.Refusal => "Refused",
        _ => "To review",
    };

    private static string Stamp(DateTimeOffset at) => Wording.Stamp(at)[..^3];
}

using Microsoft.Extensions.Localization;
using SentinelHealth.Dashboard.Backtests;
using SentinelHealth.Dashboard.Language;
using SentinelHealth.Response.Backtesting;

namespace SentinelHealth.Dashboard.Components.Controls;

/// <summary>How backtests read on pages.</summary>
internal static class BacktestWords
{
    /// <summary>The period, as far as it was given.</summary>
    public static string Period(BacktestOrder order, IStringLocalizer<Words> words) => (order.From, order.Until) switch
    {
        ({ } from, { } until) => words["{0} to {1}", Stamp(from), Stamp(until)],
        ({ } from, null) => words["From {0} on", Stamp(from)],
        (null, { } until) => words["Up to {0}", Stamp(until)],
        _ => words["Everything that was kept"],
    };

    /// <summary>What is tried, in a few words.</summary>
    public static string Candidate(BacktestOrder order, IStringLocalizer<Words> words)
    {
        var parts = new List<string> { words[order.Playbooks.Length > 0 ? "Other playbooks" : "The playbooks in force"] };
        parts.AddRange(order.Modes.OrderBy(mode => mode.Key, StringComparer.Ordinal)
            .Select(mode => words["{0} in the mode “{1}”", InertText.Of(mode.Key), words[mode.Value.ToString()]].Value));
        if (order.Limits != new BacktestLimits())
            parts.Add(words["other limits"]);
        return string.Join(", ", parts);
    }

    /// <summary>The answer in a few sentences.</summary>
    public static string Verdict(BacktestSummary sum, BacktestComparison comparison, IStringLocalizer<Words> words)
    {
        var did = comparison.Rows.Count(row => row.Did.Count > 0);
        string policy = sum.Actions == 0
            ? words["This policy would have contained nobody by itself."]
            : words[sum.Actions == 1 ? "This policy would have made one containment by itself, {1} in all." : "This policy would have made {0} containments by itself, {1} in all.",
                Wording.Count(sum.Actions), Wording.Span(TimeSpan.FromSeconds(sum.ContainedSeconds))]
            + " " + words["Accesses blocked that nothing was alerted about: {0}.", Wording.Count(sum.BlockedLegitimate)];
        string really = did == 0 ? words["Nothing was really contained in that time."]
            : words["Targets really contained in that time: {0}; by this policy as well: {1}.", Wording.Count(did), Wording.Count(comparison.Count(ComparedOutcome.Both))];
        return $"{policy} {really}";
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

using System.Text.Json.Serialization;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Response.Backtesting;

/// <summary>What a policy would have done, one thing of it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BacktestKind>))]
public enum BacktestKind
{
    /// <summary>A containment that would have happened by itself.</summary>
    [JsonStringEnumMemberName("action")] Action,

    /// <summary>A containment that would have been put in front of people.</summary>
    [JsonStringEnumMemberName("proposal")] Proposal,

    /// <summary>A containment that a playbook asked for and a guardrail refused.</summary>
    [JsonStringEnumMemberName("refusal")] Refusal,

    /// <summary>Emergency access that would have been queued for review.</summary>
    [JsonStringEnumMemberName("review")] Review,
}

/// <summary>One line of a backtest's answer.</summary>
public sealed record BacktestLine
{
    /// <summary>What kind of thing.</summary>
    public required BacktestKind Kind { get; init; }

    /// <summary>When, in event time.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The incident that led to it.</summary>
    public required string IncidentId { get; init; }

    /// <summary>What would have been done; null for a review.</summary>
    public ActionKind? Action { get; init; }

    /// <summary>To whom; null for a review.</summary>
    public EntityRef? Target { get; init; }

    /// <summary>The target's organization; empty when unknown.</summary>
    public string Organization { get; init; } = "";

    /// <summary>Whose idea it was; empty for refusals and reviews.</summary>
    public string Playbook { get; init; } = "";

    /// <summary>The mode of that playbook; null for refusals and reviews.</summary>
    public PlaybookMode? Mode { get; init; }

    /// <summary>When the containment would have ended; null for anything else.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Events of the target that would have been blocked, whatever they were.</summary>
    public long BlockedEvents { get; init; }

    /// <summary>Those of them that nothing was alerted about: the price in legitimate accesses.</summary>
    public long BlockedLegitimate { get; init; }

    /// <summary>Emergency accesses of the target meanwhile; none of them would have been blocked.</summary>
    public long PassedEmergencies { get; init; }

    /// <summary>The guardrail that refused; empty for anything else.</summary>
    public string Guardrail { get; init; } = "";

    /// <summary>The guardrail's or the review's sentence; empty for anything else.</summary>
    public string Detail { get; init; } = "";
}

/// <summary>The sum of a backtest.</summary>
public sealed record BacktestSummary
{
    /// <summary>Events read.</summary>
    public required long Events { get; init; }

    /// <summary>Containments.</summary>
    public required int Actions { get; init; }

    /// <summary>Proposals to people.</summary>
    public required int Proposals { get; init; }

    /// <summary>Refusals by guardrail, in the order of their names.</summary>
    public required IReadOnlyDictionary<string, int> Refusals { get; init; }

    /// <summary>Reviews of emergency access.</summary>
    public required int Reviews { get; init; }

    /// <summary>The sum of all containments' times, in seconds.</summary>
    public required long ContainedSeconds { get; init; }

    /// <summary>Events that would have been blocked.</summary>
    public required long BlockedEvents { get; init; }

    /// <summary>Those that nothing was alerted about.</summary>
    public required long BlockedLegitimate { get; init; }
}

/// <summary>A backtest's answer: the same for the same events, playbooks, options and program (I5).</summary>
/// <param name="Lines">In event time.</param>
/// <param name="Summary">Their sum.</param>
public sealed record BacktestReport(IReadOnlyList<BacktestLine> Lines, BacktestSummary Summary);

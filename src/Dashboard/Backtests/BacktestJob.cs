using System.Text.Json.Serialization;
using SentinelHealth.Response.Backtesting;

namespace SentinelHealth.Dashboard.Backtests;

/// <summary>Where a backtest stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BacktestState>))]
internal enum BacktestState
{
    /// <summary>Another one is running.</summary>
    [JsonStringEnumMemberName("waiting")] Waiting,

    /// <summary>Reads events.</summary>
    [JsonStringEnumMemberName("running")] Running,

    /// <summary>Its result can be read.</summary>
    [JsonStringEnumMemberName("done")] Done,

    /// <summary>A person ended it.</summary>
    [JsonStringEnumMemberName("cancelled")] Cancelled,

    /// <summary>It could not be done; the problem says why.</summary>
    [JsonStringEnumMemberName("failed")] Failed,

    /// <summary>The program was stopped meanwhile. It can be ordered again.</summary>
    [JsonStringEnumMemberName("interrupted")] Interrupted,
}

/// <summary>A backtest in the background, as it stands at one moment.</summary>
internal sealed record BacktestJob
{
    /// <summary>Its identifier.</summary>
    public required string Id { get; init; }

    /// <summary>Where it stands.</summary>
    public required BacktestState State { get; init; }

    /// <summary>What was ordered.</summary>
    public required BacktestOrder Order { get; init; }

    /// <summary>Who ordered it.</summary>
    public required string OrderedBy { get; init; }

    /// <summary>When, by the clock of the network.</summary>
    public required DateTimeOffset OrderedAt { get; init; }

    /// <summary>When it ended; null while it goes on.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Events read so far.</summary>
    public long EventsRead { get; init; }

    /// <summary>Events to read.</summary>
    public long EventsTotal { get; init; }

    /// <summary>Why it failed; empty otherwise.</summary>
    public string Problem { get; init; } = "";

    /// <summary>SHA-256 of the result in lower-case hex; empty until it is done. The same input and versions give the same.</summary>
    public string ResultSha256 { get; init; } = "";

    /// <summary>The program that ran it.</summary>
    public string Program { get; init; } = "";

    /// <summary>The sum; null until it is done.</summary>
    public BacktestSummary? Summary { get; init; }

    /// <summary>Whether it has come to its end, whatever that was.</summary>
    [JsonIgnore]
    public bool IsOver => State is not (BacktestState.Waiting or BacktestState.Running);

    /// <summary>What is compared with reality: nothing after the order, which the run has not seen.</summary>
    [JsonIgnore]
    public BacktestPeriod Period =>
        new(Order.From, Order.Until is { } until && until < OrderedAt ? until : OrderedAt.AddTicks(1));

    /// <summary>The part of the events that is read, 0..1.</summary>
    public double Share => State == BacktestState.Done ? 1 : EventsTotal > 0 ? Math.Min(1, (double)EventsRead / EventsTotal) : 0;
}

using SentinelHealth.Detection;
using SentinelHealth.Detection.Ordering;
using SentinelHealth.Detection.Rules.Live;

namespace SentinelHealth.Response.Monitoring;

/// <summary>How detection of one partition is doing, for people: what processes that share a store tell each other.</summary>
public sealed record ShardReport
{
    /// <summary>Entities whose risk is told.</summary>
    public const int RisksMax = 50;

    /// <summary>The partition.</summary>
    public required int Partition { get; init; }

    /// <summary>When it was so, by the monitor's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The riskiest entities, riskiest first; at most <see cref="RisksMax"/>.</summary>
    public IReadOnlyList<EntityRisk> TopRisks { get; init; } = [];

    /// <summary>How often each written rule matched, by name.</summary>
    public IReadOnlyDictionary<string, RuleCount> RuleCounts { get; init; } = new Dictionary<string, RuleCount>();

    /// <summary>How the detectors are doing; null for an engine that keeps no account of it.</summary>
    public DetectionStatus? Detection { get; init; }

    /// <summary>How the order of events is kept.</summary>
    public OrderStatus Order { get; init; } = new(null, 0, 0, 0);

    /// <summary>Why nothing of the partition is scored at the moment, for people; empty while all is well.</summary>
    public string Fault { get; init; } = "";

    /// <summary>What a scoring says now. O(entities with a risk).</summary>
    internal static ShardReport Of(int partition, OrderedScoring scoring, DateTimeOffset now) => new()
    {
        Partition = partition,
        At = now,
        TopRisks = scoring.Engine.TopRisks(RisksMax),
        RuleCounts = scoring.Engine.ReadRuleCounts(),
        Detection = scoring.Engine.Status,
        Order = new OrderStatus(scoring.Watermark, scoring.LateCount, scoring.AheadCount, scoring.CorrectionCount),
    };
}

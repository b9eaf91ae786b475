using SentinelHealth.Detection;
using SentinelHealth.Detection.Calibration;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Response.Monitoring;

/// <summary>How detection is doing as a whole: the reports of all partitions as one.</summary>
internal sealed record ShardSummary(
    IReadOnlyList<EntityRisk> TopRisks, IReadOnlyDictionary<string, RuleCount> RuleCounts, DetectionStatus? Detection,
    OrderStatus Order)
{
    /// <summary>Nothing has been told yet.</summary>
    public static ShardSummary None { get; } = new([], new Dictionary<string, RuleCount>(), null, new OrderStatus(null, 0, 0, 0));

    public static ShardSummary Of(IReadOnlyList<ShardReport> shards) => shards.Count switch
    {
        0 => None,
        1 => new(shards[0].TopRisks, shards[0].RuleCounts, shards[0].Detection, shards[0].Order),
        _ => new(
            RisksOf(shards), CountsOf(shards),
            DetectionOf([.. shards.Select(shard => shard.Detection).OfType<DetectionStatus>()]), OrderOf(shards)),
    };

    /// <summary>An entity that several partitions know of is shown as the one that fears it most does.</summary>
    private static List<EntityRisk> RisksOf(IReadOnlyList<ShardReport> shards) =>
        [.. shards.SelectMany(shard => shard.TopRisks).GroupBy(risk => risk.Entity)
            .Select(same => same.MaxBy(risk => risk.Risk)!)
            .OrderByDescending(risk => risk.Risk).ThenBy(risk => risk.Entity.Id, StringComparer.Ordinal)
            .Take(ShardReport.RisksMax)];

    private static Dictionary<string, RuleCount> CountsOf(IReadOnlyList<ShardReport> shards) =>
        shards.SelectMany(shard => shard.RuleCounts).GroupBy(count => count.Key, StringComparer.Ordinal).ToDictionary(
            same => same.Key,
            same => new RuleCount(same.Sum(count => count.Value.MatchCount), same.Max(count => count.Value.LastAt)),
            StringComparer.Ordinal);

    /// <summary>Everything before the slowest partition's watermark is settled everywhere.</summary>
    private static OrderStatus OrderOf(IReadOnlyList<ShardReport> shards) => new(
        shards.Min(shard => shard.Order.Watermark), shards.Sum(shard => shard.Order.LateCount),
        shards.Sum(shard => shard.Order.AheadCount), shards.Sum(shard => shard.Order.CorrectionCount));

    private static DetectionStatus? DetectionOf(IReadOnlyList<DetectionStatus> shards)
    {
        if (shards.Count == 0)
            return null;
        var calibration = CalibrationOf([.. shards.Select(shard => shard.Calibration)]);
        return new DetectionStatus(shards.All(shard => shard.IsWarm), calibration)
        {
            Scorecards = [.. shards.SelectMany(shard => shard.Scorecards).GroupBy(card => card.Name, StringComparer.Ordinal)
                .OrderBy(same => same.Key, StringComparer.Ordinal).Select(same => SumOf([.. same]))],
            // One advice for one source: that of the partition which it would spare the most.
            ThresholdAdvice = [.. shards.SelectMany(shard => shard.ThresholdAdvice)
                .GroupBy(advice => advice.Source, StringComparer.Ordinal)
                .Select(same => same.MaxBy(advice => advice.BenignAvoided)!)],
            Correlations = CorrelationsOf([.. shards.Select(shard => shard.Correlations).OfType<SigmaEngineStatus>()]),
        };
    }

    /// <summary>A promise holds for the network when every partition keeps it; budgets and counts add up.</summary>
    private static CalibrationStatus CalibrationOf(IReadOnlyList<CalibrationStatus> shards) => new(
        shards.All(shard => shard.IsGuaranteed), shards.Max(shard => shard.OffSinceAt), shards.Max(shard => shard.Suspicion),
        shards.Sum(shard => shard.HoursTested), shards.Sum(shard => shard.RiseCount), shards.Sum(shard => shard.FallCount),
        shards.Sum(shard => shard.AlertsPerDay), shards.Min(shard => shard.PValueThreshold),
        shards.Max(shard => shard.FalseDiscoveryRate), shards.Sum(shard => shard.DiscoveryCount));

    private static DetectorScorecard SumOf(IReadOnlyList<DetectorScorecard> cards) => new(
        cards[0].Name, cards[0].Stage, cards.Sum(card => card.ScoredCount), cards.Sum(card => card.AlertCount),
        cards.Sum(card => card.ShadowAlertCount), cards.Sum(card => card.ConfirmedCount), cards.Sum(card => card.BenignCount));

    private static SigmaEngineStatus? CorrelationsOf(IReadOnlyList<SigmaEngineStatus> shards) => shards.Count == 0 ? null : new(
        shards.Sum(shard => shard.Keys), shards.Sum(shard => shard.Bytes), shards.Sum(shard => shard.LateHits),
        shards.Sum(shard => shard.DroppedHits), shards.Sum(shard => shard.EvictedKeys));
}

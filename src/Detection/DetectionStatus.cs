using SentinelHealth.Detection.Calibration;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Detection;

/// <summary>How detection is doing, for people.</summary>
/// <param name="IsWarm">Whether models may alert yet.</param>
/// <param name="Calibration">What is promised about alerts, and whether it holds.</param>
public sealed record DetectionStatus(bool IsWarm, CalibrationStatus Calibration)
{
    /// <summary>What each detector and rule has done, by name.</summary>
    public IReadOnlyList<DetectorScorecard> Scorecards { get; init; } = [];

    /// <summary>What correlations of written rules hold and had to leave out; null without rules.</summary>
    public SigmaEngineStatus? Correlations { get; init; }

    /// <summary>Stricter thresholds that what people found speaks for, with what they would have done. Nothing of it is in force.</summary>
    public IReadOnlyList<ThresholdAdvice> ThresholdAdvice { get; init; } = [];
}

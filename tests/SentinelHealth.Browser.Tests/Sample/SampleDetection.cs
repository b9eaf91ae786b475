using SentinelHealth.Detection;
using SentinelHealth.Detection.Calibration;
using SentinelHealth.Detection.Lifecycle;

namespace SentinelHealth.Browser.Tests.Sample;

/// <summary>How the sample's detection is doing: one detector that is trusted, one that is tried, one with a proposal.</summary>
internal static class SampleDetection
{
    public static DetectionStatus Status { get; } = new(
        IsWarm: true,
        new CalibrationStatus(
            IsGuaranteed: true, OffSinceAt: null, Suspicion: 0.18, HoursTested: 312, RiseCount: 0, FallCount: 1, AlertsPerDay: 3,
            PValueThreshold: 1.4e-5, FalseDiscoveryRate: 0.1, DiscoveryCount: 21))
    {
        Scorecards =
        [
            new("rarity", DetectorStage.Enforced, 1_482_310, 61, 0, 12, 9),
            new("burst", DetectorStage.Enforced, 1_482_310, 34, 0, 11, 2),
            new("peer.distance", DetectorStage.Shadow, 1_482_310, 0, 18, 0, 0),
            new("node.unregistered", DetectorStage.Enforced, 7, 7, 0, 7, 0),
        ],
        ThresholdAdvice = [new("rarity", 0.25, BenignAvoided: 7, BenignCount: 9, ConfirmedKept: 12, UndecidedLost: 3, UndecidedCount: 40)],
    };
}

namespace SentinelHealth.Detection.Calibration;

/// <summary>Which model alerts are raised.</summary>
public enum AlertGate
{
    /// <summary>All within the daily budget; those that also hold under the false discovery rate are marked. The default.</summary>
    Budget,

    /// <summary>Only those that hold under the false discovery rate, while that can be promised; else as under the budget.</summary>
    Discoveries,
}

/// <summary>What calibration promises now, and what speaks against it.</summary>
/// <param name="IsGuaranteed">Whether the false discovery rate is promised.</param>
/// <param name="OffSinceAt">Event time of the latest sign that scores had risen; null while guaranteed.</param>
/// <param name="Suspicion">How near the exchangeability test is to saying that scores have risen, 0..1.</param>
/// <param name="HoursTested">Hours of the network the test has judged.</param>
/// <param name="RiseCount">How often it said that scores had risen: p-values too small, the promise off for three days at least.</param>
/// <param name="FallCount">How often it said that they had fallen: p-values too large, the promise kept but detection duller.</param>
/// <param name="AlertsPerDay">The budget: model alerts a day while nothing is wrong, at most about.</param>
/// <param name="PValueThreshold">The p-value below which the budget lets an event alert now.</param>
/// <param name="FalseDiscoveryRate">The stated share of innocent actor-hours among those discovered in a day, at most, in expectation.</param>
/// <param name="DiscoveryCount">Actors discovered, once a day each, in all.</param>
public sealed record CalibrationStatus(
    bool IsGuaranteed, DateTimeOffset? OffSinceAt, double Suspicion, long HoursTested, int RiseCount, int FallCount,
    double AlertsPerDay, double PValueThreshold, double FalseDiscoveryRate, long DiscoveryCount);

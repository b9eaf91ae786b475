namespace SentinelHealth.Detection.Lifecycle;

/// <summary>What one detector or rule has done so far.</summary>
/// <param name="Name">Its name in alerts.</param>
/// <param name="Stage">Its stage now.</param>
/// <param name="ScoredCount">Events it had an opinion on; for rules, events that broke them.</param>
/// <param name="AlertCount">Alerts raised.</param>
/// <param name="ShadowAlertCount">Events it would have alerted on while in shadow.</param>
/// <param name="ConfirmedCount">Its alerts that people confirmed.</param>
/// <param name="BenignCount">Its alerts that people closed as benign.</param>
public sealed record DetectorScorecard(
    string Name, DetectorStage Stage, long ScoredCount, long AlertCount, long ShadowAlertCount,
    int ConfirmedCount, int BenignCount)
{
    /// <summary>Confirmed among decided alerts, 0..1; null while none is decided.</summary>
    public double? Precision => ConfirmedCount + BenignCount == 0
        ? null : ConfirmedCount / (double)(ConfirmedCount + BenignCount);
}

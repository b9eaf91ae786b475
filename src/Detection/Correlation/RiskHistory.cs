using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Detection.Correlation;

/// <summary>What an entity's risk was, told from its alerts afterwards.</summary>
public static class RiskHistory
{
    /// <summary>The risk at instants, 0 to 100 each, as <see cref="RiskRegister"/> would have stated it. O(instants × alerts).</summary>
    /// <param name="alerts">Alerts about the one entity that were not closed as benign, in their last versions.</param>
    /// <param name="instants">When.</param>
    public static IReadOnlyList<double> Of(IReadOnlyList<Alert> alerts, IReadOnlyList<DateTimeOffset> instants)
    {
        ArgumentNullException.ThrowIfNull(alerts);
        ArgumentNullException.ThrowIfNull(instants);
        var shares = alerts.Select(alert => new RiskShare(
            alert.Id, alert.Source, AttackStages.Of(alert.Tags), alert.At.ToUnixTimeMilliseconds(),
                RiskSum.PointsOf(alert))).ToList();
        return [.. instants.Select(instant =>
        {
            var now = instant.ToUnixTimeMilliseconds();
            return RiskSum.Sum(RiskSum.Of([.. shares.Where(share => share.AtMs <= now)], now));
        })];
    }
}

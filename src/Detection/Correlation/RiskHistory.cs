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
        var shares = SharesOf(alerts);
        return [.. instants.Select(instant => RiskSum.Sum(PartsAt(shares, instant)))];
    }

    /// <summary>What the risk at an instant is made of, the largest first; the parts add up to it. O(alerts log alerts).</summary>
    /// <param name="alerts">As for <see cref="Of"/>.</param>
    /// <param name="instant">When.</param>
    public static IReadOnlyList<RiskContribution> PartsOf(IReadOnlyList<Alert> alerts, DateTimeOffset instant)
    {
        ArgumentNullException.ThrowIfNull(alerts);
        return [.. PartsAt(SharesOf(alerts), instant).OrderByDescending(part => part.Points)];
    }

    private static List<RiskShare> SharesOf(IReadOnlyList<Alert> alerts) => [.. alerts.Select(alert => new RiskShare(
        alert.Id, alert.Source, AttackStages.Of(alert.Tags), alert.At.ToUnixTimeMilliseconds(), RiskSum.PointsOf(alert)))];

    private static List<RiskContribution> PartsAt(List<RiskShare> shares, DateTimeOffset instant)
    {
        var now = instant.ToUnixTimeMilliseconds();
        return RiskSum.Of([.. shares.Where(share => share.AtMs <= now)], now);
    }
}

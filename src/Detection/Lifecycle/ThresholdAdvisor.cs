namespace SentinelHealth.Detection.Lifecycle;

/// <summary>A proposal to make one model's alert threshold stricter, with what it would have done to the alerts so far.</summary>
/// <param name="Source">The model.</param>
/// <param name="Strictness">The factor proposed, below the one in force.</param>
/// <param name="BenignAvoided">Alerts closed as benign that would not have been raised.</param>
/// <param name="BenignCount">Alerts closed as benign.</param>
/// <param name="ConfirmedKept">Confirmed alerts that would still have been raised: always all of them.</param>
/// <param name="UndecidedLost">Alerts nobody decided on that would not have been raised.</param>
/// <param name="UndecidedCount">Alerts nobody decided on.</param>
public sealed record ThresholdAdvice(
    string Source, double Strictness, int BenignAvoided, int BenignCount, int ConfirmedKept,
    int UndecidedLost, int UndecidedCount);

/// <summary>One alert as the advisor knows it.</summary>
/// <param name="AlertId">The alert.</param>
/// <param name="Ratio">Its p-value as a share of the threshold at the time, at its strangest event; 0..1.</param>
/// <param name="Disposition">What people found.</param>
public readonly record struct JudgedAlert(string AlertId, double Ratio, Disposition Disposition);

/// <summary>Learns a threshold from what people found, never at the price of a known true positive.</summary>
public static class ThresholdAdvisor
{
    private const int BenignMin = 5;
    private const double UndecidedLostMax = 0.5;

    /// <summary>How far above the weakest confirmed alert the threshold stays.</summary>
    private const double Protection = 1.5;

    /// <summary>
    /// The factor that avoids most benign alerts while every confirmed one would still be raised, with half as much again to spare,
    /// and at most half of the undecided are lost. Null with fewer than five benign closures or nothing to gain. O(n log n).
    /// </summary>
    public static ThresholdAdvice? Advise(string source, IReadOnlyList<JudgedAlert> alerts)
    {
        ArgumentNullException.ThrowIfNull(alerts);
        var benign = Ratios(alerts, Disposition.Benign);
        var confirmed = Ratios(alerts, Disposition.Confirmed);
        var undecided = Ratios(alerts, Disposition.Undecided);
        if (benign.Count < BenignMin)
            return null;
        var floor = Math.Max(DetectionTuning.StrictnessMin, confirmed.Count == 0 ? 0 : Protection * confirmed[^1]);
        if (undecided.Count > 0)
            floor = Math.Max(floor, 1.0001 * undecided[(int)((undecided.Count - 1) * (1 - UndecidedLostMax))]);
        // Any factor between two benign alerts does the same; the least strict of those that avoid the same ones is enough.
        var avoided = benign.Count(ratio => ratio >= floor);
        if (avoided == 0 || floor >= 1)
            return null;
        var factor = Math.Max(floor, benign[^avoided]);
        return new ThresholdAdvice(
            source, factor, avoided, benign.Count, confirmed.Count, undecided.Count(ratio => ratio >= factor), undecided.Count);
    }

    private static List<double> Ratios(IReadOnlyList<JudgedAlert> alerts, Disposition disposition) =>
        [.. alerts.Where(alert => alert.Disposition == disposition).Select(alert => alert.Ratio).Order()];
}

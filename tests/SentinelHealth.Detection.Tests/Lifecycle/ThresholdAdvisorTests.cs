using SentinelHealth.Detection.Lifecycle;

namespace SentinelHealth.Detection.Tests.Lifecycle;

public class ThresholdAdvisorTests
{
    [Fact]
    public void Benign_alerts_near_the_threshold_are_avoided_and_the_effect_is_told()
    {
        var advice = ThresholdAdvisor.Advise("volume", [.. Judged(Disposition.Benign, 0.9, 0.8, 0.7, 0.6, 0.5), .. Judged(Disposition.Confirmed, 0.1)]);
        Assert.NotNull(advice);
        Assert.Equal((5, 5, 1), (advice.BenignAvoided, advice.BenignCount, advice.ConfirmedKept));
        Assert.Equal(0.5, advice.Strictness);
    }

    [Fact]
    public void A_known_true_positive_is_never_given_up()
    {
        var random = new Random(5);
        for (var trial = 0; trial < 2_000; trial++)
        {
            List<JudgedAlert> alerts = [];
            for (var i = random.Next(5, 60); i > 0; i--)
                alerts.AddRange(Judged((Disposition)random.Next(3), random.NextDouble()));
            if (ThresholdAdvisor.Advise("volume", alerts) is not { } advice)
                continue;
            Assert.All(alerts.Where(alert => alert.Disposition == Disposition.Confirmed),
                alert => Assert.True(alert.Ratio < advice.Strictness));
            var lost = alerts.Where(alert => alert.Ratio >= advice.Strictness).ToList();
            Assert.Equal(advice.BenignAvoided, lost.Count(alert => alert.Disposition == Disposition.Benign));
            Assert.Equal(advice.UndecidedLost, lost.Count(alert => alert.Disposition == Disposition.Undecided));
            Assert.True(2 * advice.UndecidedLost <= advice.UndecidedCount + 1);
            Assert.InRange(advice.Strictness, DetectionTuning.StrictnessMin, 1);
            Assert.Null(DetectionTuning.None.With(advice).Fault());
        }
    }

    [Fact]
    public void Four_closures_are_too_few_and_a_confirmed_alert_at_the_threshold_forbids_any()
    {
        Assert.Null(ThresholdAdvisor.Advise("volume", [.. Judged(Disposition.Benign, 0.9, 0.8, 0.7, 0.6)]));
        Assert.Null(ThresholdAdvisor.Advise(
            "volume", [.. Judged(Disposition.Benign, 0.9, 0.8, 0.7, 0.6, 0.5), .. Judged(Disposition.Confirmed, 0.95)]));
    }

    private static IEnumerable<JudgedAlert> Judged(Disposition disposition, params double[] ratios) =>
        ratios.Select((ratio, i) => new JudgedAlert($"{disposition}-{i}", ratio, disposition));
}

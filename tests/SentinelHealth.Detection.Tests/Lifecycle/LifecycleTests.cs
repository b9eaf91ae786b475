using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Lifecycle;

namespace SentinelHealth.Detection.Tests.Lifecycle;

public class LifecycleTests(SimulatedDays days) : IClassFixture<SimulatedDays>
{
    private static readonly DetectionTuning Tuning = DetectionTuning.None
        .With("rarity", DetectorStage.Shadow)
        .With("consent.missing", DetectorStage.Shadow)
        .With("volume", DetectorStage.Draft)
        .With("access.break-glass", DetectorStage.Retired);

    [Fact]
    public void What_is_not_enforced_never_alerts_and_what_is_in_shadow_is_counted()
    {
        var engine = new DetectionEngine(SimulatedDays.Options);
        engine.Tune(Tuning);
        var alerts = SimulatedDays.Process(engine, days.Records).SelectMany(verdict => verdict.Alerts).ToList();

        Assert.NotEmpty(alerts);
        Assert.DoesNotContain(alerts, alert => Tuning.StageOf(alert.Source) != DetectorStage.Enforced);
        Assert.DoesNotContain(alerts, alert => alert.Kind == AlertKind.Model
            && alert.Contributions.Any(part => part.Feature is "device" or "country" or "record reads per hour"));
        var cards = engine.Status.Scorecards.ToDictionary(card => card.Name);
        Assert.True(cards["rarity"] is { ShadowAlertCount: > 0, AlertCount: 0, ScoredCount: > 10_000, Stage: DetectorStage.Shadow });
        Assert.True(cards["consent.missing"] is { ShadowAlertCount: > 0, AlertCount: 0 });
        Assert.True(cards["volume"] is { ShadowAlertCount: 0, AlertCount: 0, ScoredCount: 0 });
        Assert.False(cards.ContainsKey("access.break-glass"));
        Assert.Equal(Tuning, Reloaded(engine).Tuning with { Stages = Tuning.Stages, Strictness = Tuning.Strictness });
        Assert.Equal(Tuning.Stages, Reloaded(engine).Tuning.Stages);
    }

    [Fact]
    public void Scorecards_count_the_alerts_that_were_raised()
    {
        var raised = days.Verdicts.SelectMany(verdict => verdict.Alerts).GroupBy(alert => alert.Source)
            .ToDictionary(source => source.Key, source => source.Select(alert => alert.Id).Distinct().Count());
        var cards = days.Engine.Status.Scorecards.Where(card => card.AlertCount > 0)
            .ToDictionary(card => card.Name, card => (int)card.AlertCount);
        Assert.Equal(raised.OrderBy(pair => pair.Key), cards.OrderBy(pair => pair.Key));
    }

    [Fact]
    public void A_benign_closure_takes_the_risk_back_and_counts_on_the_scorecard()
    {
        var engine = Reloaded(days.Engine);
        var alert = days.Verdicts.SelectMany(verdict => verdict.Alerts).Last(alert => alert.Kind == AlertKind.Model);
        var before = engine.RiskOf(alert.Entity)!;
        Assert.Contains(before.Contributions, part => part.AlertId == alert.Id);

        engine.Close(alert.Id, Disposition.Benign);

        Assert.DoesNotContain(engine.RiskOf(alert.Entity)?.Contributions ?? [], part => part.AlertId == alert.Id);
        var card = engine.Status.Scorecards.Single(card => card.Name == alert.Source);
        Assert.Equal((1, 0.0), (card.BenignCount, card.Precision));
    }

    [Fact]
    public void A_stricter_threshold_raises_no_alert_that_the_usual_one_would_not()
    {
        var engine = new DetectionEngine(SimulatedDays.Options);
        engine.Tune(DetectionTuning.None.With(new ThresholdAdvice("rarity", 0.05, 0, 0, 0, 0, 0)));
        var strict = SimulatedDays.Process(engine, days.Records).SelectMany(verdict => verdict.Alerts);
        Assert.True(Started(strict) < Started(days.Verdicts.SelectMany(verdict => verdict.Alerts)));
    }

    [Fact]
    public void A_tuning_out_of_range_is_refused()
    {
        var tuning = DetectionTuning.None with { Strictness = DetectionTuning.None.Strictness.Add("rarity", 1.5) };
        Assert.Throws<ArgumentException>(() => new DetectionEngine(SimulatedDays.Options).Tune(tuning));
    }

    private static int Started(IEnumerable<Alert> alerts) =>
        alerts.Where(alert => alert.Source == "rarity").Select(alert => alert.Id).Distinct().Count();

    private static DetectionEngine Reloaded(DetectionEngine engine)
    {
        using var state = new MemoryStream();
        engine.Save(state);
        state.Position = 0;
        return DetectionEngine.Load(state, SimulatedDays.Options);
    }
}

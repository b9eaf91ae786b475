using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Testing;

namespace SentinelHealth.Detection.Tests.Rules.Live;

public class LiveRulesTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);
    private int _next;

    [Fact]
    public void A_match_becomes_an_alert_with_its_author_licence_and_hints()
    {
        var engine = new DetectionEngine(new DetectionOptions(), null, WrittenRules.Of(WrittenRules.Payment));

        var alert = Assert.Single(engine.Process(Pay(250)).Alerts);

        Assert.Equal((AlertKind.Rule, "sigma.large_payment", Severity.High), (alert.Kind, alert.Source, alert.Severity));
        Assert.Equal(["attack.t1685.002", "control.gdpr.32"], alert.Tags);
        Assert.Equal(("A. Author", "DRL 1.1", "transplants"), (alert.Rule!.Author, alert.Rule.License, alert.Rule.FalsePositives[0]));
        Assert.StartsWith("A large payment (rule by A. Author): ", alert.Reason, StringComparison.Ordinal);
        Assert.Contains("amount 250, args.payee did:ethr:0x77", Assert.Single(alert.Contributions).Value, StringComparison.Ordinal);
        Assert.Equal(["t-1"], alert.EventIds);
        Assert.NotNull(engine.RiskOf(alert.Entity));
        Assert.Empty(engine.Process(Pay(99)).Alerts);
    }

    [Fact]
    public void A_correlation_names_the_events_it_rests_on_and_whom_it_counts_for()
    {
        var engine = new DetectionEngine(new DetectionOptions(), null, WrittenRules.Of(WrittenRules.Series));

        Assert.Empty(engine.Process(Pay(1)).Alerts);
        Assert.Empty(engine.Process(Pay(1)).Alerts);
        var alert = Assert.Single(engine.Process(Pay(1)).Alerts);

        Assert.Equal(("sigma.three_payments", 3), (alert.Source, alert.EventCount));
        Assert.Equal(["t-1", "t-2", "t-3"], alert.EventIds);
        Assert.Equal(new EntityRef(EntityType.Actor, "did:ethr:0x77"), alert.Entity);
    }

    [Fact]
    public void Further_matches_of_a_correlation_grow_its_alert_by_what_is_new()
    {
        var engine = new DetectionEngine(new DetectionOptions(), null, WrittenRules.Of(WrittenRules.Series));
        for (var i = 0; i < 3; i++)
            engine.Process(Pay(1));
        _next = 100;
        var last = Enumerable.Range(0, 3).SelectMany(_ => engine.Process(Pay(1)).Alerts).Last();

        Assert.Equal(["t-1", "t-2", "t-3", "t-101", "t-102", "t-103"], last.EventIds);
        Assert.Equal(6, last.EventCount);
    }

    [Fact]
    public void A_rule_in_shadow_is_counted_and_never_alerts()
    {
        var rules = WrittenRules.Staged(new() { ["sigma.large_payment"] = DetectorStage.Shadow }, WrittenRules.Payment);
        var engine = new DetectionEngine(new DetectionOptions(), null, rules);

        Assert.Empty(engine.Process(Pay(250)).Alerts);

        Assert.Equal(1, engine.ReadRuleCounts()["sigma.large_payment"].MatchCount);
        Assert.True(engine.Status.Scorecards.Single(card => card.Name == "sigma.large_payment") is { ShadowAlertCount: 1, AlertCount: 0 });
    }

    [Theory]
    [InlineData(DetectorStage.Draft)]
    [InlineData(DetectorStage.Retired)]
    public void A_rule_in_draft_or_retired_is_not_run(DetectorStage stage)
    {
        var rules = WrittenRules.Staged(new() { ["sigma.three_payments"] = stage }, WrittenRules.Series);

        Assert.Empty(rules.Running.Rules);
        Assert.Equal(stage, Assert.Single(rules.Rules).Stage);
    }

    [Fact]
    public void What_is_informational_is_counted_and_never_alerts()
    {
        var engine = new DetectionEngine(
            new DetectionOptions(), null, WrittenRules.Of(WrittenRules.Payment.Replace("level: high", "level: informational", StringComparison.Ordinal)));

        Assert.Empty(engine.Process(Pay(250)).Alerts);
        Assert.Equal(1, engine.ReadRuleCounts()["sigma.large_payment"].MatchCount);
    }

    [Theory]
    [InlineData("experimental", DetectorStage.Shadow)]
    [InlineData("test", DetectorStage.Enforced)]
    [InlineData("deprecated", DetectorStage.Retired)]
    public void Without_a_decision_the_status_of_the_author_is_the_stage(string status, DetectorStage stage) => Assert.Equal(
        stage, Assert.Single(WrittenRules.Of(WrittenRules.Payment.Replace("status: test", "status: " + status, StringComparison.Ordinal)).Rules).Stage);

    [Fact]
    public void What_people_tuned_counts_more_than_the_stage_of_the_rule()
    {
        var engine = new DetectionEngine(new DetectionOptions(), null, WrittenRules.Of(WrittenRules.Payment));
        engine.Tune(DetectionTuning.None.With("sigma.large_payment", DetectorStage.Shadow));

        Assert.Empty(engine.Process(Pay(250)).Alerts);
    }

    [Fact]
    public void A_match_in_emergency_access_is_marked_so_that_nobody_is_blocked()
    {
        var engine = new DetectionEngine(new DetectionOptions(), null, WrittenRules.Of(WrittenRules.Payment));

        Assert.True(Assert.Single(engine.Process(Pay(250, ("purpose", "BTG"))).Alerts).IsBreakGlass);
    }

    [Fact]
    public void What_a_correlation_remembers_survives_a_snapshot()
    {
        var rules = WrittenRules.Of(WrittenRules.Series);
        var engine = new DetectionEngine(new DetectionOptions(), null, rules);
        engine.Process(Pay(1));
        engine.Process(Pay(1));

        using var state = new MemoryStream();
        engine.Save(state);
        state.Position = 0;
        var restored = DetectionEngine.Load(state, new DetectionOptions(), null, rules);

        Assert.Single(restored.Process(Pay(1)).Alerts);
    }

    [Fact]
    public void What_a_correlation_remembers_survives_an_exchange_of_other_rules()
    {
        var engine = new DetectionEngine(new DetectionOptions(), null, WrittenRules.Of(WrittenRules.Series));
        engine.Process(Pay(1));
        engine.Process(Pay(1));

        engine.Use(WrittenRules.Of(WrittenRules.Series, WrittenRules.Payment));

        Assert.Equal(["sigma.large_payment", "sigma.three_payments"],
            engine.Process(Pay(200)).Alerts.Select(alert => alert.Source).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Rules_that_were_taken_away_match_no_more()
    {
        var engine = new DetectionEngine(new DetectionOptions(), null, WrittenRules.Of(WrittenRules.Payment));
        engine.Use(StagedRules.Empty);

        Assert.Empty(engine.Process(Pay(250)).Alerts);
    }

    [Fact]
    public void Two_rules_of_one_name_are_told_and_one_of_them_runs()
    {
        var rules = StagedRules.Of(
            [.. new[] { "a.yml", "b.yml" }.Select(file => Detection.Rules.Sigma.SigmaLoader.Read(
                file, WrittenRules.Payment.Replace("name: large_payment\n", "", StringComparison.Ordinal)
                    .Replace("id: 7b1f2a52-6f0f-4a63-9a5e-0d9f8a4b0c11\n", "", StringComparison.Ordinal)))], new Dictionary<string, DetectorStage>());

        Assert.Contains("Another rule is called sigma.a-large-payment", Assert.Single(rules.Problems).Reason, StringComparison.Ordinal);
        Assert.Single(rules.Running.Rules);
    }

    [Fact]
    public void An_event_that_no_rule_is_about_allocates_nothing()
    {
        var rules = new LiveRules();
        rules.Use(WrittenRules.Of(WrittenRules.Payment, WrittenRules.Series));
        var observed = Some.BiometricQuery(("time", Start.ToString("O")));
        List<Detection.Rules.RuleMatch> matches = [];
        for (var i = 0; i < 200; i++)
            rules.Observe(observed, matches);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 200; i++)
            rules.Observe(observed, matches);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private SentinelEvent Pay(double amount, params (string Name, object? Value)[] fields) => Some.LedgerTransaction(
    [
        ("id", $"t-{++_next}"), ("time", Start.AddMinutes(_next).ToString("O")), ("contract", "ClaimsLedger"), ("method", "pay"),
        ("amount", amount), ("args", new { payee = "did:ethr:0x77", claimId = $"cl-{_next}" }), .. fields,
    ]);
}

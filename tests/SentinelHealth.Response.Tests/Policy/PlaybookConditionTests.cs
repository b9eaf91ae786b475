using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Policy;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Policy;

public sealed class PlaybookConditionTests
{
    private static readonly Incident Seen = SomeCase.Incident(SomeCase.Actor()) with
    {
        Severity = Severity.High,
        Score = 0.9,
        AlertCount = 3,
        SourceCount = 2,
        Sources = ["consent.missing", "rarity"],
        Tags = ["attack.t1078"],
        Stage = AttackStage.InitialAccess,
    };

    [Fact]
    public void Without_conditions_it_applies_to_everything() => AssertApplies(new PlaybookConditions(), expected: true);

    [Theory]
    [InlineData(Severity.High, true)]
    [InlineData(Severity.Critical, false)]
    public void Severity_is_a_lowest_value(Severity least, bool expected) => AssertApplies(new() { SeverityMin = least }, expected);

    [Theory]
    [InlineData(0.9, true)]
    [InlineData(0.91, false)]
    public void Score_is_a_lowest_value(double least, bool expected) => AssertApplies(new() { ScoreMin = least }, expected);

    [Theory]
    [InlineData(Confidence.Corroborated, 2, "consent.missing rarity")]
    [InlineData(Confidence.Established, 1, "consent.missing")]
    [InlineData(Confidence.Discovered, 1, "rarity", "sentinel.model.rarity", "sentinel.discovery")]
    [InlineData(Confidence.Suspected, 1, "rarity volume", "sentinel.model.rarity", "sentinel.model.volume")]
    public void Confidence_tells_what_models_suspect_from_what_rules_establish(
        Confidence expected, int voices, string sources, params string[] tags)
    {
        var incident = Seen with { SourceCount = voices, Sources = sources.Split(' '), Tags = tags };
        if (expected == Confidence.Corroborated)
            incident = incident with { Tags = ["sentinel.model.rarity"] };

        Assert.Equal(expected, IncidentConfidence.Of(incident));
        foreach (var least in Enum.GetValues<Confidence>())
            Assert.Equal(least <= expected, Applies(new() { ConfidenceMin = least }, incident));
    }

    private static bool Applies(PlaybookConditions when, Incident incident) =>
        new PlaybookSet([SomeCase.Playbook(PlaybookMode.Automatic) with { When = when }]).For(incident).Any();

    [Theory]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public void Alerts_are_counted(int least, bool expected) => AssertApplies(new() { AlertsMin = least }, expected);

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void Sources_are_counted(int least, bool expected) => AssertApplies(new() { SourcesMin = least }, expected);

    [Theory]
    [InlineData("08:00-09:00", true)] // The latest alert is at 08:00.
    [InlineData("07:00-08:00", false)]
    [InlineData("22:00-08:01", true)]
    [InlineData("22:00-08:00", false)]
    [InlineData("00:00-00:00", true)]
    public void Hours_are_a_part_of_the_day_that_may_cross_midnight(string hours, bool expected)
    {
        var read = PlaybookLoader.Load(
            $"name: n\nmode: observe\nwhen:\n  hours: {hours}\nactions:\n  - kind: suspendActor\n    ttl: 1h\n", "p.yaml");

        Assert.Empty(read.Errors);
        AssertApplies(read.Playbooks[0].When, expected);
    }

    [Theory]
    [InlineData("22:00")]
    [InlineData("25:00-06:00")]
    [InlineData("22-6")]
    public void Hours_that_are_none_are_an_error_with_their_line(string hours)
    {
        var read = PlaybookLoader.Load(
            $"name: n\nmode: observe\nwhen:\n  hours: {hours}\nactions:\n  - kind: suspendActor\n    ttl: 1h\n", "p.yaml");

        Assert.Equal(4, Assert.Single(read.Errors).Line);
    }

    [Theory]
    [InlineData(DayOfWeek.Monday, true)]
    [InlineData(DayOfWeek.Sunday, false)]
    public void Days_are_those_of_the_latest_alert(DayOfWeek day, bool expected) => AssertApplies(new() { Days = [day] }, expected);

    [Theory]
    [InlineData(AttackStage.Preparation, true)]
    [InlineData(AttackStage.InitialAccess, true)]
    [InlineData(AttackStage.Persistence, false)]
    public void Stage_is_a_lowest_value(AttackStage least, bool expected) => AssertApplies(new() { StageMin = least }, expected);

    [Theory]
    [InlineData("rarity", true)]
    [InlineData("consent.*", true)]
    [InlineData("*", true)]
    [InlineData("rar", false)]
    [InlineData("Rarity", false)]
    [InlineData("consent.revoked", false)]
    public void One_of_the_sources_must_match(string pattern, bool expected) => AssertApplies(new() { Sources = ["nothing", pattern] }, expected);

    [Theory]
    [InlineData("attack.t1078", true)]
    [InlineData("attack.*", true)]
    [InlineData("defend.*", false)]
    public void One_of_the_tags_must_match(string pattern, bool expected) => AssertApplies(new() { Tags = [pattern] }, expected);

    [Theory]
    [InlineData(EntityType.Actor, true)]
    [InlineData(EntityType.Node, false)]
    public void The_incident_must_be_about_such_an_entity(EntityType type, bool expected) => AssertApplies(new() { Entities = [type] }, expected);

    [Fact]
    public void Every_condition_must_hold() => AssertApplies(new() { SeverityMin = Severity.High, AlertsMin = 4 }, expected: false);

    private static void AssertApplies(PlaybookConditions when, bool expected)
    {
        var playbook = SomeCase.Playbook(PlaybookMode.Automatic, ActionKind.SuspendActor) with { When = when };

        Assert.Equal(expected, new PlaybookSet([playbook]).For(Seen).Any());
    }
}

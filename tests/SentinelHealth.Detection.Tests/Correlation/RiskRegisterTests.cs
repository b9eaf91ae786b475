using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Ingest.Events;
using static SentinelHealth.Detection.Tests.Correlation.RaisedAlert;

namespace SentinelHealth.Detection.Tests.Correlation;

public class RiskRegisterTests
{
    private static readonly EntityRef Ann = Actor("ann");

    [Fact]
    public void A_risk_is_the_sum_of_what_is_listed_at_any_time()
    {
        var random = new Random(31);
        var risks = new RiskRegister();
        for (var i = 0; i < 400; i++)
        {
            risks.Add(Of($"a{i}", $"actor-{random.Next(12)}", i * random.NextDouble(), $"source-{random.Next(5)}",
                (Severity)random.Next(5), random.Next(2) == 0 ? "attack.t1078" : "attack.t1213"));
            risks.Advance(Monday.AddHours(i * 1.5));
            if (i % 7 == 3)
                risks.Remove($"a{random.Next(i)}");
            foreach (var risk in risks.Top(100))
            {
                Assert.Equal(risk.Risk, risk.Contributions.Sum(contribution => contribution.Points), 1e-9);
                Assert.InRange(risk.Risk, 0, 100);
            }
        }
    }

    [Fact]
    public void At_the_bound_the_least_risky_entity_is_forgotten_whatever_its_shares()
    {
        const int bound = 4_096;
        var random = new Random(32);
        var risks = new RiskRegister();
        for (var i = 0; i < 3 * bound; i++)
            risks.Add(Of($"a{i}", $"actor-{i % bound}", random.NextDouble(), $"source-{random.Next(3)}", (Severity)random.Next(5)));
        for (var i = 0; i < 20; i++)
        {
            var least = risks.Top(bound).MinBy(risk => (risk.Risk, StableHash.Of(risk.Entity.Id)))!.Entity;
            risks.Add(Of($"b{i}", $"newcomer-{i}", 1, "source", Severity.Critical));
            Assert.Null(risks.Of(least));
            Assert.Equal(bound, risks.Top(2 * bound).Count);
        }
    }

    [Fact]
    public void A_risk_halves_in_a_day()
    {
        var risks = new RiskRegister();
        risks.Add(Of("a", "ann"));
        var today = risks.Of(Ann)!.Risk;
        risks.Advance(Monday.AddDays(1));
        Assert.Equal(today / 2, risks.Of(Ann)!.Risk, 1e-9);
    }

    [Fact]
    public void A_benign_closure_leaves_the_risk_as_if_the_alert_had_never_been()
    {
        var (with, without) = (new RiskRegister(), new RiskRegister());
        foreach (var alert in new[] { Of("a", "ann"), Of("b", "ann", 1, "volume", technique: "attack.t1213"), Of("c", "ann", 2) })
        {
            with.Add(alert);
            if (alert.Id != "b")
                without.Add(alert);
        }
        Assert.NotEqual(without.Of(Ann)!.Risk, with.Of(Ann)!.Risk);
        with.Remove("b");
        Assert.Equal(without.Of(Ann)!.Contributions, with.Of(Ann)!.Contributions);
        with.Remove("a");
        with.Remove("c");
        Assert.Null(with.Of(Ann));
    }

    [Fact]
    public void One_source_that_keeps_speaking_never_reaches_twice_its_largest_share()
    {
        var risks = new RiskRegister();
        risks.Add(Of("a0", "ann"));
        var once = risks.Of(Ann)!.Risk;
        for (var i = 1; i < 60; i++)
            risks.Add(Of($"a{i}", "ann"));
        Assert.InRange(risks.Of(Ann)!.Risk, once, 2 * once);
    }

    [Fact]
    public void Several_sources_and_stages_weigh_more_than_the_same_number_of_alerts_of_one()
    {
        var (one, several) = (new RiskRegister(), new RiskRegister());
        for (var i = 0; i < 2; i++)
        {
            one.Add(Of($"a{i}", "ann", severity: Severity.Medium));
            several.Add(Of($"a{i}", "ann", source: $"s{i}", severity: Severity.Medium, technique: i == 0 ? "attack.t1078" : "attack.t1213"));
        }
        Assert.True(several.Of(Ann)!.Risk > 1.4 * one.Of(Ann)!.Risk);
        Assert.Contains(several.Of(Ann)!.Contributions, contribution => contribution.What == "further stages");
    }

    [Fact]
    public void An_alert_that_grows_replaces_its_own_share()
    {
        var risks = new RiskRegister();
        risks.Add(Of("a", "ann", severity: Severity.Low));
        risks.Add(Of("a", "ann", severity: Severity.High));
        Assert.Single(risks.Of(Ann)!.Contributions);
        Assert.Equal(0.9 * 35, risks.Of(Ann)!.Risk, 1e-9);
    }
}

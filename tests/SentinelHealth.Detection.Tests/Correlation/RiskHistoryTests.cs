using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using static SentinelHealth.Detection.Tests.Correlation.RaisedAlert;

namespace SentinelHealth.Detection.Tests.Correlation;

public class RiskHistoryTests
{
    [Fact]
    public void A_history_tells_at_each_instant_what_the_register_stated_then()
    {
        var random = new Random(33);
        List<Alert> alerts = [.. Enumerable.Range(0, 20).Select(i => Of(
            $"a{i}", "ann", 5 * i, $"source-{random.Next(3)}", (Severity)random.Next(5), random.Next(2) == 0 ? "attack.t1078" : "attack.t1213"))];
        List<DateTimeOffset> instants = [.. Enumerable.Range(-1, 30).Select(i => Monday.AddHours(4 * i))];

        var told = RiskHistory.Of([.. alerts.Shuffle()], instants);

        var (register, next) = (new RiskRegister(), 0);
        for (var i = 0; i < instants.Count; i++)
        {
            while (next < alerts.Count && alerts[next].At <= instants[i])
                register.Add(alerts[next++]);
            register.Advance(instants[i]);
            var stated = register.Of(Actor("ann"));
            var parts = RiskHistory.PartsOf(alerts, instants[i]);
            Assert.Equal(stated?.Risk ?? 0, told[i], 1e-9);
            Assert.Equal(told[i], parts.Sum(part => part.Points), 1e-9);
            Assert.Equal(stated?.AlertCount ?? 0, parts.Count(part => part.AlertId.Length > 0));
            Assert.Equal(parts.Select(part => part.Points).OrderDescending(), parts.Select(part => part.Points));
        }
        Assert.True(told.Max() > 20 && told[0] == 0);
    }
}

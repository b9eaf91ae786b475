using SentinelHealth.Detection.Rules;

namespace SentinelHealth.Detection.Tests.Rules;

public class SilenceRulesTests
{
    private const int Days = 4 * 24 * 60;

    private readonly LedgerScript _ledger = new(new SilenceRules());

    [Fact]
    public void A_node_that_stops_beating_is_told_of_once_with_how_long_and_what_was_usual()
    {
        var matches = Beat(from: 0, until: Days, "node:a", "node:b");
        Assert.Empty(matches);

        matches = Beat(Days, Days + (12 * 60), "node:b");

        var match = Assert.Single(matches);
        Assert.Equal(("node.silent", "node:a"), (match.Rule.Name, match.Entity.Id));
        Assert.Matches(
            "^The node node:a has said nothing for [12](\\.\\d)? h; in such hours it is never silent for longer than about 30 min, "
            + "and at least [3-6] events were to be expected\\.$", match.Reason);
    }

    [Fact]
    public void A_burst_on_the_first_evening_makes_no_silence_of_the_quiet_evenings_after_it()
    {
        for (var second = 0; second < 3_600; second += 10)
            _ledger.Biometric(60 + (second / 60.0), ("node", "node:a"));

        Assert.Empty(Beat(from: 120, until: 2 * Days, "node:a", "node:b"));
    }

    private List<RuleMatch> Beat(int from, int until, params string[] nodes)
    {
        List<RuleMatch> matches = [];
        for (var minute = from; minute < until; minute += 30)
        {
            foreach (var node in nodes)
                matches.AddRange(_ledger.Biometric(minute, ("node", node)));
        }
        return matches;
    }
}

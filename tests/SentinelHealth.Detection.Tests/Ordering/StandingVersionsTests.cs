using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Ordering;
using SentinelHealth.Detection.Tests.Correlation;

namespace SentinelHealth.Detection.Tests.Ordering;

/// <summary>What was last said of an alert or incident, kept within a bound.</summary>
public sealed class StandingVersionsTests
{
    [Fact]
    public void A_newer_version_takes_the_place_of_the_older_and_counts_as_told_last()
    {
        var standing = new StandingVersions(versionsMax: 8);
        standing.Put(Told("a", score: 0.5));
        standing.Put(Told("b", score: 0.5));
        standing.Put(Told("a", score: 0.9));

        Assert.Equal([("b", 0.5), ("a", 0.9)], standing.OldestFirst.Select(telling => (telling.Alert!.Id, telling.Alert.Score)));
    }

    [Fact]
    public void Beyond_the_bound_those_told_longest_ago_are_forgotten_however_many_settle_at_once()
    {
        var standing = new StandingVersions(versionsMax: 3);
        for (var i = 0; i < 400_000; i++)
            standing.Put(Told($"al-{i}", score: 0.5));

        Assert.Equal(["al-399997", "al-399998", "al-399999"], standing.OldestFirst.Select(telling => telling.Alert!.Id));
        standing.Put(Told("al-399997", score: 0.7));
        standing.Put(Told("al-new", score: 0.5));
        Assert.Equal(["al-399999", "al-399997", "al-new"], standing.OldestFirst.Select(telling => telling.Alert!.Id));
    }

    private static Telling Told(string id, double score) =>
        new(EventRank.First, RaisedAlert.Of(id, "actor-1") with { Score = score }, null);
}

using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using static SentinelHealth.Detection.Tests.Correlation.RaisedAlert;

namespace SentinelHealth.Detection.Tests.Correlation;

public class CorrelatorTests
{
    private readonly Correlator _correlator = new();

    [Fact]
    public void A_ring_that_shares_a_recipient_is_one_incident()
    {
        var first = Add(Of("a", "ann", 0, related: Actor("fence")));
        Add(Of("b", "bob", 1, related: Actor("fence")));
        var last = Add(Of("c", "cat", 2, related: Actor("fence")));
        Assert.Equal(first.Id, last.Id);
        Assert.Equal(["a", "b", "c"], last.AlertIds);
    }

    [Fact]
    public void Detectors_are_one_voice_each_rule_is_another_and_emergency_access_is_none()
    {
        Assert.Equal(1, Add(Of("a", "ann", 0, "rarity")).SourceCount);
        Assert.Equal(1, Add(Of("b", "ann", 0.1, "drip")).SourceCount);
        Assert.Equal(1, Add(Of("c", "ann", 0.2, "access.break-glass") with { Kind = AlertKind.Rule, IsBreakGlass = true }).SourceCount);
        Assert.Equal(2, Add(Of("d", "ann", 0.3, "consent.missing") with { Kind = AlertKind.Rule }).SourceCount);
        Assert.Equal(3, Add(Of("e", "ann", 0.4, "sigma.hoarded") with { Kind = AlertKind.Rule }).SourceCount);
    }

    [Fact]
    public void Look_alike_nodes_are_one_incident_whoever_proposes_them()
    {
        var ids = Enumerable.Range(0, 5).Select(i => Add(Of(
            $"n{i}", $"proposer-{i}", i, "node.look-alike", related: new EntityRef(EntityType.Node, $"node-{i}"))).Id);
        Assert.Single(ids.Distinct());
    }

    [Fact]
    public void Incidents_found_to_have_one_cause_are_merged_into_the_older()
    {
        var ann = Add(Of("a", "ann"));
        var bob = Add(Of("b", "bob", 1));
        Assert.NotEqual(ann.Id, bob.Id);

        var versions = AddAll(Of("c", "bob", 2, related: Actor("ann")));

        var gone = Assert.Single(versions, version => version.Id == bob.Id);
        Assert.Equal(ann.Id, gone.MergedInto);
        Assert.Equal(Severity.Informational, gone.Severity);
        Assert.Equal(["a", "b", "c"], versions[^1].AlertIds.Order());
        Assert.Equal(ann.Id, Add(Of("d", "bob", 3)).Id);
        Assert.Equal(ann.Id, _correlator.Current(bob.Id));
    }

    [Fact]
    public void One_shared_device_does_not_merge_incidents_and_two_alerts_with_shared_things_do()
    {
        Add(Of("a", "ann", 0, related: [Device("d1"), Patient("p1")]));
        Add(Of("b", "bob", 1, related: Device("d2")));
        Assert.Equal(2, _correlator.OpenCount);
        Add(Of("c", "bob", 2, "volume", related: Device("d1")));
        Assert.Equal(2, _correlator.OpenCount);
        Add(Of("d", "bob", 3, "spread", related: Patient("p1")));
        Assert.Equal(1, _correlator.OpenCount);
    }

    [Fact]
    public void A_later_stage_by_the_same_actor_joins_after_a_day_and_the_same_stage_does_not()
    {
        var ann = Add(Of("a", "ann"));
        Assert.Equal(ann.Id, Add(Of("b", "ann", 24, "volume", technique: "attack.t1213")).Id);
        Assert.NotEqual(ann.Id, Add(Of("c", "ann", 48, "volume", technique: "attack.t1213")).Id);
    }

    [Fact]
    public void Without_the_alert_that_tied_them_incidents_come_apart()
    {
        Add(Of("a", "ann"));
        Add(Of("b", "bob", 1, related: Actor("ann")));
        var whole = Add(Of("c", "bob", 2, "volume"));
        Assert.Equal(3, whole.AlertCount);

        var parts = _correlator.Remove("b");

        Assert.Equal(2, parts.Count);
        Assert.Equal(whole.Id, parts[0].Id);
        Assert.True(parts[0].Version > whole.Version);
        Assert.Equal(["a"], parts[0].AlertIds);
        Assert.Equal(["c"], parts[1].AlertIds);
        Assert.Equal(whole.Id, parts[1].SplitFrom);
        Assert.Equal(parts[1].Id, Add(Of("d", "bob", 3)).Id);
    }

    [Fact]
    public void An_incident_whose_last_alert_is_taken_out_is_empty_and_asks_for_nothing()
    {
        Add(Of("a", "ann"));
        var last = Assert.Single(_correlator.Remove("a"));
        Assert.Equal(Severity.Informational, last.Severity);
        Assert.Equal(0, _correlator.OpenCount);
        Assert.Equal(0, _correlator.LinkCount);
        Assert.Empty(_correlator.Remove("a"));
    }

    [Fact]
    public void People_can_merge_and_split()
    {
        var ann = Add(Of("a", "ann"));
        var bob = Add(Of("b", "bob", 1));
        Assert.Equal(ann.Id, _correlator.Merge(bob.Id, ann.Id)[^1].Id);
        var parts = _correlator.Split(ann.Id, ["b"]);
        Assert.Equal(["a"], parts[0].AlertIds);
        Assert.Equal(["b"], parts[1].AlertIds);
        Assert.Empty(_correlator.Split(ann.Id, ["unknown"]));
        Assert.Empty(_correlator.Merge(ann.Id, "unknown"));
    }

    [Fact]
    public void Links_and_incidents_are_bounded_whatever_comes()
    {
        for (var i = 0; i < 3_000; i++)
            Add(Of($"a{i}", $"actor-{i}", i * 0.001, related: [.. Enumerable.Range(0, 30).Select(j => Device($"d{i}-{j}"))]));
        Assert.InRange(_correlator.OpenCount, 1, 1_024);
        Assert.InRange(_correlator.LinkCount, 1, 65_536);
        _correlator.CloseQuiet(Monday.AddDays(10));
        Assert.Equal(0, _correlator.OpenCount);
        Assert.Equal(0, _correlator.LinkCount);
    }

    [Fact]
    public void A_reloaded_correlator_goes_on_as_if_nothing_had_happened()
    {
        var random = new Random(17);
        for (var i = 0; i < 200; i++)
            Add(Random(random, i));
        var copy = new Correlator();
        copy.Load(new BinaryReader(new MemoryStream(Saved(_correlator))));
        for (var i = 200; i < 400; i++)
        {
            var alert = Random(random, i);
            Assert.Equal(AddAll(alert).Select(version => (version.Id, version.Version, version.AlertCount)),
                AddAll(alert, copy).Select(version => (version.Id, version.Version, version.AlertCount)));
        }
        Assert.Equal(Saved(_correlator), Saved(copy));
    }

    private static Alert Random(Random random, int i) => Of(
        $"a{i}", $"actor-{random.Next(40)}", i * 0.1, $"source-{random.Next(4)}",
        related: [Device($"d{random.Next(60)}"), Actor($"actor-{random.Next(300)}")]);

    private Incident Add(Alert alert) => AddAll(alert)[^1];

    private IReadOnlyList<Incident> AddAll(Alert alert, Correlator? correlator = null)
    {
        correlator ??= _correlator;
        return correlator.Add(alert with { IncidentId = correlator.Assign(alert.Id, alert) }, "Something strange");
    }

    private static byte[] Saved(Correlator correlator)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream))
            correlator.Save(writer);
        return stream.ToArray();
    }
}

using SentinelHealth.Detection.Features;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Testing;

namespace SentinelHealth.Detection.Tests.Relations;

public class PeerGroupsTests
{
    private readonly PeerGroups _groups = new();
    private int _next;

    [Fact]
    public void A_settled_group_is_judged_by_itself()
    {
        Settle("nurse", "hospital-a", 1);
        var observed = Event("nurse", "hospital-a", "ann");
        Assert.Equal(PeerGroups.Declared(observed), Judged(observed));
    }

    [Fact]
    public void The_first_of_a_role_in_a_new_organization_is_judged_by_the_same_role_elsewhere_from_the_first_event()
    {
        Settle("nurse", "hospital-a", 1);
        Settle("clerk", "hospital-a", 2);
        Assert.Equal(PeerGroups.Declared(Event("nurse", "hospital-a", "ann")), Judged(Event("nurse", "hospital-new", "eve")));
    }

    [Fact]
    public void Of_several_groups_of_a_role_the_one_that_acts_alike_stands_in_until_the_own_has_settled()
    {
        Settle("nurse", "hospital-a", 1);
        Settle("nurse", "hospital-b", 2);
        Teach("nurse", "hospital-new", "eve", 2, events: 20);
        Assert.Equal(PeerGroups.Declared(Event("nurse", "hospital-b", "bea")), Judged(Event("nurse", "hospital-new", "eve")));
        Teach("nurse", "hospital-new", "eve", 2, events: 200);
        Assert.Equal(PeerGroups.Declared(Event("nurse", "hospital-new", "eve")), Judged(Event("nurse", "hospital-new", "eve")));
    }

    [Fact]
    public void Who_declares_no_role_is_judged_by_the_group_it_acts_like_and_by_none_while_it_is_like_nobody()
    {
        Settle("nurse", "hospital-a", 1);
        Settle("clerk", "hospital-a", 2);
        var eve = Event(null, "hospital-a", "eve");
        Assert.Equal(PeerGroups.Declared(eve), Judged(eve));
        Teach(null, "hospital-a", "eve", 2, events: 12);
        Assert.Equal(PeerGroups.Declared(Event("clerk", "hospital-a", "cat")), Judged(eve));
        Teach(null, "hospital-a", "odd", 7, events: 12);
        var odd = Event(null, "hospital-a", "odd");
        Assert.Equal(PeerGroups.Declared(odd), Judged(odd));
    }

    [Fact]
    public void Reloaded_groups_judge_alike()
    {
        Settle("nurse", "hospital-a", 1);
        Teach(null, "hospital-a", "eve", 1, events: 12);
        using var stream = new MemoryStream();
        _groups.Save(new BinaryWriter(stream));
        stream.Position = 0;
        var copy = new PeerGroups();
        copy.Load(new BinaryReader(stream));
        var eve = Event(null, "hospital-a", "eve");
        Assert.Equal(Judged(eve), copy.Of(eve, PeerGroups.Declared(eve)));
        Assert.NotEqual(PeerGroups.Declared(eve), Judged(eve));
    }

    private ulong Judged(SentinelEvent observed) => _groups.Of(observed, PeerGroups.Declared(observed));

    private void Settle(string role, string organization, ulong activity) => Teach(role, organization, "somebody", activity, events: 250);

    private void Teach(string? role, string organization, string actor, ulong activity, int events)
    {
        for (var i = 0; i < events; i++)
        {
            var observed = Event(role, organization, actor);
            _groups.Learn(observed, PeerGroups.Declared(observed), activity, 1);
        }
    }

    private SentinelEvent Event(string? role, string organization, string actor) => Some.BiometricQuery(
        [("id", $"bq-{++_next}"), ("actorRole", role), ("organization", organization), ("actor", actor)]);
}

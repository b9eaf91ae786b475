using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Features;

namespace SentinelHealth.Detection.Tests.Detectors;

public class RarityTests : DetectorConformance
{
    private static readonly FeatureSchema OneFeature = new(["device"], []);
    private readonly Rarity _rarity = new("rarity", OneFeature, 1_024, 64);

    protected override IDetector Cold() =>
        new Rarity("rarity", new FeatureSchema(["a", "b", "c", "d", "e", "f", "g", "h"], []), 1_024, 64);

    [Fact]
    public void The_more_people_have_never_used_a_device_the_stranger_it_is()
    {
        Teach(entity: 1, peers: 9, device: 100, times: 300);
        Teach(entity: 2, peers: 9, device: 200, times: 300);
        Teach(entity: 3, peers: 8, device: 300, times: 300);

        var own = Surprise(1, 9, 100);
        var colleagues = Surprise(1, 9, 200);
        var elsewhere = Surprise(1, 9, 300);
        var nowhere = Surprise(1, 9, 400);

        Assert.True(own < colleagues && colleagues < elsewhere && elsewhere < nowhere, $"{own} {colleagues} {elsewhere} {nowhere}");
    }

    [Fact]
    public void A_new_hire_is_judged_as_the_peers_would_be()
    {
        for (ulong colleague = 1; colleague <= 5; colleague++)
            Teach(colleague, peers: 9, device: 100, times: 100);

        Assert.InRange(Surprise(entity: 50, peers: 9, device: 100), 0, 0.01);
        Assert.True(Surprise(entity: 50, peers: 9, device: 999) > 4);
    }

    [Fact]
    public void Somebody_who_always_uses_something_new_is_not_strange_for_doing_so()
    {
        for (ulong i = 0; i < 300; i++)
        {
            Teach(entity: 1, peers: 9, device: 1_000 + i, times: 1);
            Teach(entity: 2, peers: 9, device: 100, times: 1);
        }
        Assert.True(Surprise(1, 9, 5_000) < 1.5, $"{Surprise(1, 9, 5_000)}");
        Assert.True(Surprise(2, 9, 5_000) > Surprise(1, 9, 5_000) + 2);
    }

    [Fact]
    public void A_flagged_observation_teaches_a_tenth()
    {
        var slowly = new Rarity("slowly", OneFeature, 1_024, 64);
        Teach(entity: 1, peers: 9, device: 100, times: 300);
        foreach (var detector in new[] { _rarity, slowly })
        {
            for (var i = 0; i < 300; i++)
                detector.Learn(Device(1, 9, [100]), 1);
            for (var i = 0; i < 20; i++)
                detector.Learn(Device(1, 9, [666]), LearnPolicy.FlaggedSlowly.Trust(isFlagged: detector == slowly));
        }
        Assert.True(slowly.Score(Device(1, 9, [666])) > _rarity.Score(Device(1, 9, [666])) + 1);
    }

    private void Teach(ulong entity, ulong peers, ulong device, int times)
    {
        for (var i = 0; i < times; i++)
            _rarity.Learn(Device(entity, peers, [device]), 1);
    }

    private double Surprise(ulong entity, ulong peers, ulong device) =>
        _rarity.Score(Device(entity, peers, [device])) ?? throw new InvalidOperationException("The detector is cold.");

    private static Observation Device(ulong entity, ulong peers, ReadOnlySpan<ulong> device) =>
        new() { AtMs = 1_793_600_000_000, Entity = entity, Peers = peers, Categories = device };
}

/// <summary>The same laws with the narrow counts that a schema of two features gets.</summary>
public class NarrowRarityTests : DetectorConformance
{
    protected override IDetector Cold() => new Rarity("relation", new FeatureSchema(["tie", "account"], []), 1_024, 64);
}

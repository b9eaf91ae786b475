using SentinelHealth.Detection.Calibration;
using SentinelHealth.Detection.Features;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Detectors;

/// <summary>Whose habit a detector watches.</summary>
internal enum EntityView : byte
{
    Actor,
    Patient,
    Node,
    Device,
    Grantee,
}

/// <summary>A detector, whose habit it watches, and the calibrators of its scores.</summary>
internal sealed class DetectorSlot(EntityView view, IDetector detector)
{
    private static readonly ulong[] ViewPeers = [.. Enum.GetValues<EntityView>().Select(v => StableHash.Of($"view:{v}"))];
    private static readonly ulong GrantConsent = StableHash.Combine(StableHash.Of("ConsentRegistry"u8), StableHash.Of("grantConsent"u8));

    public EntityView View { get; } = view;

    public IDetector Detector { get; } = detector;

    public CalibratorBank Calibrators { get; } = new();

    /// <summary>How contributions name the habit: the actor's own goes without saying.</summary>
    public string Label { get; } = view == EntityView.Actor ? "" : view.ToString().ToLowerInvariant() + "'s ";

    /// <summary>The current event from this view. Entity 0 when the event has no such entity.</summary>
    public Observation Observe(HealthFeatures features, SentinelEvent observed)
    {
        var isActor = View == EntityView.Actor;
        return new Observation
        {
            AtMs = observed.OccurredAt.ToUnixTimeMilliseconds(),
            Entity = EntityKey(features, observed),
            Peers = isActor ? features.ActorPeers : ViewPeers[(int)View],
            Categories = features.Categories,
            Channels = View == EntityView.Grantee ? 1u : features.Channels,
        };
    }

    private ulong EntityKey(HealthFeatures features, SentinelEvent observed) => View switch
    {
        EntityView.Actor => features.Categories[HealthFeatures.Actor],
        EntityView.Patient => features.Categories[HealthFeatures.Patient],
        EntityView.Node => features.Categories[HealthFeatures.Node],
        EntityView.Device => features.Categories[HealthFeatures.Device],
        EntityView.Grantee => features.Categories[0] == GrantConsent ? observed.ArgKey("grantee"u8) : 0,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The detectors of the product, in the order of its snapshots.</summary>
    public static DetectorSlot[] All(DetectionOptions options)
    {
        var (actors, objects, groups) = (options.ActorsMax, options.ObjectsMax, options.PeerGroupsMax);
        var grants = new FeatureSchema([], ["consents received"]);
        SpreadDimension patients = new("patients", HealthFeatures.Patient, SpreadKeys.All);
        return
        [
            new(EntityView.Actor, new Rarity("rarity", HealthFeatures.Schema, actors, groups)),
            new(EntityView.Actor, new Volume("volume", HealthFeatures.Schema, actors, groups)),
            new(EntityView.Actor, new Spread("spread",
                [patients, new("new patients", HealthFeatures.Patient, SpreadKeys.Unfamiliar), new("devices", HealthFeatures.Device, SpreadKeys.All),
                    new("nodes", HealthFeatures.Node, SpreadKeys.All)], actors, groups)),
            new(EntityView.Patient, new Volume("volume", HealthFeatures.Schema, objects, 64)),
            new(EntityView.Patient, new Spread("spread", [new("readers", HealthFeatures.Actor, SpreadKeys.All)], objects, 64)),
            new(EntityView.Node, new Volume("volume", HealthFeatures.Schema, 65_536, 64)),
            new(EntityView.Device, new Spread("spread", [patients, new("users", HealthFeatures.Actor, SpreadKeys.All)], objects, 64)),
            new(EntityView.Grantee, new Volume("volume", grants, objects, 64)),
        ];
    }
}

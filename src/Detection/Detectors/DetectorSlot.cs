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
    Recipient,
}

/// <summary>A detector, whose habit it watches, and the calibrators of its scores.</summary>
internal sealed class DetectorSlot(EntityView view, IDetector detector)
{
    private static readonly ulong[] ViewPeers = [.. Enum.GetValues<EntityView>().Select(v => StableHash.Of($"view:{v}"))];
    private static readonly ulong ConsentRegistry = StableHash.Of("ConsentRegistry"u8);
    private static readonly ulong DataToken = StableHash.Of("DataToken"u8);
    private static readonly ulong Escrow = StableHash.Of("Escrow"u8);

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
            Channels = View == EntityView.Recipient ? RecipientChannel(features.EventClass) : features.Channels,
        };
    }

    private ulong EntityKey(HealthFeatures features, SentinelEvent observed) => View switch
    {
        EntityView.Actor => features.Categories[HealthFeatures.Actor],
        EntityView.Patient => features.Categories[HealthFeatures.Patient],
        EntityView.Node => features.Categories[HealthFeatures.Node],
        EntityView.Device => features.Categories[HealthFeatures.Device],
        EntityView.Recipient => RecipientKey(features.EventClass, observed),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Who receives something by the event: a consent, tokens, money. 0 for other events.</summary>
    private static ulong RecipientKey(ulong contract, SentinelEvent observed) =>
        contract == ConsentRegistry ? observed.ArgKey("grantee"u8)
        : contract == DataToken ? observed.ArgKey("to"u8)
        : contract == Escrow ? observed.ArgKey("payee"u8)
        : 0;

    private static uint RecipientChannel(ulong contract) =>
        contract == ConsentRegistry ? 1u : contract == DataToken ? 2u : contract == Escrow ? 4u : 0;

    /// <summary>The detectors of the product, in the order of its snapshots.</summary>
    public static DetectorSlot[] All(DetectionOptions options)
    {
        var (actors, objects, groups) = (options.ActorsMax, options.ObjectsMax, options.PeerGroupsMax);
        var received = new FeatureSchema([], ["consents received", "tokens received", "payments received"]);
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
            new(EntityView.Recipient, new Volume("volume", received, objects, 64)),
            new(EntityView.Recipient, new Spread("spread", [new("givers", HealthFeatures.Actor, SpreadKeys.All)], objects, 64)),
        ];
    }
}

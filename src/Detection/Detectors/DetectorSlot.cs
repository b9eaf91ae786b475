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

    /// <summary>The actor, by how its dealings with patients are explained.</summary>
    Dealing,

    /// <summary>The actor's peers after what it did before.</summary>
    Step,

    /// <summary>The kind of thing that has a size.</summary>
    Quantity,
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

    /// <summary>Whether both count the doings of the same entity, and so say nearly the same twice.</summary>
    public bool CountsLike(DetectorSlot other) =>
        View == other.View && Detector is Volume or Spread && other.Detector is Volume or Spread;

    /// <summary>How contributions name the habit: the actor's own goes without saying.</summary>
    public string Label { get; } = view is EntityView.Actor or EntityView.Dealing or EntityView.Step or EntityView.Quantity
        ? ""
        : view.ToString().ToLowerInvariant() + "'s ";

    /// <summary>The current event from this view. Entity 0 when the event has no such entity.</summary>
    public Observation Observe(HealthFeatures features, SentinelEvent observed)
    {
        var atMs = observed.OccurredAt.ToUnixTimeMilliseconds();
        return View switch
        {
            EntityView.Actor => Of(
                atMs, features.Categories[HealthFeatures.Actor], features.ActorPeers, features.Categories, features.Channels),
            EntityView.Dealing => Of(
                atMs, features.Ties.Categories[0] == 0 ? 0 : features.Categories[HealthFeatures.Actor], features.ActorPeers,
                features.Ties.Categories, 0),
            EntityView.Step => Of(
                atMs, StableHash.Combine(features.ActorPeers, features.Steps.Before), features.Steps.Before,
                features.Steps.Categories, 0),
            EntityView.Quantity => new Observation
            {
                AtMs = atMs,
                Entity = features.Quantities.Kind,
                Peers = features.Quantities.Activity,
                Numbers = features.Quantities.Numbers,
            },
            EntityView.Recipient => Of(
                atMs, RecipientKey(features.EventClass, observed), ViewPeers[(int)View], features.Categories,
                RecipientChannel(features.EventClass)),
            _ => Of(atMs, EntityKey(features), ViewPeers[(int)View], features.Categories, features.Channels),
        };
    }

    private static Observation Of(long atMs, ulong entity, ulong peers, ReadOnlySpan<ulong> categories, uint channels) => new()
    {
        AtMs = atMs,
        Entity = entity,
        Peers = peers,
        Categories = categories,
        Channels = channels,
    };

    private ulong EntityKey(HealthFeatures features) => View switch
    {
        EntityView.Patient => features.Categories[HealthFeatures.Patient],
        EntityView.Node => features.Categories[HealthFeatures.Node],
        EntityView.Device => features.Categories[HealthFeatures.Device],
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
            new(EntityView.Recipient, new Spread("spread", [new("givers", HealthFeatures.Actor, SpreadKeys.All), patients], objects, 64)),
            new(EntityView.Dealing, new Rarity("relation", TieFeatures.Schema, actors, groups)),
            new(EntityView.Step, new Rarity("sequence", StepFeatures.Schema, 65_536, 4_096)),
            new(EntityView.Quantity, new Magnitude("magnitude", QuantityFeatures.Schema, 65_536, 4_096)),
        ];
    }
}

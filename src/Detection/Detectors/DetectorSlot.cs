using SentinelHealth.Detection.Calibration;
using SentinelHealth.Detection.Explanation;
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

    /// <summary>Who receives something by the event.</summary>
    Recipient,

    /// <summary>The actor, by what it gives to whom.</summary>
    Giving,

    /// <summary>The actor, by what adds up over shifts.</summary>
    Doing,

    /// <summary>The actor, by how its dealings with patients are explained.</summary>
    Dealing,

    /// <summary>The actor's peers after what it did before.</summary>
    Step,

    /// <summary>The kind of thing that has a size.</summary>
    Quantity,

    /// <summary>One account, or one device, against one patient's template.</summary>
    ProbeByActor,
    ProbeByDevice,

    /// <summary>One biometric capture.</summary>
    Capture,

    /// <summary>The capture device.</summary>
    Sensor,

    /// <summary>The patient's template.</summary>
    Template,

    /// <summary>Accounts that do the same in the same hour.</summary>
    Crowd,

    /// <summary>Who proposes nodes and who votes; who updates a model; who claims and releases money.</summary>
    Membership,
    Update,
    Settlement,
}

/// <summary>A detector, whose habit it watches, and the calibrators of its scores.</summary>
internal sealed class DetectorSlot(EntityView view, IDetector detector, params string[] tags)
{
    /// <summary>Detectors of the same kin count the same doings; 0 for those without.</summary>
    private readonly int _kin = detector switch
    {
        Volume or Spread or Drip or Drift => 1 + (int)(view == EntityView.Doing ? EntityView.Actor : view),
        Biometric.ProbeClimb => 1 + (int)EntityView.ProbeByActor,
        _ => 0,
    };

    private static readonly ulong[] ViewPeers = [.. Enum.GetValues<EntityView>().Select(v => StableHash.Of($"view:{v}"))];

    public EntityView View { get; } = view;

    public IDetector Detector { get; } = detector;

    public CalibratorBank Calibrators { get; } = new();

    /// <summary>ATT&amp;CK techniques that its finding points to.</summary>
    public IReadOnlyList<string> Tags { get; } = tags;

    /// <summary>Whether both count the doings of the same entity, and so say nearly the same twice.</summary>
    public bool CountsLike(DetectorSlot other) => _kin != 0 && _kin == other._kin;

    /// <summary>Whether the detector counts doings, so that fewer of them can be supposed.</summary>
    public bool IsCounting { get; } = detector is Volume or Spread;

    /// <summary>Whether the habit is that of something which many actors use or deal with.</summary>
    public bool IsOfSharedThing { get; } = view is EntityView.Patient or EntityView.Node or EntityView.Device;

    /// <summary>How contributions name the habit: the actor's own goes without saying.</summary>
    public string Label { get; } =
        view is EntityView.Patient or EntityView.Node or EntityView.Device or EntityView.Recipient
            ? view.ToString().ToLowerInvariant() + "'s "
            : "";

    /// <summary>The same under a supposition.</summary>
    public Observation Observe(HealthFeatures features, SentinelEvent observed, WhatIf whatIf) =>
        !whatIf.IsEmpty && IsCounting
            ? Observe(features, observed) with { Omitted = whatIf.OmissionOf(View) }
            : Observe(features, observed);

    /// <summary>Whose habit the current event is about; 0 when it has nothing to do with this view, so that it costs nothing.</summary>
    public ulong EntityOf(HealthFeatures features, SentinelEvent observed) => View switch
    {
        EntityView.Actor or EntityView.Doing => features.Categories[HealthFeatures.Actor],
        EntityView.Dealing => features.Ties.Categories[0] == 0 ? 0 : features.Categories[HealthFeatures.Actor],
        EntityView.Step => StableHash.Combine(features.ActorPeers, features.Steps.Before),
        EntityView.Quantity => features.Quantities.Kind,
        EntityView.Recipient => features.Receipts.Recipient,
        EntityView.Giving => features.Receipts.Recipient == 0 ? 0 : features.Categories[HealthFeatures.Actor],
        EntityView.Crowd => features.Crowd.Account,
        EntityView.Membership => features.Ledger.IsMembership ? features.Ledger.Entity : 0,
        EntityView.Update => features.Ledger.IsUpdate ? features.Ledger.Entity : 0,
        EntityView.Settlement => features.Ledger.IsSettlement ? features.Ledger.Entity : 0,
        >= EntityView.ProbeByActor and <= EntityView.Template => ProbeEntity(features.Probes),
        _ => EntityKey(observed),
    };

    /// <summary>The current event from this view. Entity 0 when the event has no such entity.</summary>
    public Observation Observe(HealthFeatures features, SentinelEvent observed)
    {
        var (atMs, entity) = (observed.OccurredAt.ToUnixTimeMilliseconds(), EntityOf(features, observed));
        return View switch
        {
            EntityView.Actor => Of(atMs, entity, features.ActorPeers, features.Categories, features.Channels, features.ActorRole),
            EntityView.Dealing => Of(atMs, entity, features.ActorPeers, features.Ties.Categories, 0),
            EntityView.Step => Of(atMs, entity, features.Steps.Before, features.Steps.Categories, 0),
            EntityView.Quantity => new Observation
            {
                AtMs = atMs,
                Entity = entity,
                Peers = features.Quantities.Activity,
                Numbers = features.Quantities.Numbers,
            },
            EntityView.Recipient => Of(
                atMs, entity, features.Receipts.Peers, features.Categories, features.Receipts.Channels),
            EntityView.Giving => Of(atMs, entity, features.ActorPeers, features.Receipts.Categories, 0),
            EntityView.Doing => Of(atMs, entity, features.ActorPeers, features.Categories, features.Doings),
            EntityView.Crowd => Of(atMs, entity, ViewPeers[(int)View], features.Crowd.Categories, 0),
            EntityView.Membership or EntityView.Update or EntityView.Settlement => Ledger(atMs, entity, features.Ledger),
            >= EntityView.ProbeByActor and <= EntityView.Template => Probe(atMs, entity, features.Probes),
            _ => Of(atMs, entity, ViewPeers[(int)View], features.Categories, features.Channels),
        };
    }

    private static Observation Of(
        long atMs, ulong entity, ulong peers, ReadOnlySpan<ulong> categories, uint channels, ulong role = 0) => new()
        {
            AtMs = atMs,
            Entity = entity,
            Peers = peers,
            Role = role,
            Categories = categories,
            Channels = channels,
        };

    private static Observation Ledger(long atMs, ulong entity, LedgerFeatures ledger) => new()
    {
        AtMs = atMs,
        Entity = entity,
        Peers = ledger.Peers,
        Categories = ledger.Categories,
        Numbers = ledger.Numbers,
        Channels = ledger.Channels,
    };

    private static Observation Probe(long atMs, ulong entity, ProbeFeatures probe) => new()
    {
        AtMs = atMs,
        Entity = entity,
        Peers = probe.Peers,
        Categories = probe.Categories,
        Numbers = probe.Numbers,
        Channels = probe.Channels,
    };

    /// <summary>Whose the query is in this view; 0 when the view has nothing to do with it.</summary>
    private ulong ProbeEntity(ProbeFeatures probe)
    {
        if (probe.Peers == 0)
            return 0;
        var (subject, device) = (probe.Categories[ProbeFeatures.Subject], probe.Categories[ProbeFeatures.Device]);
        var isCompared = probe.IsVerification && subject != 0;
        return View switch
        {
            EntityView.ProbeByActor => isCompared ? StableHash.Combine(subject, probe.Categories[ProbeFeatures.Actor]) : 0,
            EntityView.ProbeByDevice => isCompared && device != 0 ? StableHash.Combine(subject, device) : 0,
            EntityView.Capture => probe.Categories[ProbeFeatures.Capture],
            EntityView.Sensor => device,
            _ => probe.IsOfTemplate ? subject : 0,
        };
    }

    /// <summary>Whose habit it is, by the event itself: a supposition about the node or device leaves their own counts alone.</summary>
    private ulong EntityKey(SentinelEvent observed) => View switch
    {
        EntityView.Patient => observed.Key(TextField.Subject),
        EntityView.Node => observed.Key(TextField.Node),
        EntityView.Device => observed.Key(TextField.Device),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

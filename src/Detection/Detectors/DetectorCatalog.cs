using SentinelHealth.Detection.Detectors.Biometric;
using SentinelHealth.Detection.Detectors.Ledger;
using SentinelHealth.Detection.Features;
using SentinelHealth.Detection.Federation;

namespace SentinelHealth.Detection.Detectors;

/// <summary>The detectors of the product, in the order of its snapshots, with the ATT&amp;CK techniques each points to.</summary>
internal static class DetectorCatalog
{
    private const string ValidAccounts = "attack.t1078", Repositories = "attack.t1213", Automated = "attack.t1020",
        InSmallPieces = "attack.t1030", Permissions = "attack.t1098", Theft = "attack.t1657", Manipulation = "attack.t1565.001",
        BruteForce = "attack.t1110", OtherMaterial = "attack.t1550", Identities = "attack.t1589", Impersonation = "attack.t1684.001",
        Authentication = "attack.t1556", Infrastructure = "attack.t1583", NewAccounts = "attack.t1585", Poisoning = "atlas.aml.t0020";

    public static DetectorSlot[] All(DetectionOptions options, PeerBaseline shared) =>
        [.. OfPeople(options, shared), .. OfThings(options), .. OfProbes(options), .. OfTheLedger(options)];

    private static DetectorSlot[] OfPeople(DetectionOptions options, PeerBaseline shared)
    {
        var (actors, groups) = (options.ActorsMax, options.PeerGroupsMax);
        SpreadDimension[] actorsUse =
        [
            new("patients", HealthFeatures.Patient, SpreadKeys.All), new("new patients", HealthFeatures.Patient, SpreadKeys.Unfamiliar),
            new("devices", HealthFeatures.Device, SpreadKeys.All), new("nodes", HealthFeatures.Node, SpreadKeys.All),
        ];
        return
        [
            new(EntityView.Actor, new Rarity("rarity", HealthFeatures.Schema, actors, groups), ValidAccounts),
            new(EntityView.Actor, new Volume("volume", HealthFeatures.Schema, actors, groups, shared), Repositories, Automated),
            new(EntityView.Actor, new Spread("spread", actorsUse, actors, groups, shared), Repositories),
            new(EntityView.Doing, new Drip("drip", DoingFeatures.Schema, DripClock.ActiveHours, actors, groups), Repositories, InSmallPieces),
            new(EntityView.Actor, new Drift("drift", HealthFeatures.Patient, actors), Repositories),
            new(EntityView.Dealing, new Rarity("relation", TieFeatures.Schema, actors, groups), Repositories),
            new(EntityView.Giving, new Rarity("giving", ReceiptFeatures.Schema, actors, groups), Permissions),
            new(EntityView.Step, new Rarity("sequence", StepFeatures.Schema, 65_536, 4_096), ValidAccounts),
        ];
    }

    private static DetectorSlot[] OfThings(DetectionOptions options)
    {
        var objects = options.ObjectsMax;
        SpreadDimension patients = new("patients", HealthFeatures.Patient, SpreadKeys.All);
        SpreadDimension[] people(string name) => [new(name, HealthFeatures.Actor, SpreadKeys.All)];
        SpreadDimension strangers = new(
            "readers without a known tie", HealthFeatures.Actor, SpreadKeys.All, HealthFeatures.UnexplainedChannel);
        SpreadDimension[] readers = [.. people("readers"), strangers];
        return
        [
            new(EntityView.Patient, new Volume("volume", HealthFeatures.Schema, objects, 64), Repositories),
            new(EntityView.Patient, new Spread("spread", readers, objects, 64), Repositories),
            new(EntityView.Node, new Volume("volume", HealthFeatures.Schema, 65_536, 64), Automated),
            new(EntityView.Device, new Spread("spread", [patients, .. people("users")], objects, 64), ValidAccounts),
            new(EntityView.Recipient, new Volume("volume", ReceiptFeatures.Schema, objects, 64), Permissions, Theft),
            new(EntityView.Recipient, new Spread("spread", [.. people("givers"), patients], objects, 64), Permissions, Theft),
            new(EntityView.Recipient, new Drip("drip", ReceiptFeatures.Schema, DripClock.ElapsedHours, objects, 64), Permissions, Theft),
            new(EntityView.Quantity, new Magnitude("magnitude", QuantityFeatures.Schema, 65_536, 4_096), Manipulation),
        ];
    }

    private static DetectorSlot[] OfProbes(DetectionOptions options)
    {
        var objects = options.ObjectsMax;
        return
        [
            new(EntityView.ProbeByActor, new ProbeClimb("probe.climb", 65_536), BruteForce),
            new(EntityView.ProbeByDevice, new ProbeClimb("probe.climb", 65_536), BruteForce),
            new(EntityView.Capture, new ProbeReuse("probe.reuse"), OtherMaterial),
            new(EntityView.Sensor, new LivenessErosion("probe.liveness", objects), Impersonation),
            new(EntityView.Template, new TemplateSwap("probe.template", objects), Authentication),
            new(EntityView.Sensor, new Drip("probe.harvest", ProbeFeatures.Schema, DripClock.ElapsedHours, objects, 64), Identities),
        ];
    }

    private static DetectorSlot[] OfTheLedger(DetectionOptions options) =>
    [
        new(EntityView.Crowd, new GroupBurst("group-burst", CrowdFeatures.Schema), ValidAccounts),
        new(EntityView.Membership, new Lockstep("membership"), Infrastructure, NewAccounts),
        new(EntityView.Update, new ModelUpdate("model-update", 4_096), Poisoning, Manipulation),
        new(EntityView.Settlement, new Settlement("settlement", options.PeerGroupsMax), Theft, Manipulation),
    ];
}

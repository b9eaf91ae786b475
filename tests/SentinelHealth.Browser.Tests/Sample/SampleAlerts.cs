using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Browser.Tests.Sample;

/// <summary>Alerts as the detectors would raise them: believable sentences, shares that sum to the score.</summary>
internal static class SampleAlerts
{
    public static readonly EntityRef Nurse = new(EntityType.Actor, "did:ethr:0x4be1f07a9c22d5513ae0b8c6f1d2a97be40c1184");
    public static readonly EntityRef Program = new(EntityType.Actor, "did:ethr:0x9a30c7714ed8b65502fe11cab0937d64f2a8e05b");
    public static readonly EntityRef Clerk = new(EntityType.Actor, "did:ethr:0x77d2b1f3a6e5c80914f0de3b5a2c6987d01e4fa2");
    public static readonly EntityRef RogueNode = new(EntityType.Node, "node:clinic-e-3");
    public static readonly EntityRef BusyNode = new(EntityType.Node, "node:hospital-a-1");
    public static readonly EntityRef Grant = new(EntityType.Grant, "g-5120");

    /// <summary>The kinds of alert the sample cycles through, each with its incident.</summary>
    public static Alert Create(int number, DateTimeOffset at) => (number % 23) switch
    {
        0 or 9 => Harvest(number, at),
        1 or 5 or 13 => Probe(number, at),
        2 or 7 or 11 or 19 => NoConsent(number, at),
        4 => Sybil(number, at),
        16 => Glass(number, at),
        3 or 8 or 10 or 14 or 20 or 22 => Burst(number, at),
        _ => NightWork(number, at),
    };

    private static Alert Harvest(int number, DateTimeOffset at) =>
        Base(number, at, "spread", AlertKind.Model, Severity.Critical, Nurse, "inc-harvest") with
        {
            Score = 0.97,
            Reason = "Nurse read 148 different patients in 20 minutes where 9 are usual for this hour, 141 of them for the first "
            + "time.",
            Contributions =
        [
            new("distinct patients in 20 min", "148", "9 (at most 17)", 0.46),
            new("patients seen for the first time", "141", "2 (at most 6)", 0.29),
            new("hour of the week", "Sunday 03", "weekdays 07 to 15", 0.14),
            new("node", "node:clinic-e-3", "node:hospital-a-1", 0.08),
        ],
            RelatedEntities = [RogueNode, Patient(number), Patient(number + 1), new(EntityType.Contract, "AccessRegistry")],
            NotUnusual = ["purpose TREAT", "device dev-14", "country NL"],
            WouldBeNormalIf = "It would be normal for 17 patients or fewer, or during a weekday shift.",
            Tags = ["attack.t1530", "attack.collection"],
            EventCount = 148,
        };

    private static Alert Probe(int number, DateTimeOffset at) =>
        Base(number, at, "biometric.probe", AlertKind.Model, Severity.High, Program, "inc-probe") with
        {
            Score = 0.93,
            Reason = "The match score of one probe climbed from 0.31 to 0.79 over 64 attempts: somebody is feeding the matcher "
            + "its own answers.",
            Contributions = [new("rising score steps", "58 of 64", "12 (at most 21)", 0.55),
            new("attempts on one patient", "64", "1 (at most 4)", 0.26), new("device attested", "no", "yes", 0.12)],
            RelatedEntities = [RogueNode, Patient(3), new(EntityType.Device, "dev-88")],
            NotUnusual = ["latency", "modality face"],
            Tags = ["attack.t1110"],
            EventCount = 64,
        };

    private static Alert NoConsent(int number, DateTimeOffset at) =>
        Base(number, at, "consent.missing", AlertKind.Rule, Severity.High, Nurse, "inc-harvest") with
        {
            Score = 1,
            Reason = "A record was read for TREAT although no consent or grant of the patient names this actor or hospital-a at "
            + "that time.",
            Contributions = [new("consent or grant at event time", "none", "at least one", 1)],
            RelatedEntities = [RogueNode, Patient(number)],
            WouldBeNormalIf = "It would be normal with a grant of the patient to the actor or to hospital-a.",
            Tags = ["attack.t1078"],
        };

    private static Alert Burst(int number, DateTimeOffset at) =>
        Base(number, at, "volume", AlertKind.Model, Severity.Medium, BusyNode, "inc-burst") with
        {
            Score = 0.81,
            Reason = "The node answered 4,120 queries in 10 minutes where 1,300 are usual at this hour.",
            Contributions = [new("queries in 10 min", "4,120", "1,300 (at most 2,450)", 0.62),
            new("share of errors", "4.1 %", "0.8 %", 0.19)],
            RelatedEntities = [new(EntityType.Contract, "ProofVerifier")],
            NotUnusual = ["mix of operations", "actors", "latency"],
            EventCount = 4_120,
        };

    private static Alert Sybil(int number, DateTimeOffset at) =>
        Base(number, at, "membership", AlertKind.Model, Severity.Critical, RogueNode, "inc-sybil") with
        {
            Score = 0.95,
            Reason = "Four nodes proposed within 3 minutes share a fingerprint family and voted alike in 11 of 11 votes.",
            Contributions = [new("votes in lockstep", "11 of 11", "4 of 11", 0.5),
            new("joined together", "4 in 3 min", "1 in a week", 0.3), new("fingerprint family", "same", "distinct", 0.15)],
            RelatedEntities = [new(EntityType.Node, "node:clinic-e-4"), new(EntityType.Node, "node:clinic-e-5"),
            new(EntityType.Contract, "NodeRegistry")],
            Tags = ["attack.t1583"],
            EventCount = 15,
        };

    private static Alert NightWork(int number, DateTimeOffset at) =>
        Base(number, at, "rarity", AlertKind.Model, Severity.Low, Clerk, "inc-clerk") with
        {
            Score = 0.64,
            Reason = "The clerk signed in from BE for the first time; NL in all of 312 earlier events.",
            Contributions = [new("country", "BE", "NL", 0.44), new("device", "dev-203", "dev-17", 0.2)],
            RelatedEntities = [BusyNode],
            NotUnusual = ["hour of the week", "method", "patients"],
        };

    private static Alert Glass(int number, DateTimeOffset at) =>
        Base(number, at, "access.break-glass", AlertKind.Rule, Severity.Informational, Clerk, "inc-clerk") with
        {
            Score = 0.3,
            Reason = "Emergency access was used for one patient; to be reviewed within two working days.",
            Contributions = [new("purpose", "BTG", "TREAT", 0.3)],
            RelatedEntities = [Patient(number)],
            IsBreakGlass = true,
        };

    public static EntityRef Patient(int number) => new(EntityType.Patient, $"patient:{(number * 7919 + 4096) % 65536:x4}");

    private static Alert Base(int number, DateTimeOffset at, string source, AlertKind kind, Severity severity, EntityRef entity,
        string incident) => new()
        {
            Id = $"a-{number:0000}",
            At = at,
            Kind = kind,
            Source = source,
            Severity = severity,
            Score = 0,
            Entity = entity,
            EventIds = [$"bq-{number}", $"bq-{number}-2"],
            Reason = "",
            Contributions = [],
            IncidentId = incident,
        };
}

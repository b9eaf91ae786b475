using System.Globalization;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Approvals;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Reports;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Tests.Reports;

/// <summary>An incident with everything a report can show.</summary>
internal static class SampleCase
{
    public static readonly DateTimeOffset At = new(2026, 11, 2, 8, 14, 0, TimeSpan.Zero);
    private static readonly EntityRef Actor = new(EntityType.Actor, "did:ethr:0x12aa45c0ffee12aa45c0ffee12aa45c0ffee12aa");
    private static readonly EntityRef Node = new(EntityType.Node, "node:clinic-9");

    public static CaseInput Input(int events = 40, string reason = "A node that is not registered asked for records of 20 patients in 4 minutes.") =>
        CaseInput.Of(Dossier(events, reason), Case, [Regime("gdpr-33", "GDPR Article 33", 72), Regime("nis2-23", "NIS2 Directive Article 23", 24)],
            new ControllerProfile { Name = "Hospital Group West", TimeZone = "Europe/Amsterdam", Contact = "privacy@example.org" });

    public static ComplianceCase Case { get; } = new()
    {
        IncidentId = "inc-7f3a",
        Version = 3,
        Facts = new ClockFacts { DiscoveredAt = At.AddMinutes(30), AwareAt = At.AddHours(2) },
        RootCause = "A decommissioned clinic computer kept its network key.",
        Lessons = "Keys are withdrawn on the day a computer is decommissioned.",
        ChangedBy = "c.officer",
        ChangedAt = At.AddHours(3),
    };

    public static BreachAssessment Assessment(BreachConclusion conclusion, FactorRisk risk = FactorRisk.Medium) => new(
        [.. Enum.GetValues<BreachFactor>().Select(factor => new FactorAnswer(factor, risk, "Pseudonyms only, but the register was reachable."))],
        conclusion, false, "Taken together the factors point this way.", "c.officer", At.AddHours(4));

    public static IncidentDossier Dossier(int events, string reason) => new()
    {
        Incident = new Incident
        {
            Id = "inc-7f3a",
            Version = 5,
            OpenedAt = At,
            LastAlertAt = At.AddMinutes(9),
            Severity = Severity.Critical,
            Score = 0.98,
            SourceCount = 2,
            Principal = Node,
            Entities = [Node, Actor, new(EntityType.Patient, "patient:p0")],
            AlertIds = ["a-1", "a-2"],
            AlertCount = 2,
            Title = "Unregistered node node:clinic-9 reads patient records",
            Sources = ["node.unregistered", "volume"],
            Tags = ["attack.t1199"],
            Stage = AttackStage.Collection,
        },
        CollectedAt = At.AddHours(5),
        Alerts = [Alert("a-1", AlertKind.Rule, "node.unregistered", reason, events), Alert("a-2", AlertKind.Model, "volume", "20 times its usual count.", 2)],
        Events = [.. Enumerable.Range(0, events).Select(Event)],
        Actions = [Action()],
        Refusals = [new GuardrailRefusal(At.AddMinutes(5), "inc-7f3a", ActionKind.SuspendActor, Actor, "cap-actors", "The hourly cap for actors is spent.")],
        Notes = [new DossierNote(At.AddHours(1), "a.analyst", "Called the clinic: the computer was to be gone since May.")],
        Readings = [new DossierReading(At.AddHours(2), "c.officer", "patient=p0", 3, ["patient:p0"])],
        Versions = new DossierVersions("0.1.0", [new("settings", "detection", "", new string('a', 64)), new("playbook", "nodes", "", new string('b', 64))]),
    };

    private static Alert Alert(string id, AlertKind kind, string source, string reason, int events) => new()
    {
        Id = id,
        At = At.AddMinutes(kind == AlertKind.Rule ? 1 : 9),
        Kind = kind,
        Source = source,
        Severity = Severity.Critical,
        Score = kind == AlertKind.Rule ? 0.98 : 0.91,
        Entity = Node,
        RelatedEntities = [Actor],
        EventIds = [.. Enumerable.Range(0, events).Select(number => $"e-{number}")],
        EventCount = events,
        Reason = reason,
        Contributions = [new("registration", "none", "registered", 0.6), new("records in an hour", "40", "2 to 5", 0.3)],
        WouldBeNormalIf = "the node were registered",
        IncidentId = "inc-7f3a",
    };

    private static DossierEvent Event(int number) => DossierEvent.Of(string.Create(CultureInfo.InvariantCulture,
        $$"""
        {"schema":"sentinel.ledger-transaction.v1","id":"e-{{number}}","time":"{{At.AddSeconds(13 * number):yyyy-MM-ddTHH:mm:ssZ}}","node":"node:clinic-9",
         "actor":"{{Actor.Id}}","actorRole":"clinician","organization":"clinic-9","contract":"AccessRegistry","method":"recordAccess",
         "status":"{{(number % 4 == 0 ? "reverted" : "success")}}","subject":"patient:p{{number / 2}}","args":{"scope":["{{(number % 3 == 0 ? "imaging" : "laboratory")}}"] } }
        """))!;

    private static DossierAction Action() => new()
    {
        Action = new ContainmentAction
        {
            Key = "0x" + new string('1', 64),
            Kind = ActionKind.QuarantineNode,
            Target = Node,
            Ttl = TimeSpan.FromHours(4),
            IncidentId = "inc-7f3a",
            EvidenceHash = "0x" + new string('e', 64),
            Playbook = "nodes",
            Reason = "An unregistered node reads records.",
            State = ActionState.Confirmed,
            DecidedAt = At.AddMinutes(2),
            ChangedAt = At.AddMinutes(4),
            ContainedAt = At.AddMinutes(4),
            ExpiresAt = At.AddHours(4),
            TransactionId = "0x" + new string('7', 64),
            Block = 184_223,
        },
        Mode = PlaybookMode.Approve,
        RequestedBy = "policy:nodes",
        ApproversMin = 2,
        Steps =
        [
            new ActionStep(At.AddMinutes(2), ActionState.Proposed, "policy", "Asked for by the playbook nodes."),
            new ActionStep(At.AddMinutes(3), ActionState.Approved, "r.responder", "Approved by two people."),
            new ActionStep(At.AddMinutes(4), ActionState.Confirmed, "ledger", "In block 184223."),
        ],
        Approvals =
        [
            new Approval("r.responder", At.AddMinutes(3), At.AddMinutes(33), "0x" + new string('c', 64)),
            new Approval("s.second", At.AddMinutes(3), At.AddMinutes(33), "0x" + new string('c', 64)),
        ],
    };

    private static Regime Regime(string name, string law, int hours) => new()
    {
        Name = name,
        Title = "Notify the authority",
        Law = law,
        Recipient = "the authority",
        Trigger = ClockTrigger.Aware,
        Phases = [new RegimePhase("initial", new Period(hours, PeriodUnit.Hours), "trigger")],
    };
}

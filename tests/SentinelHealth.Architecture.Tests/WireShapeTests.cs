using System.Text.Encodings.Web;
using System.Text.Json;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Detection.Rules;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Architecture.Tests;

/// <summary>Other programs read these shapes, so a changed name or type is a decision and not an accident.</summary>
public sealed class WireShapeTests
{
    private static readonly JsonSerializerOptions ForPeople =
        new(AlertJson.Options) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly DateTimeOffset At = new(2026, 11, 2, 8, 14, 3, 120, TimeSpan.Zero);
    private static readonly EntityRef Actor = new(EntityType.Actor, "did:ethr:0x12");
    private static readonly EntityRef Node = new(EntityType.Node, "node:hospital-a-1");

    private static readonly Alert Alert = new()
    {
        Id = "a-1",
        At = At,
        Kind = AlertKind.Model,
        Source = "rarity",
        Severity = Severity.High,
        Score = 0.75,
        Entity = Actor,
        RelatedEntities = [Node, new(EntityType.Patient, "patient:9f3c"), new(EntityType.Device, "dev-14")],
        EventIds = ["e-1", "e-2"],
        EventCount = 2,
        Reason = "A sentence.",
        Contributions = [new("country", "BR", "NL", 0.5), new("hour", "03", "08 to 17", 0.25)],
        NotUnusual = ["device"],
        WouldBeNormalIf = "the country were NL",
        Rule = new RuleOrigin("5b1f2a52-6f0f-4a63-9a5e-0d9f8a4b0c22", "A. Author", "Apache-2.0", ["Tests"], ["https://example.org/rule"]),
        Tags = ["attack.t1078"],
        IsBreakGlass = true,
        IncidentId = "i-1",
    };

    private static readonly Incident Incident = new()
    {
        Id = "i-1",
        Version = 2,
        OpenedAt = At,
        LastAlertAt = At.AddSeconds(1),
        Severity = Severity.Critical,
        Score = 0.9,
        SourceCount = 2,
        Principal = Actor,
        Entities = [Actor, Node],
        AlertIds = ["a-1", "a-2"],
        AlertCount = 2,
        Title = "A title",
        Sources = ["rarity", "consent.missing"],
        Tags = ["attack.t1078"],
        IsBreakGlass = true,
    };

    private static readonly ContainmentAction Action = new()
    {
        Key = "0x01",
        Kind = ActionKind.SuspendActor,
        Target = Actor,
        Ttl = TimeSpan.FromHours(1),
        IncidentId = "i-1",
        EvidenceHash = "0x02",
        Playbook = "contain-actor",
        Reason = "A sentence.",
        State = ActionState.Confirmed,
        DecidedAt = At,
        ChangedAt = At.AddSeconds(2),
        ExpiresAt = At.AddHours(1),
        TransactionId = "0x03",
        Block = 12,
        Attempts = 1,
    };

    [Fact]
    public void An_alert_keeps_its_shape() => Approval.Matches("alert.json", Indented(Alert));

    [Fact]
    public void An_incident_keeps_its_shape() => Approval.Matches("incident.json", Indented(Incident));

    [Fact]
    public void An_action_keeps_its_shape() => Approval.Matches("action.json", Indented(Action));

    [Fact]
    public void An_alert_survives_being_written_and_read() => Assert.Equal(Written(Alert), Written(Read(Alert)));

    [Fact]
    public void An_incident_survives_being_written_and_read() => Assert.Equal(Written(Incident), Written(Read(Incident)));

    /// <summary>Every member of the samples has a value, so that a member added later is seen to be missing from them.</summary>
    [Fact]
    public void The_samples_leave_nothing_at_its_default()
    {
        AssertFilled(Alert);
        AssertFilled(Incident);
    }

    private static void AssertFilled<T>(T sample) =>
        Assert.All(typeof(T).GetProperties(), member => Assert.NotEqual(Default(member.PropertyType), member.GetValue(sample)));

    private static object? Default(Type type) => type.IsValueType && !type.IsEnum ? Activator.CreateInstance(type) : null;

    private static string Written<T>(T value) => JsonSerializer.Serialize(value, AlertJson.Options);

    private static T Read<T>(T value) => JsonSerializer.Deserialize<T>(Written(value), AlertJson.Options)!;

    private static string Indented<T>(T value) => JsonSerializer.Serialize(value, ForPeople);
}

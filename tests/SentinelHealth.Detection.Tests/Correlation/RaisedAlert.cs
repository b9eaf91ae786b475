using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Detection.Tests.Correlation;

/// <summary>Alerts for tests of what follows them.</summary>
internal static class RaisedAlert
{
    public static readonly DateTimeOffset Monday = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    public static Alert Of(
        string id, string actor, double hours = 0, string source = "rarity", Severity severity = Severity.High, string technique = "attack.t1078",
        params EntityRef[] related) => new()
        {
            Id = id,
            IncidentId = "",
            At = Monday.AddHours(hours),
            Kind = AlertKind.Model,
            Source = source,
            Severity = severity,
            Score = 0.9,
            Entity = Actor(actor),
            RelatedEntities = related,
            EventIds = ["e-" + id],
            Reason = "Something was strange.",
            Contributions = [new Contribution("device", "dev-2", "dev-1", 0.9)],
            Tags = [technique],
        };

    public static EntityRef Actor(string id) => new(EntityType.Actor, id);

    public static EntityRef Device(string id) => new(EntityType.Device, id);

    public static EntityRef Patient(string id) => new(EntityType.Patient, id);
}

using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Correlation;

/// <summary>Groups alerts into incidents: an alert joins the open incident it shares an entity with, else it opens one.</summary>
/// <remarks>
/// Alerts link through their principal entity and through entities specific enough to mean something: devices, grants, patients.
/// A node or a contract, which everybody shares, links only where an alert is about it. An incident takes alerts for 12 hours after
/// its latest one. Bounded to 1,024 open incidents; at the bound the one quiet longest is closed.
/// </remarks>
public sealed class Correlator
{
    private const long OpenMs = 12 * 3_600_000;
    private const int OpenMax = 1_024;
    private const int EntitiesMax = 64;
    private const int AlertIdsMax = 512;
    private const int SourcesForRaise = 3;

    private readonly Dictionary<string, Incident> _open = [];
    private readonly Dictionary<EntityRef, string> _byLink = [];

    /// <summary>The incident an alert about this entity would join now, or null.</summary>
    public string? IncidentOf(EntityRef entity, DateTimeOffset at) =>
        _byLink.TryGetValue(entity, out var id) && _open.TryGetValue(id, out var incident) && IsOpen(incident, at) ? id : null;

    /// <summary>The incident a new alert belongs to: one it links to, else a new identifier derived from it.</summary>
    public string Assign(string alertId, EntityRef principal, IReadOnlyList<EntityRef> related, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(related);
        foreach (var link in Links(principal, related))
        {
            if (IncidentOf(link, at) is { } id)
                return id;
        }
        return ContentId.Of("inc-", alertId);
    }

    /// <summary>Adds an alert, or its newer version, to its incident and returns the incident's new version.</summary>
    public Incident Add(Alert alert, string title)
    {
        ArgumentNullException.ThrowIfNull(alert);
        var incident = _open.TryGetValue(alert.IncidentId, out var known) ? Join(known, alert) : Open(alert, title);
        _open[incident.Id] = incident;
        foreach (var link in Links(alert.Entity, alert.RelatedEntities))
            _byLink.TryAdd(link, incident.Id);
        if (_open.Count > OpenMax)
            Close(_open.Values.MinBy(open => (open.LastAlertAt.UtcTicks, StableHash.Of(open.Id)))!);
        return incident;
    }

    /// <summary>Forgets incidents that have been quiet for 12 hours. Cheap to call now and then.</summary>
    public void CloseQuiet(DateTimeOffset now)
    {
        foreach (var incident in _open.Values.Where(open => !IsOpen(open, now)).ToList())
            Close(incident);
    }

    internal void Save(BinaryWriter writer)
    {
        writer.Write(_open.Count);
        foreach (var incident in _open.Values.OrderBy(open => open.Id, StringComparer.Ordinal))
            writer.Write(System.Text.Json.JsonSerializer.Serialize(incident, AlertJson.Options));
        writer.Write(_byLink.Count);
        foreach (var (link, id) in _byLink.OrderBy(pair => pair.Key.Id, StringComparer.Ordinal).ThenBy(pair => pair.Key.Type))
        {
            writer.Write((byte)link.Type);
            writer.Write(link.Id);
            writer.Write(id);
        }
    }

    internal void Load(BinaryReader reader)
    {
        _open.Clear();
        _byLink.Clear();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var incident = System.Text.Json.JsonSerializer.Deserialize<Incident>(reader.ReadString(), AlertJson.Options)
                ?? throw new InvalidDataException("An open incident in the snapshot is empty.");
            _open[incident.Id] = incident;
        }
        for (var left = reader.ReadInt32(); left > 0; left--)
            _byLink[new EntityRef((EntityType)reader.ReadByte(), reader.ReadString())] = reader.ReadString();
    }

    private static bool IsOpen(Incident incident, DateTimeOffset at) =>
        (at - incident.LastAlertAt).TotalMilliseconds <= OpenMs;

    private static IEnumerable<EntityRef> Links(EntityRef principal, IReadOnlyList<EntityRef> related)
    {
        yield return principal;
        foreach (var entity in related)
        {
            if (entity.Type is EntityType.Device or EntityType.Grant
                || (entity.Type == EntityType.Patient && principal.Type != EntityType.Node))
                yield return entity;
        }
    }

    private static Incident Open(Alert alert, string title) => new()
    {
        Id = alert.IncidentId,
        OpenedAt = alert.At,
        LastAlertAt = alert.At,
        Severity = alert.Severity,
        Score = alert.Score,
        Principal = alert.Entity,
        Entities = [alert.Entity, .. alert.RelatedEntities.Take(EntitiesMax - 1)],
        AlertIds = [alert.Id],
        Title = title,
        Sources = [alert.Source],
        Tags = alert.Tags,
        IsBreakGlass = alert.IsBreakGlass,
    };

    private static Incident Join(Incident incident, Alert alert)
    {
        var isNew = !incident.AlertIds.Contains(alert.Id);
        IReadOnlyList<string> sources = incident.Sources.Contains(alert.Source)
            ? incident.Sources : [.. incident.Sources, alert.Source];
        var worst = (Severity)Math.Max((int)incident.Severity, (int)alert.Severity);
        // Several independent detectors agreeing is worse than any of them alone.
        if (sources.Count >= SourcesForRaise && incident.Sources.Count < SourcesForRaise
            && worst is Severity.Medium or Severity.High)
            worst++;
        return incident with
        {
            Version = incident.Version + 1,
            LastAlertAt = alert.At > incident.LastAlertAt ? alert.At : incident.LastAlertAt,
            Severity = worst,
            Score = Math.Max(incident.Score, alert.Score),
            SourceCount = sources.Count,
            Sources = sources,
            // Whom alerts are about comes before what they touch, so that the bound never hides a suspect.
            Entities = [.. new[] { incident.Principal, alert.Entity }
                .Union(incident.Entities).Union(alert.RelatedEntities).Take(EntitiesMax)],
            AlertIds = isNew && incident.AlertIds.Count < AlertIdsMax ? [.. incident.AlertIds, alert.Id] : incident.AlertIds,
            AlertCount = incident.AlertCount + (isNew ? 1 : 0),
            Tags = [.. incident.Tags.Union(alert.Tags)],
            IsBreakGlass = incident.IsBreakGlass && alert.IsBreakGlass,
        };
    }

    private void Close(Incident incident)
    {
        _open.Remove(incident.Id);
        foreach (var link in _byLink.Where(pair => pair.Value == incident.Id).Select(pair => pair.Key).ToList())
            _byLink.Remove(link);
    }
}

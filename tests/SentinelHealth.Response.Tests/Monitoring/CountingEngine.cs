using System.Text.Json;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Response.Tests.Monitoring;

/// <summary>
/// A small engine with memory: every fifth event of a node is an alert and joins the node's incident, so a restart that loses
/// or repeats a single event changes every identifier after it.
/// </summary>
internal sealed class CountingEngine : IDetectionEngine
{
    private const int AlertEvery = 5;

    private readonly Dictionary<string, List<string>> _events;
    private readonly Dictionary<string, Incident> _incidents;
    private readonly Dictionary<string, string> _decided;

    public CountingEngine(Stream? state)
    {
        var saved = state is null ? null : JsonSerializer.Deserialize<Saved>(state, AlertJson.Options);
        _events = saved?.Events ?? [];
        _incidents = saved?.Incidents ?? [];
        _decided = saved?.Decided ?? [];
    }

    public EventVerdict Process(SentinelEvent observed)
    {
        var node = observed.TextOf(TextField.Node);
        var events = _events.TryGetValue(node, out var known) ? known : _events[node] = [];
        events.Add(observed.TextOf(TextField.Id));
        if (events.Count % AlertEvery != 0)
            return new EventVerdict(0.1, 0.9, [], []);
        var alert = AlertOn(node, events, observed);
        return new EventVerdict(0.95, 0.01, [alert], [_incidents[node] = Join(node, alert)]);
    }

    /// <summary>What people decided, as it arrived.</summary>
    public List<(string AlertId, Disposition Disposition)> Closed { get; } = [];

    /// <summary>The tuning in force.</summary>
    public DetectionTuning Tuning { get; private set; } = DetectionTuning.None;

    public void Tune(DetectionTuning tuning) => Tuning = tuning;

    public IReadOnlyList<Incident> Close(string alertId, Disposition disposition)
    {
        Closed.Add((alertId, disposition));
        var node = _incidents.FirstOrDefault(pair => pair.Value.AlertIds.Contains(alertId)).Key;
        if (node is null || _decided.GetValueOrDefault(alertId) == disposition.ToString())
            return [];
        _decided[alertId] = disposition.ToString();
        var before = _incidents[node];
        return [_incidents[node] = before with { Version = before.Version + 1, Title = $"{disposition} {node}" }];
    }

    public IReadOnlyList<EntityRisk> TopRisks(int entitiesMax) =>
        [.. _incidents.Values.Take(entitiesMax)
            .Select(incident => new EntityRisk(incident.Principal, 1, incident.AlertCount, incident.LastAlertAt))];

    public void Save(Stream destination) =>
        JsonSerializer.Serialize(destination, new Saved(_events, _incidents, _decided), AlertJson.Options);

    private static Alert AlertOn(string node, List<string> events, SentinelEvent observed) => new()
    {
        Id = $"alert-{node}-{events.Count}",
        At = observed.OccurredAt,
        Kind = AlertKind.Rule,
        Source = "node.unregistered",
        Severity = Severity.High,
        Score = 0.95,
        Entity = new EntityRef(EntityType.Node, node),
        EventIds = [.. events.TakeLast(AlertEvery)],
        EventCount = AlertEvery,
        Reason = $"Event {events.Count} of {node}.",
        Contributions = [new Contribution("count", $"{events.Count}", "fewer", 0.95)],
        IsBreakGlass = observed.Is(TextField.Purpose, "BTG"u8),
        IncidentId = $"incident-{node}",
    };

    private Incident Join(string node, Alert alert)
    {
        var earlier = _incidents.GetValueOrDefault(node);
        return new Incident
        {
            Id = alert.IncidentId,
            Version = (earlier?.Version ?? 0) + 1,
            OpenedAt = earlier?.OpenedAt ?? alert.At,
            LastAlertAt = alert.At,
            Severity = alert.Severity,
            Score = alert.Score,
            Principal = alert.Entity,
            Entities = [alert.Entity],
            AlertIds = [.. earlier?.AlertIds ?? [], alert.Id],
            AlertCount = (earlier?.AlertCount ?? 0) + 1,
            Title = earlier?.Title ?? $"Unregistered {node}",
            Sources = [alert.Source],
            IsBreakGlass = alert.IsBreakGlass || earlier is { IsBreakGlass: true },
        };
    }

    private sealed record Saved(Dictionary<string, List<string>> Events, Dictionary<string, Incident> Incidents,
        Dictionary<string, string>? Decided);
}

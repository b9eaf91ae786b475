using System.Globalization;
using System.Text.Json;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Browser.Tests.Sample;

/// <summary>What the sample answers when pages read it.</summary>
internal sealed partial class SampleMonitor : ICaseReader
{
    /// <summary>While set, every read fails: a store that is down.</summary>
    public bool IsDown { get; set; }

    public ValueTask<Page<Alert>> AlertsAsync(AlertFilter filter, string? after, int limit, CancellationToken cancel) =>
        Read(() => PageOf(Matching(filter), after, limit));

    public ValueTask<long> AlertCountAsync(AlertFilter filter, CancellationToken cancel) =>
        Read(() => Matching(filter).LongCount());

    public ValueTask<Alert?> AlertAsync(string id, CancellationToken cancel) => Read(() => _alerts.Find(alert => alert.Id == id));

    public ValueTask<Page<Incident>> IncidentsAsync(IncidentFilter filter, string? after, int limit, CancellationToken cancel) =>
        Read(() => PageOf(Matching(filter), after, limit));

    public ValueTask<long> IncidentCountAsync(IncidentFilter filter, CancellationToken cancel) =>
        Read(() => Matching(filter).LongCount());

    public ValueTask<Incident?> IncidentAsync(string id, CancellationToken cancel) =>
        Read(() => Incidents().Find(incident => incident.Id == id));

    public ValueTask<Page<ContainmentAction>> ActionsAsync(ActionFilter filter, string? after, int limit,
        CancellationToken cancel) =>
        Read(() => PageOf(
            _actions.Where(action => filter.States is null || filter.States.Contains(action.State))
                .Where(action => filter.IncidentId is null || action.IncidentId == filter.IncidentId)
                .Where(action => filter.TargetId is null || action.Target.Id == filter.TargetId)
                .OrderByDescending(action => action.ChangedAt),
            after, limit));

    public ValueTask<ContainmentAction?> ActionAsync(string key, CancellationToken cancel) =>
        Read(() => _actions.Find(action => action.Key == key));

    public ValueTask<IReadOnlyList<ActionStep>> ActionHistoryAsync(string key, CancellationToken cancel) =>
        Read<IReadOnlyList<ActionStep>>(() => [.. _steps.GetValueOrDefault(key, [])]);

    public ValueTask<IReadOnlyList<GuardrailRefusal>> RefusalsAsync(string? incidentId, int limit, CancellationToken cancel) =>
        Read<IReadOnlyList<GuardrailRefusal>>(() =>
            [.. _refusals.Where(refusal => incidentId is null || refusal.IncidentId == incidentId).Take(limit)]);

    public ValueTask<IReadOnlyList<string>> EvidenceAsync(IReadOnlyList<string> eventIds, CancellationToken cancel) =>
        Read<IReadOnlyList<string>>(() => [.. eventIds.Select(id => JsonSerializer.Serialize(new
        {
            schema = "sentinel.biometric-query.v1", id, time = "2026-11-02T08:14:03.120Z", node = "node:clinic-e-3",
                actor = SampleAlerts.Nurse.Id,
            operation = "verify", subject = "patient:9f3c", decision = "match", matchScore = 0.91,
                device = "<script>document.title='owned'</script>",
        }))]);

    private IEnumerable<Alert> Matching(AlertFilter filter) => _alerts
        .Where(alert => filter.SeverityMin is null || alert.Severity >= filter.SeverityMin)
        .Where(alert => filter.Kind is null || alert.Kind == filter.Kind)
        .Where(alert => filter.Source is null || alert.Source == filter.Source)
        .Where(alert => filter.IncidentId is null || alert.IncidentId == filter.IncidentId)
        .Where(alert => filter.EntityId is null || alert.Entity.Id == filter.EntityId
            || alert.RelatedEntities.Any(entity => entity.Id == filter.EntityId))
        .Where(alert => filter.Text is null || alert.Reason.Contains(filter.Text, StringComparison.OrdinalIgnoreCase))
        .Where(alert => filter.From is null || alert.At >= filter.From)
        .Where(alert => filter.To is null || alert.At < filter.To)
        .OrderByDescending(alert => alert.At);

    private IEnumerable<Incident> Matching(IncidentFilter filter) => Incidents()
        .Where(incident => filter.SeverityMin is null || incident.Severity >= filter.SeverityMin)
        .Where(incident => filter.EntityId is null || incident.Entities.Any(entity => entity.Id == filter.EntityId))
        .Where(incident => filter.Text is null || incident.Title.Contains(filter.Text, StringComparison.OrdinalIgnoreCase));

    private static Page<T> PageOf<T>(IEnumerable<T> all, string? after, int limit)
    {
        var from = after is null ? 0 : int.Parse(after, CultureInfo.InvariantCulture);
        var items = all.Skip(from).Take(limit + 1).ToList();
        return new Page<T>([.. items.Take(limit)], items.Count > limit ? (from + limit).ToString(CultureInfo.InvariantCulture)
            : null);
    }

    private ValueTask<T> Read<T>(Func<T> read)
    {
        if (IsDown) throw new IOException("The sample store is down.");
        lock (_gate) return ValueTask.FromResult(read());
    }
}

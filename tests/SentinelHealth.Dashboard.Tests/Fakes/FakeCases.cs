using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Tests.Fakes;

/// <summary>A case store in memory. Cursors are positions; the last filters asked for are kept for assertions.</summary>
internal sealed class FakeCases : ICaseReader
{
    public List<Alert> Alerts { get; } = [];

    public List<Incident> Incidents { get; } = [];

    public List<ContainmentAction> Actions { get; } = [];

    public AlertFilter? LastAlertFilter { get; private set; }

    public ActionFilter? LastActionFilter { get; private set; }

    public ValueTask<Page<Alert>> AlertsAsync(AlertFilter filter, string? after, int limit, CancellationToken cancel)
    {
        LastAlertFilter = filter;
        return PageOf(Alerts, after, limit);
    }

    public ValueTask<long> AlertCountAsync(AlertFilter filter, CancellationToken cancel) =>
        ValueTask.FromResult((long)Alerts.Count);

    public ValueTask<Alert?> AlertAsync(string id, CancellationToken cancel) =>
        ValueTask.FromResult(Alerts.Find(alert => alert.Id == id));

    public ValueTask<Page<Incident>> IncidentsAsync(IncidentFilter filter, string? after, int limit, CancellationToken cancel) =>
        PageOf(Incidents, after, limit);

    public ValueTask<long> IncidentCountAsync(IncidentFilter filter, CancellationToken cancel) =>
        ValueTask.FromResult((long)Incidents.Count);

    public ValueTask<Incident?> IncidentAsync(string id, CancellationToken cancel) =>
        ValueTask.FromResult(Incidents.Find(incident => incident.Id == id));

    public ValueTask<Page<ContainmentAction>> ActionsAsync(
        ActionFilter filter, string? after, int limit, CancellationToken cancel)
    {
        LastActionFilter = filter;
        return PageOf(Actions, after, limit);
    }

    public ValueTask<ContainmentAction?> ActionAsync(string key, CancellationToken cancel) =>
        ValueTask.FromResult(Actions.Find(action => action.Key == key));

    public ValueTask<IReadOnlyList<ActionStep>> ActionHistoryAsync(string key, CancellationToken cancel) =>
        ValueTask.FromResult<IReadOnlyList<ActionStep>>([new(Sample.At, ActionState.Confirmed, "ledger", "Confirmed.")]);

    public ValueTask<IReadOnlyList<GuardrailRefusal>> RefusalsAsync(string? incidentId, int limit, CancellationToken cancel) =>
        ValueTask.FromResult<IReadOnlyList<GuardrailRefusal>>([]);

    public ValueTask<IReadOnlyList<string>> EvidenceAsync(IReadOnlyList<string> eventIds, CancellationToken cancel) =>
        ValueTask.FromResult<IReadOnlyList<string>>([]);

    private static ValueTask<Page<T>> PageOf<T>(List<T> all, string? after, int limit)
    {
        var start = after is null ? 0 : int.Parse(after, System.Globalization.CultureInfo.InvariantCulture);
        var end = Math.Min(all.Count, start + limit);
        var next = end < all.Count ? end.ToString(System.Globalization.CultureInfo.InvariantCulture) : null;
        return ValueTask.FromResult(new Page<T>(all[start..end], next));
    }
}

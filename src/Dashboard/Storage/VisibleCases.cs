using System.Security.Claims;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>
/// The cases somebody may see who is limited to organizations: those that touch a node of one of them. A case whose nodes are not known is not shown. Pages of
/// lists may be short or empty before the end; their cursors go on.
/// </summary>
internal sealed class VisibleCases : ICaseReader
{
    // What a count or an empty stretch of a list looks through at most (I7).
    private const int ScannedPagesMax = 40, ScanRows = 500;

    private readonly ICaseReader _all;
    private readonly IMonitorStatus _monitor;
    private readonly IReadOnlyList<string> _organizations;
    private HashSet<string>? _nodes;

    private VisibleCases(ICaseReader all, IMonitorStatus monitor, IReadOnlyList<string> organizations) =>
        (_all, _monitor, _organizations) = (all, monitor, organizations);

    /// <summary>What a person or program may see: everything, unless they are limited.</summary>
    public static ICaseReader Of(ICaseReader all, IMonitorStatus monitor, ClaimsPrincipal caller) =>
        Identities.OrganizationsOf(caller) is { Count: > 0 } organizations ? new VisibleCases(all, monitor, organizations) : all;

    public ValueTask<Page<Alert>> AlertsAsync(AlertFilter filter, string? after, int limit, CancellationToken cancel) =>
        PageAsync(cursor => _all.AlertsAsync(filter, cursor, limit, cancel), after,
            alert => Task.FromResult(Touches(alert)), cancel);

    public ValueTask<long> AlertCountAsync(AlertFilter filter, CancellationToken cancel) =>
        CountAsync(cursor => _all.AlertsAsync(filter, cursor, ScanRows, cancel), Touches, cancel);

    public async ValueTask<Alert?> AlertAsync(string id, CancellationToken cancel)
    {
        await KnowNodesAsync(cancel);
        return await _all.AlertAsync(id, cancel) is { } alert && Touches(alert) ? alert : null;
    }

    public ValueTask<Page<Incident>> IncidentsAsync(IncidentFilter filter, string? after, int limit, CancellationToken cancel) =>
        PageAsync(cursor => _all.IncidentsAsync(filter, cursor, limit, cancel), after,
            incident => Task.FromResult(Touches(incident)), cancel);

    public ValueTask<long> IncidentCountAsync(IncidentFilter filter, CancellationToken cancel) =>
        CountAsync(cursor => _all.IncidentsAsync(filter, cursor, ScanRows, cancel), Touches, cancel);

    public async ValueTask<Incident?> IncidentAsync(string id, CancellationToken cancel)
    {
        await KnowNodesAsync(cancel);
        return await _all.IncidentAsync(id, cancel) is { } incident && Touches(incident) ? incident : null;
    }

    public ValueTask<Page<ContainmentAction>> ActionsAsync(
        ActionFilter filter, string? after, int limit, CancellationToken cancel) =>
        PageAsync(cursor => _all.ActionsAsync(filter, cursor, limit, cancel), after, action => SeesAsync(action, cancel), cancel);

    public async ValueTask<ContainmentAction?> ActionAsync(string key, CancellationToken cancel)
    {
        await KnowNodesAsync(cancel);
        return await _all.ActionAsync(key, cancel) is { } action && await SeesAsync(action, cancel) ? action : null;
    }

    public async ValueTask<IReadOnlyList<ActionStep>> ActionHistoryAsync(string key, CancellationToken cancel) =>
        await ActionAsync(key, cancel) is null ? [] : await _all.ActionHistoryAsync(key, cancel);

    public async ValueTask<IReadOnlyList<GuardrailRefusal>> RefusalsAsync(
        string? incidentId, int limit, CancellationToken cancel) =>
        incidentId is null || await IncidentAsync(incidentId, cancel) is null
            ? [] : await _all.RefusalsAsync(incidentId, limit, cancel);

    /// <summary>Events are named by alerts, and only visible alerts are shown.</summary>
    public ValueTask<IReadOnlyList<string>> EvidenceAsync(IReadOnlyList<string> eventIds, CancellationToken cancel) =>
        _all.EvidenceAsync(eventIds, cancel);

    private bool Touches(Alert alert) => IsOurs(alert.Entity) || alert.RelatedEntities.Any(IsOurs);

    private bool Touches(Incident incident) => IsOurs(incident.Principal) || incident.Entities.Any(IsOurs);

    private async Task<bool> SeesAsync(ContainmentAction action, CancellationToken cancel) =>
        IsOurs(action.Target)
        || (await _all.IncidentAsync(action.IncidentId, cancel) is { } incident && Touches(incident));

    private bool IsOurs(EntityRef entity) => entity.Type == EntityType.Node && _nodes!.Contains(entity.Id);

    private async ValueTask KnowNodesAsync(CancellationToken cancel) =>
        _nodes ??= await OrganizationNodes.OfAsync(_monitor, _organizations, cancel);

    private async ValueTask<Page<T>> PageAsync<T>(
        Func<string?, ValueTask<Page<T>>> read, string? after, Func<T, Task<bool>> isVisible, CancellationToken cancel)
    {
        await KnowNodesAsync(cancel);
        var visible = new List<T>();
        for (var scanned = 0; ; scanned++)
        {
            var page = await read(after);
            foreach (var item in page.Items)
            {
                if (await isVisible(item))
                    visible.Add(item);
            }
            if (visible.Count > 0 || page.Next is null || scanned >= ScannedPagesMax)
                return new Page<T>(visible, page.Next);
            after = page.Next;
        }
    }

    /// <summary>Exact up to what is looked through; beyond it at least so many.</summary>
    private async ValueTask<long> CountAsync<T>(
        Func<string?, ValueTask<Page<T>>> read, Func<T, bool> isVisible, CancellationToken cancel)
    {
        await KnowNodesAsync(cancel);
        var count = 0L;
        string? after = null;
        for (var scanned = 0; scanned < ScannedPagesMax; scanned++)
        {
            var page = await read(after);
            count += page.Items.Count(isVisible);
            if (page.Next is null)
                break;
            after = page.Next;
        }
        return count;
    }
}

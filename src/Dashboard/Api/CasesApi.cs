using Microsoft.AspNetCore.Http.HttpResults;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Approvals;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Api;

/// <summary>An action with its transitions, oldest first.</summary>
internal sealed record ActionAnswer(ContainmentAction Action, IReadOnlyList<ActionStep> History)
{
    /// <summary>Who has approved its next step and how many it takes; null when people have nothing to say about it now.</summary>
    public ApprovalStanding? Approvals { get; init; }
}

/// <summary>What the monitor knows, for programs to read.</summary>
internal static class CasesApi
{
    public static void MapCases(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("").RequireAuthorization(Policies.View);
        group.MapGet("/alerts", ListAlertsAsync).WithName("ListAlerts").WithSummary("Alerts, newest first");
        group.MapGet("/alerts/{id}", AlertAsync).WithName("GetAlert").WithSummary("One alert");
        group.MapGet("/incidents", ListIncidentsAsync).WithName("ListIncidents").WithSummary("Incidents, by latest alert, newest first");
        group.MapGet("/incidents/{id}", IncidentAsync).WithName("GetIncident").WithSummary("One incident in its newest version");
        group.MapGet("/actions", ListActionsAsync).WithName("ListActions").WithSummary("Containments, newest first");
        group.MapGet("/actions/{key}", ActionAsync).WithName("GetAction").WithSummary("One containment with its history");
        group.MapGet("/network", NetworkAsync).WithName("GetNetwork").WithSummary("Ledger, nodes, sources and the conservation account");
    }

    private static async Task<Results<Ok<ListAnswer<Alert>>, ValidationProblem>> ListAlertsAsync(
        HttpRequest request, ICaseReader cases, CancellationToken cancel)
    {
        var query = new ListQuery(request);
        var filter = new AlertFilter
        {
            SeverityMin = query.Name<Severity>("severityMin"),
            Kind = query.Name<AlertKind>("kind"),
            Source = query.Text("source"),
            EntityId = query.Text("entityId"),
            IncidentId = query.Text("incidentId"),
            Text = query.Text("text"),
            From = query.Instant("from"),
            To = query.Instant("to"),
        };
        var (after, limit) = (query.After, query.Limit);
        if (query.Problem() is { } problem)
            return problem;
        return query.Answer(await cases.AlertsAsync(filter, after, limit, cancel));
    }

    private static async Task<Results<Ok<ListAnswer<Incident>>, ValidationProblem>> ListIncidentsAsync(
        HttpRequest request, ICaseReader cases, CancellationToken cancel)
    {
        var query = new ListQuery(request);
        var filter = new IncidentFilter
        {
            SeverityMin = query.Name<Severity>("severityMin"),
            EntityId = query.Text("entityId"),
            Text = query.Text("text"),
        };
        var (after, limit) = (query.After, query.Limit);
        if (query.Problem() is { } problem)
            return problem;
        return query.Answer(await cases.IncidentsAsync(filter, after, limit, cancel));
    }

    private static async Task<Results<Ok<ListAnswer<ContainmentAction>>, ValidationProblem>> ListActionsAsync(
        HttpRequest request, ICaseReader cases, CancellationToken cancel)
    {
        var query = new ListQuery(request);
        var filter = new ActionFilter
        {
            States = query.Names<ActionState>("states"),
            IncidentId = query.Text("incidentId"),
            TargetId = query.Text("targetId"),
        };
        var (after, limit) = (query.After, query.Limit);
        if (query.Problem() is { } problem)
            return problem;
        return query.Answer(await cases.ActionsAsync(filter, after, limit, cancel));
    }

    private static async Task<Results<Ok<Alert>, ProblemHttpResult>> AlertAsync(
        string id, ICaseReader cases, CancellationToken cancel) =>
        await cases.AlertAsync(id, cancel) is { } alert ? TypedResults.Ok(alert) : Problems.NotFound("alert");

    private static async Task<Results<Ok<Incident>, ProblemHttpResult>> IncidentAsync(
        string id, ICaseReader cases, CancellationToken cancel) =>
        await cases.IncidentAsync(id, cancel) is { } incident ? TypedResults.Ok(incident) : Problems.NotFound("incident");

    private static async Task<Results<Ok<ActionAnswer>, ProblemHttpResult>> ActionAsync(
        string key, ICaseReader cases, IResponder responder, CancellationToken cancel) =>
        await cases.ActionAsync(key, cancel) is { } action
            ? TypedResults.Ok(new ActionAnswer(action, await cases.ActionHistoryAsync(key, cancel))
            {
                Approvals = await responder.StandingAsync(key, cancel),
            })
            : Problems.NotFound("action");

    private static async Task<Ok<NetworkSnapshot>> NetworkAsync(IMonitorStatus monitor, CancellationToken cancel) =>
        TypedResults.Ok(await monitor.NetworkAsync(cancel));
}

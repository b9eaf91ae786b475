using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;
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
    private const int RefusalsMax = 200;

    public static void MapCases(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("").RequireAuthorization(Policies.View).WithMetadata(new KeepsToOrganizationsAttribute());
        group.MapGet("/alerts", ListAlertsAsync).WithName("ListAlerts").WithSummary("Alerts, newest first");
        group.MapGet("/alerts/{id}", AlertAsync).WithName("GetAlert").WithSummary("One alert");
        group.MapGet("/incidents", ListIncidentsAsync).WithName("ListIncidents").WithSummary("Incidents, by latest alert, newest first");
        group.MapGet("/incidents/{id}", IncidentAsync).WithName("GetIncident").WithSummary("One incident in its newest version");
        group.MapGet("/actions", ListActionsAsync).WithName("ListActions").WithSummary("Containments, newest first");
        group.MapGet("/actions/{key}", ActionAsync).WithName("GetAction").WithSummary("One containment with its history");
        api.MapGet("/refusals", RefusalsAsync).RequireAuthorization(Policies.View)
            .WithName("ListRefusals").WithSummary("What guardrails refused, newest first; of one incident when given");
        api.MapGet("/network", NetworkAsync).RequireAuthorization(Policies.View)
            .WithName("GetNetwork").WithSummary("Ledger, nodes, sources and the conservation account");
    }

    private static async Task<Results<Ok<ListAnswer<Alert>>, ValidationProblem>> ListAlertsAsync(
        HttpRequest request, ICaseReader all, IMonitorStatus monitor, CancellationToken cancel)
    {
        var cases = VisibleCases.Of(all, monitor, request.HttpContext.User);
        var query = new ListQuery(request);
        var filter = new AlertFilter
        {
            SeverityMin = query.Name<Severity>("severityMin"),
            Kind = query.Name<AlertKind>("kind"),
            Source = query.Text("source"),
            EntityId = query.Text("entityId"),
            CaseId = query.Text("incidentId"),
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
        HttpRequest request, ICaseReader all, IMonitorStatus monitor, CancellationToken cancel)
    {
        var cases = VisibleCases.Of(all, monitor, request.HttpContext.User);
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
        HttpRequest request, ICaseReader all, IMonitorStatus monitor, CancellationToken cancel)
    {
        var cases = VisibleCases.Of(all, monitor, request.HttpContext.User);
        var query = new ListQuery(request);
        var filter = new ActionFilter
        {
            States = query.Names<ActionState>("states"),
            CaseId = query.Text("incidentId"),
            TargetId = query.Text("targetId"),
        };
        var (after, limit) = (query.After, query.Limit);
        if (query.Problem() is { } problem)
            return problem;
        return query.Answer(await cases.ActionsAsync(filter, after, limit, cancel));
    }

    private static async Task<Results<Ok<Alert>, ProblemHttpResult>> AlertAsync(
        string id, ICaseReader all, IMonitorStatus monitor, ClaimsPrincipal caller, CancellationToken cancel) =>
        await VisibleCases.Of(all, monitor, caller).AlertAsync(id, cancel) is { } alert ? TypedResults.Ok(alert) : Problems.NotFound("alert");

    private static async Task<Results<Ok<Incident>, ProblemHttpResult>> IncidentAsync(
        string id, ICaseReader all, IMonitorStatus monitor, ClaimsPrincipal caller, CancellationToken cancel) =>
        await VisibleCases.Of(all, monitor, caller).IncidentAsync(id, cancel) is { } incident ? TypedResults.Ok(incident) : Problems.NotFound("incident");

    private static async Task<Results<Ok<ActionAnswer>, ProblemHttpResult>> ActionAsync(
        string key, ICaseReader all, IResponder responder, HttpContext context, CancellationToken cancel)
    {
        var cases = VisibleCases.Of(all, context.RequestServices.GetRequiredService<IMonitorStatus>(), context.User);
        return await cases.ActionAsync(key, cancel) is { } action
            ? TypedResults.Ok(new ActionAnswer(action, await cases.ActionHistoryAsync(key, cancel))
            {
                Approvals = await responder.StandingAsync(key, cancel),
            })
            : Problems.NotFound("action");
    }

    private static async Task<Ok<IReadOnlyList<GuardrailRefusal>>> RefusalsAsync(
        string? incidentId, ICaseReader cases, CancellationToken cancel) =>
        TypedResults.Ok(await cases.RefusalsAsync(incidentId, RefusalsMax, cancel));

    private static async Task<Ok<NetworkSnapshot>> NetworkAsync(IMonitorStatus monitor, CancellationToken cancel) =>
        TypedResults.Ok(await monitor.NetworkAsync(cancel));
}

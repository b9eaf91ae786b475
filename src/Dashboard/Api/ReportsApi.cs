using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using SentinelHealth.Dashboard.Compliance;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Reports;

namespace SentinelHealth.Dashboard.Api;

/// <summary>Reports over periods: reviews of activity, summaries, accountings of disclosures, controls, algorithms.</summary>
internal static class ReportsApi
{
    public static void MapReports(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/compliance").RequireAuthorization(Policies.Oversee);
        group.MapGet("/reports/{kind}", DraftAsync).WithName("DraftPeriodReport")
            .WithSummary("A report over a period as it would be issued now: from, to, subject, format");
        group.MapPost("/reports/{kind}", IssueAsync).WithName("IssuePeriodReport")
            .WithSummary("Issues a report over a period for signature");
        group.MapGet("/reports/check", CheckAsync).WithName("CheckReport")
            .WithSummary("Writes an issued report again from the evidence log and compares the digests");
        group.MapGet("/algorithms", (HttpContext context) => TypedResults.Ok(Desk(context)?.Findings ?? []))
            .WithName("ListAlgorithms").WithSummary("Algorithms seen in the network, the weak ones first");
    }

    private static async Task<IResult> DraftAsync(string kind, HttpRequest request, ClaimsPrincipal person, HttpResponse response)
    {
        var (desk, asked, problem) = Asked(kind, request);
        if (problem is not null)
            return problem;
        try
        {
            var document = await desk!.DraftAsync(asked!, Identities.NameOf(person), request.HttpContext.RequestAborted);
            return ReportAnswer.Of(ReportFormats.Draft(document), request.Query["format"], response);
        }
        catch (EvidenceElsewhereException fault)
        {
            return Elsewhere(fault);
        }
    }

    private static async Task<Results<Ok<IssuedAnswer>,
        ProblemHttpResult>> IssueAsync(string kind, HttpRequest request, ClaimsPrincipal person)
    {
        var (desk, asked, problem) = Asked(kind, request);
        if (problem is not null)
            return problem;
        try
        {
            return TypedResults.Ok(ComplianceApi.AnswerOf(
                await desk!.IssueAsync(asked!, Identities.NameOf(person), request.HttpContext.RequestAborted)));
        }
        catch (EvidenceElsewhereException fault)
        {
            return Elsewhere(fault);
        }
    }

    private static async Task<Results<Ok<ReportCheck>,
        ProblemHttpResult>> CheckAsync(string id, int? version, HttpContext context)
    {
        try
        {
            return Desk(context) is { } desk && await desk.CheckAsync(id, version, context.RequestAborted) is { } check
                ? TypedResults.Ok(check) : Problems.NotFound("report");
        }
        catch (EvidenceElsewhereException fault)
        {
            return Elsewhere(fault);
        }
    }

    /// <summary>A report that lacks what is in the log would be wrong, and nobody would see it.</summary>
    private static ProblemHttpResult Elsewhere(EvidenceElsewhereException fault) =>
        Problems.Of(StatusCodes.Status503ServiceUnavailable, "Reports over periods are not written here.", fault.Message);

    private static ReportDesk? Desk(HttpContext context) => context.RequestServices.GetService<ReportDesk>();

    private static (ReportDesk? Desk, ReportRequest? Asked, ProblemHttpResult? Problem) Asked(string kind, HttpRequest request)
    {
        if (Desk(request.HttpContext) is not { } desk || !ReportDesk.Kinds.Contains(kind))
            return (null, null, Problems.NotFound("report"));
        if (!TryInstant(request.Query["from"], out var from) || !TryInstant(request.Query["to"], out var to))
            return (null, null, Problems.Of(StatusCodes.Status400BadRequest, "That is no instant.",
                "Send from and to as 2026-11-01 or 2026-11-01T00:00:00Z."));
        var asked = new ReportRequest(kind, from, to, request.Query["subject"].ToString().Trim());
        return ReportDesk.Objection(asked) is { } objection
            ? (null, null, Problems.Of(StatusCodes.Status400BadRequest, "That report cannot be written.", objection))
            : (desk, asked, null);
    }

    /// <summary>Absent is no instant; what is there must be one.</summary>
    internal static bool TryInstant(string? text, out DateTimeOffset? instant)
    {
        instant = null;
        if (string.IsNullOrEmpty(text))
            return true;
        if (!DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
            return false;
        instant = at;
        return true;
    }
}

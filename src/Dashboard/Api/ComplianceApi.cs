using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using SentinelHealth.Dashboard.Compliance;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Export;
using SentinelHealth.Response.Reports;

namespace SentinelHealth.Dashboard.Api;

/// <summary>An incident with its record and clocks.</summary>
internal sealed record ComplianceCaseAnswer(
    string IncidentId, string Title, Severity Severity, ComplianceCase Case, IReadOnlyList<RegimeClock> Clocks);

/// <summary>What a person records about an incident. Absent members are left as they are.</summary>
internal sealed record FactsBody
{
    public DateTimeOffset? DiscoveredAt { get; init; }
    public DateTimeOffset? AwareAt { get; init; }
    public DateTimeOffset? BelievedAt { get; init; }
    public DateTimeOffset? IndividualsNotifiedAt { get; init; }
    public long? Persons { get; init; }
    public Dictionary<string, int>? Residents { get; init; }
    public string? RootCause { get; init; }
    public string? Lessons { get; init; }
}

/// <summary>A person's assessment.</summary>
internal sealed record AssessmentBody(
    IReadOnlyList<FactorAnswer>? Factors, BreachConclusion? Conclusion, bool? IsHighRisk, string? Rationale);

/// <summary>A step that was done.</summary>
internal sealed record FilingBody(string? Regime, string? Phase, string? State, DateTimeOffset? At, string? Reference,
    string? DelayReason);

/// <summary>A stop of clocks, or its end when <paramref name="Until"/> is given.</summary>
internal sealed record PauseBody(string? Reason, DateTimeOffset? From, DateTimeOffset? Until, string? Reference);

/// <summary>What a person signs: exactly the version and content they read.</summary>
internal sealed record SignBody(string? Id, int? Version, string? Sha256);

/// <summary>A version of a report, and where it stands.</summary>
internal sealed record IssuedAnswer(string Id, int Version, string Sha256, IReadOnlyList<SignOff> SignOffs, bool IsComplete);

/// <summary>Clocks, assessments, reports and signatures.</summary>
internal static class ComplianceApi
{
    private const int TextLengthMax = 4_000, ListMax = 64;

    public static void MapCompliance(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/compliance").RequireAuthorization(Policies.Oversee);
        group.MapGet("/cases", ListAsync).WithName("ListComplianceCases")
            .WithSummary("Incidents with their clocks, the most urgent first");
        group.MapGet("/cases/{id}", CaseAsync).WithName("GetComplianceCase").WithSummary("One incident's record and clocks; the reading is written down");
        group.MapPut("/cases/{id}/facts", RecordAsync).WithName("RecordFacts").WithSummary("Records what clocks depend on");
        group.MapPost("/cases/{id}/assessment", AssessAsync).WithName("RecordAssessment")
            .WithSummary("Records an assessment of the four factors");
        group.MapPost("/cases/{id}/filings", FileAsync).WithName("RecordFiling")
            .WithSummary("Records that a duty to tell was done");
        group.MapPost("/cases/{id}/pauses", PauseAsync).WithName("PauseClocks")
            .WithSummary("Stops clocks for a reason, or lets them go on");
        group.MapGet("/cases/{id}/reports/{kind}", DraftAsync).WithName("DraftReport")
            .WithSummary("A report as it would be issued now");
        group.MapPost("/cases/{id}/reports/{kind}", IssueAsync).WithName("IssueReport")
            .WithSummary("Issues a report for signature");
        group.MapGet("/cases/{id}/export", ExportAsync).WithName("ExportCase")
            .WithSummary("An incident as ocsf, ecs, stix, cef or fhir");
        group.MapGet("/reports", (ComplianceDesk desk) => desk.Store.Reports()).WithName("ListComplianceReports")
            .WithSummary("Issued reports, newest first");
        group.MapGet("/reports/file", ReportFileAsync).WithName("GetComplianceReport")
            .WithSummary("An issued report, drawn again to the byte");
        group.MapPost("/reports/sign", SignAsync).WithName("SignReport").WithSummary("Signs a version of a report");
        group.MapGet("/register", RegisterAsync).WithName("GetBreachRegister").WithSummary("The breach register");
        group.MapGet("/notices", (ComplianceDesk desk) => desk.Store.Notices()).WithName("ListDeadlineWarnings")
            .WithSummary("Warnings about deadlines, newest first");
    }

    private static async Task<Ok<List<ComplianceCaseAnswer>>> ListAsync(ComplianceDesk desk, CancellationToken cancel) =>
        TypedResults.Ok((await desk.RowsAsync(cancel)).Select(row =>
            new ComplianceCaseAnswer(row.Incident.Id, row.Incident.Title, row.Incident.Severity, row.Case, row.Clocks)).ToList());

    private static async Task<Results<Ok<ComplianceCaseAnswer>, ProblemHttpResult>> CaseAsync(
        string id, ComplianceDesk desk, ClaimsPrincipal person, CancellationToken cancel) =>
        await desk.InputAsync(id, Identities.NameOf(person), "compliance case", cancel) is { } input
            ? TypedResults.Ok(new ComplianceCaseAnswer(
                id, input.Dossier.Incident.Title, input.Dossier.Incident.Severity, input.Case, input.Clocks))
            : Problems.NotFound("incident");

    private static async Task<Results<Ok<ComplianceCase>, ProblemHttpResult>> RecordAsync(
        string id, FactsBody body, ComplianceDesk desk, ClaimsPrincipal person, CancellationToken cancel)
    {
        if (body.RootCause?.Length > TextLengthMax || body.Lessons?.Length > TextLengthMax || body.Residents?.Count > ListMax)
            return TooLong();
        return Answer(id, desk, await desk.RecordAsync(id, Identities.NameOf(person), recorded => recorded with
        {
            Facts = recorded.Facts with
            {
                DiscoveredAt = body.DiscoveredAt ?? recorded.Facts.DiscoveredAt,
                AwareAt = body.AwareAt ?? recorded.Facts.AwareAt,
                BelievedAt = body.BelievedAt ?? recorded.Facts.BelievedAt,
                IndividualsNotifiedAt = body.IndividualsNotifiedAt ?? recorded.Facts.IndividualsNotifiedAt,
                Persons = body.Persons ?? recorded.Facts.Persons,
                Residents = body.Residents ?? recorded.Facts.Residents,
            },
            RootCause = body.RootCause ?? recorded.RootCause,
            Lessons = body.Lessons ?? recorded.Lessons,
        }, cancel));
    }

    private static async Task<Results<Ok<ComplianceCase>, ProblemHttpResult>> AssessAsync(
        string id, AssessmentBody body, ComplianceDesk desk, ClaimsPrincipal person, CancellationToken cancel)
    {
        if (body is not
            {
                Factors: { Count: <= ListMax } factors, Conclusion: { } conclusion,
                Rationale: { Length: <= TextLengthMax } why
            })
            return Problems.Of(StatusCodes.Status400BadRequest, "An assessment needs its parts.",
                "Send four factors, a conclusion and a rationale.");
        var name = Identities.NameOf(person);
        var assessment = new BreachAssessment(factors, conclusion, body.IsHighRisk ?? false, why, name, desk.Now);
        return Answer(id, desk, await desk.RecordAsync(id, name, recorded => recorded with { Assessment = assessment }, cancel));
    }

    private static async Task<Results<Ok<ComplianceCase>, ProblemHttpResult>> FileAsync(
        string id, FilingBody body, ComplianceDesk desk, ClaimsPrincipal person, CancellationToken cancel)
    {
        if (body is not { Regime: { Length: > 0 } regime, Phase: { Length: > 0 } phase, At: { } at })
            return Problems.Of(StatusCodes.Status400BadRequest, "A filing needs its parts.", "Send regime, phase and at.");
        if (!desk.Plan.Regimes.Any(known => known.Name == regime && known.Phases.Any(step => step.Name == phase)))
            return Problems.NotFound("regime or phase");
        var name = Identities.NameOf(person);
        var filing = new ClockFiling(regime, phase, body.State ?? "", at, name, body.Reference ?? "", body.DelayReason ?? "");
        return Answer(id, desk, await desk.RecordAsync(id, name, recorded => recorded with
        {
            Facts = recorded.Facts with { Filings = [.. recorded.Facts.Filings.TakeLast(ListMax), filing] },
        }, cancel));
    }

    private static async Task<Results<Ok<ComplianceCase>, ProblemHttpResult>> PauseAsync(
        string id, PauseBody body, ComplianceDesk desk, ClaimsPrincipal person, CancellationToken cancel)
    {
        if (body is not { Reason: { Length: > 0 } reason, From: { } from })
            return Problems.Of(StatusCodes.Status400BadRequest, "A stop needs its parts.",
                "Send reason and from; until when clocks go on.");
        var name = Identities.NameOf(person);
        var pause = new ClockPause(reason, from, body.Until, name, body.Reference ?? "");
        return Answer(id, desk, await desk.RecordAsync(id, name, recorded => recorded with
        {
            // The same stop sent again with an end is that stop, ended.
            Facts = recorded.Facts with
            {
                Pauses = [.. recorded.Facts.Pauses.Where(known => known.Reason != reason || known.From != from)
                    .TakeLast(ListMax), pause],
            },
        }, cancel));
    }

    private static async Task<IResult> DraftAsync(
        string id, string kind, string? format, ComplianceDesk desk, ClaimsPrincipal person, HttpResponse response,
            CancellationToken cancel) =>
        await desk.DraftAsync(kind, id, Identities.NameOf(person), cancel) is { } document
            ? ReportAnswer.Of(ReportFormats.Draft(document), format, response) : Problems.NotFound("incident or report");

    private static async Task<IResult> ExportAsync(
        string id, string? format, ComplianceDesk desk, ClaimsPrincipal person, CancellationToken cancel)
    {
        if (!CaseExport.Formats.Contains(format ?? ""))
            return Problems.Of(StatusCodes.Status400BadRequest, "There is no such format.", $"Formats are {string.Join(", ", CaseExport.Formats)}.");
        return await desk.InputAsync(id, Identities.NameOf(person), $"export {format}", cancel) is { } input
            ? Results.Text(CaseExport.Of(input.Dossier, format!), format == "cef" ? "text/plain" : "application/json")
            : Problems.NotFound("incident");
    }

    private static async Task<Results<Ok<IssuedAnswer>, ProblemHttpResult>> IssueAsync(
        string id, string kind, ComplianceDesk desk, ClaimsPrincipal person, CancellationToken cancel) =>
        await desk.IssueAsync(kind, id, Identities.NameOf(person), cancel) is { } report
            ? TypedResults.Ok(AnswerOf(report)) : Problems.NotFound("incident or report");

    private static async Task<IResult> ReportFileAsync(
        string id, int? version, string? format, ComplianceDesk desk, ClaimsPrincipal person,
        HttpResponse response)
    {
        var cancel = response.HttpContext.RequestAborted;
        if (await desk.ReadAsync(id, version, Identities.NameOf(person), cancel) is not { } report)
            return Problems.NotFound("report");
        return ReportAnswer.Of(report, format, response);
    }

    private static async Task<Results<Ok<IssuedAnswer>, ProblemHttpResult>> SignAsync(
        SignBody body, ComplianceDesk desk, ClaimsPrincipal person, CancellationToken cancel)
    {
        if (body is not { Id: { Length: > 0 } id, Version: { } version, Sha256: { Length: > 0 } sha256 })
            return Problems.Of(StatusCodes.Status400BadRequest, "A signature names what is signed.",
                "Send id, version and sha256.");
        return await desk.SignAsync(id, version, sha256, Identities.NameOf(person), cancel) is { } objection
            ? Problems.Of(StatusCodes.Status409Conflict, "It was not signed.", objection)
            : TypedResults.Ok(AnswerOf(desk.Store.Report(id, version)!));
    }

    private static async Task<IResult> RegisterAsync(ComplianceDesk desk, string? format, HttpResponse response,
        CancellationToken cancel) =>
        ReportAnswer.Of(ReportFormats.Draft(await desk.RegisterAsync(cancel)), format, response);

    private static Results<Ok<ComplianceCase>, ProblemHttpResult> Answer(string id, ComplianceDesk desk, string? objection) =>
        objection is null ? TypedResults.Ok(desk.Store.Case(id))
            : Problems.Of(StatusCodes.Status409Conflict, "It was not recorded.", objection);

    private static ProblemHttpResult TooLong() => Problems.Of(StatusCodes.Status400BadRequest, "Too long.",
        string.Create(CultureInfo.InvariantCulture, $"Texts have at most {TextLengthMax} characters and lists {ListMax} items."));

    internal static IssuedAnswer AnswerOf(SignedReport report) =>
        new(report.Document.Id, report.Version, report.Sha256, report.SignOffs, SignOffRules.IsComplete(report.SignOffs));
}

using SentinelHealth.Dashboard.Evidence;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Reports;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Compliance;

/// <summary>Who is answerable and under which laws.</summary>
internal sealed record CompliancePlan(ControllerProfile Controller, IReadOnlyList<Regime> Regimes, TimeProvider Clock)
{
    /// <summary>The channels that warnings about deadlines go through.</summary>
    public IReadOnlyList<string> NoticeChannels { get; init; } = [];
}

/// <summary>An incident as the list of the compliance page shows it.</summary>
internal sealed record ComplianceRow(Incident Incident, ComplianceCase Case, IReadOnlyList<RegimeClock> Clocks)
{
    /// <summary>The clock that needs people first; null when none runs.</summary>
    public RegimeClock? Next => Clocks.FirstOrDefault(clock => clock.Left is not null);
}

/// <summary>What compliance officers do: record, assess, issue, read and sign. Every reading is written down before it is given out.</summary>
internal sealed class ComplianceDesk(
    ICaseReader cases, DossierCollector dossiers, ComplianceStore store, ReadTrail reads, CompliancePlan plan)
{
    private const int IncidentsMax = 60, PatientsMax = 1_000;

    /// <summary>The kinds of reports about one incident.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
        [IncidentReport.Kind, AssessmentWorksheet.Kind, AuthorityNotification.Kind, ResponseAudit.Kind];

    public CompliancePlan Plan => plan;

    public ComplianceStore Store => store;

    public DateTimeOffset Now => plan.Clock.GetUtcNow();

    /// <summary>Where what people record, issue and sign is entered as evidence.</summary>
    public ActTrail Acts { get; init; } = ActTrail.None;

    /// <summary>Hands a notice to the channels' outbox.</summary>
    public Func<PlannedNotice, CancellationToken, ValueTask> Notify { get; init; } = (_, _) => ValueTask.CompletedTask;

    /// <summary>Incidents that are serious or have a record, the most urgent clock first. No evidence is read for it.</summary>
    public async Task<IReadOnlyList<ComplianceRow>> RowsAsync(CancellationToken cancel)
    {
        var now = Now;
        var page = await cases.IncidentsAsync(new IncidentFilter { SeverityMin = Severity.High }, null, IncidentsMax, cancel);
        var rows = new Dictionary<string, ComplianceRow>(StringComparer.Ordinal);
        foreach (var recorded in store.Cases())
        {
            if (await cases.IncidentAsync(recorded.IncidentId, cancel) is { } incident)
                rows[incident.Id] = RowOf(incident, recorded, now);
        }
        foreach (var incident in page.Items.Where(incident => incident.MergedInto.Length == 0 && !rows.ContainsKey(incident.Id)))
            rows[incident.Id] = RowOf(incident, store.Case(incident.Id), now);
        return [.. rows.Values.OrderBy(row => row.Next?.Left ?? TimeSpan.MaxValue).ThenByDescending(row => row.Incident.Severity)
            .ThenByDescending(row => row.Incident.LastAlertAt)];
    }

    /// <summary>Everything about an incident as of now; null when there is no such incident. The reading is written down.</summary>
    public async Task<CaseInput?> InputAsync(string incidentId, string reader, string what, CancellationToken cancel)
    {
        if (await dossiers.CollectAsync(incidentId, cancel) is not { } dossier)
            return null;
        var patients = dossier.Affected().Subjects;
        await reads.AddAsync(
            new AuditRead(0, dossier.CollectedAt, reader, $"{what} {incidentId}", dossier.Events.Count, [.. patients.Take(PatientsMax)]), cancel);
        return CaseInput.Of(dossier, store.Case(incidentId), plan.Regimes, plan.Controller);
    }

    /// <summary>A report as it would be issued now; null when there is no such incident or kind.</summary>
    public async Task<ReportDocument?> DraftAsync(string kind, string incidentId, string reader, CancellationToken cancel)
    {
        if (!Kinds.Contains(kind))
            return null;
        return await InputAsync(incidentId, reader, $"report {kind}", cancel) is { } input ? Of(kind, input) : null;
    }

    /// <summary>
    /// The incident report as files of an evidence pack: the newest issued version with its signatures, or a draft of this moment. Empty
    /// when there is no such incident. The reading is written down.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, byte[]>> PackedAsync(string incidentId, string reader, CancellationToken cancel)
    {
        if (await DraftAsync(IncidentReport.Kind, incidentId, reader, cancel) is not { } draft)
            return new Dictionary<string, byte[]>();
        var report = store.Report(draft.Id, null) ?? ReportFormats.Draft(draft);
        return new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            ["report.html"] = ReportHtml.Render(report),
            ["report.json"] = ReportFormats.Json(report),
            ["report.pdf"] = ReportPdf.Render(report),
        };
    }

    /// <summary>Issues a report for signature.</summary>
    public async Task<SignedReport?> IssueAsync(string kind, string incidentId, string by, CancellationToken cancel) =>
        await DraftAsync(kind, incidentId, by, cancel) is { } document ? await IssueAsync(document, by, cancel) : null;

    /// <summary>Keeps a report for signature: its newest version when it has that content, otherwise the next one.</summary>
    public async Task<SignedReport> IssueAsync(ReportDocument document, string by, CancellationToken cancel)
    {
        var report = store.Issue(document, by, document.AsOf);
        await Acts.IssuedAsync(new IssuedReport(document.Id, report.Version, report.Sha256, document.AsOf, by, 0), cancel);
        return report;
    }

    /// <summary>An issued report, the newest version when none is named; null when there is none. The reading is written down.</summary>
    public async Task<SignedReport?> ReadAsync(string id, int? version, string reader, CancellationToken cancel)
    {
        if (store.Report(id, version) is not { } report)
            return null;
        string[] person = report.Document.Scope?.Subject is { Length: > 0 } subject ? [subject] : [];
        await reads.AddAsync(
            new AuditRead(0, Now, reader, FormattableString.Invariant($"report {id} version {report.Version}"), 1, person), cancel);
        return report;
    }

    /// <summary>The breach register as of now.</summary>
    public async Task<ReportDocument> RegisterAsync(CancellationToken cancel)
    {
        var rows = await RowsAsync(cancel);
        return BreachRegister.Of([.. rows.Where(row => row.Case.Version > 0).Select(row => (row.Case, row.Clocks))],
            plan.Controller, Now, Hosting.VersionSheet.Program);
    }

    /// <summary>Records a change to what is known of an incident. Returns why not, as a sentence, or null.</summary>
    public async Task<string?> RecordAsync(
        string incidentId, string by, Func<ComplianceCase, ComplianceCase> change, CancellationToken cancel)
    {
        if (await cases.IncidentAsync(incidentId, cancel) is null)
            return "There is no such incident.";
        var (before, now) = (store.Case(incidentId), Now);
        var after = change(before) with
        {
            IncidentId = incidentId,
            Version = before.Version + 1,
            ChangedBy = by,
            ChangedAt = now,
        };
        if (after.Assessment is { } assessment && assessment != before.Assessment && assessment.Objection() is { } objection)
            return objection;
        if (FutureMoment(after.Facts, now) is { } future)
            return future;
        if (!store.TryAdd(after))
            return "Somebody else recorded something meanwhile; look again.";
        await Acts.RecordedAsync(before, after, cancel);
        return null;
    }

    /// <summary>Signs a version of a report. Returns why not, as a sentence, or null.</summary>
    public async Task<string?> SignAsync(string reportId, int version, string sha256, string by, CancellationToken cancel)
    {
        var first = store.Report(reportId, version)?.SignOffs.Count == 0;
        var sign = new SignOff(reportId, version, sha256, by, Now, first ? "prepared" : "reviewed");
        if (store.Sign(sign) is { } objection)
            return objection;
        await Acts.SignedAsync(sign, cancel);
        return null;
    }

    private static ReportDocument Of(string kind, CaseInput input) => kind switch
    {
        AssessmentWorksheet.Kind => AssessmentWorksheet.Of(input),
        AuthorityNotification.Kind => AuthorityNotification.Of(input),
        ResponseAudit.Kind => ResponseAudit.Of(input),
        _ => IncidentReport.Of(input),
    };

    private ComplianceRow RowOf(Incident incident, ComplianceCase recorded, DateTimeOffset now) =>
        new(incident, recorded, ClockEngine.Of(plan.Regimes, plan.Controller, recorded.FactsWith(null), now));

    private static string? FutureMoment(ClockFacts facts, DateTimeOffset now) =>
        new[] { facts.DiscoveredAt, facts.AwareAt, facts.BelievedAt, facts.IndividualsNotifiedAt }.Any(at => at > now)
            ? "A moment that is recorded must not lie in the future." : null;
}

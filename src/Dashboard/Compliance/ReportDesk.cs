using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Reports;

namespace SentinelHealth.Dashboard.Compliance;

/// <summary>A report over a period that somebody asks for. Absent ends take the kind's usual period.</summary>
internal sealed record ReportRequest(string Kind, DateTimeOffset? From = null, DateTimeOffset? To = null, string Subject = "");

/// <summary>What reports over periods are written from.</summary>
internal sealed record ReportSources(
    EvidenceJournal Journal, ObservedIndex Observed, ReadTrail Reads, ControlCatalog Controls, AlgorithmCatalog Algorithms)
{
    /// <summary>The written rules; null for none.</summary>
    public RuleShelf? Rules { get; init; }
}

/// <summary>Whether a report that was issued comes out of the log again.</summary>
/// <param name="IsSame">Whether it does; null for kinds that tell of a moment and not of the log.</param>
/// <param name="Sha256">The digest of what comes out now.</param>
/// <param name="Detail">One sentence.</param>
internal sealed record ReportCheck(bool? IsSame, string Sha256, string Detail);

/// <summary>Reports that are not about one incident: reviews of activity, summaries, accountings of disclosures, controls and algorithms.</summary>
internal sealed class ReportDesk(ComplianceDesk desk, ReportSources sources)
{
    private const int DaysMax = 400;

    /// <summary>The kinds, in the order pages show them.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
        [ActivityReview.Kind, ManagementSummary.Kind, DisclosureAccounting.Kind, ControlMatrix.Kind, CryptoPosture.Kind];

    /// <summary>Algorithms seen, judged.</summary>
    public IReadOnlyList<AlgorithmFinding> Findings => sources.Algorithms.Judge(sources.Observed.Algorithms());

    private ReportAuthor Author => new(desk.Plan.Controller, VersionSheet.Program);

    /// <summary>What is wrong with a request, as a sentence; null when nothing is.</summary>
    public static string? Objection(ReportRequest request)
    {
        if (!Kinds.Contains(request.Kind))
            return $"Kinds are {string.Join(", ", Kinds)}.";
        if (request.Kind == DisclosureAccounting.Kind && request.Subject.Length is 0 or > 256)
            return "An accounting of disclosures is about one person: name the pseudonym.";
        if (request is not { From: { } from, To: { } to })
            return null;
        if (from >= to)
            return "The period ends before it begins.";
        var daysMax = request.Kind == DisclosureAccounting.Kind ? (DisclosureAccounting.YearsMax * 366) + 1 : DaysMax;
        return (to - from).TotalDays > daysMax ? FormattableString.Invariant($"The period has at most {daysMax} days.") : null;
    }

    /// <summary>A report as it would be issued now. The reading is written down.</summary>
    /// <exception cref="InvalidDataException">The evidence log cannot be read.</exception>
    public async Task<ReportDocument> DraftAsync(ReportRequest request, string reader, CancellationToken cancel)
    {
        var now = desk.Now;
        var (from, to) = PeriodOf(request, now);
        string[] person = request.Subject.Length > 0 ? [request.Subject] : [];
        var isOfPerson = request.Kind == DisclosureAccounting.Kind;
        var scope = new ReportScope(
            from, to, isOfPerson ? request.Subject : "", isOfPerson ? sources.Observed.NextDisclosure
                : await sources.Journal.NextAsync(cancel));
        var document = await WriteAsync(request.Kind, scope, now, cancel);
        // Written down before it is given out, and after it was written: a report does not tell of itself.
        await sources.Reads.AddAsync(new AuditRead(0, now, reader, $"report {request.Kind}", 1, isOfPerson ? person : []), cancel);
        return document;
    }

    /// <summary>Issues a report for signature.</summary>
    public async Task<SignedReport> IssueAsync(ReportRequest request, string by, CancellationToken cancel) =>
        await desk.IssueAsync(await DraftAsync(request, by, cancel), by, cancel);

    /// <summary>Writes an issued report again from the log and holds it against what was issued; null when there is none.</summary>
    public async Task<ReportCheck?> CheckAsync(string id, int? version, CancellationToken cancel)
    {
        if (desk.Store.Report(id, version) is not { } issued)
            return null;
        if (issued.Document.Scope is not { } scope)
            return new ReportCheck(null, issued.Sha256, "This kind of report tells of a moment; its digest stands in the evidence log.");
        var again = await WriteAsync(issued.Document.Kind, scope, issued.Document.AsOf, cancel);
        // The program may have another version by now; what it says must be the same.
        var sha256 = ReportFormats.Sha256Of(again with { WrittenBy = issued.Document.WrittenBy });
        return sha256 == issued.Sha256
            ? new ReportCheck(true, sha256, "Written again from the log, it is the same to the byte.")
            : new ReportCheck(false, sha256, "Written again from the log, it is another: a person was erased since, the organization's name has changed, or the program writes it otherwise.");
    }

    /// <summary>The usual period: the last whole month; six years for an accounting.</summary>
    internal static (DateTimeOffset From, DateTimeOffset To) PeriodOf(ReportRequest request, DateTimeOffset now)
    {
        var month = new DateTimeOffset(now.UtcDateTime.Year, now.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero);
        var tomorrow = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(1);
        return request.Kind == DisclosureAccounting.Kind
            ? (request.From ?? (request.To ?? tomorrow).AddYears(-DisclosureAccounting.YearsMax), request.To ?? tomorrow)
            : (request.From ?? (request.To ?? month).AddMonths(-1), request.To
                ?? (request.From is { } from ? from.AddMonths(1) : month));
    }

    private async Task<ReportDocument> WriteAsync(string kind, ReportScope scope, DateTimeOffset asOf, CancellationToken cancel)
    {
        switch (kind)
        {
            case DisclosureAccounting.Kind:
                var page = sources.Observed.Disclosures(scope);
                var readings = sources.Reads.About([scope.Subject], scope.From).Where(reading => reading.At < asOf).ToList();
                return DisclosureAccounting.Of(
                    new DisclosureInput(scope, page.Found, readings, sources.Observed.KeptSince, page.IsWhole), asOf, Author);
            case ControlMatrix.Kind:
                return ControlMatrix.Of(sources.Controls, ControlFolder.Servers(sources.Controls, sources.Rules), asOf, Author);
            case CryptoPosture.Kind:
                return CryptoPosture.Of(Findings, asOf, Author);
            case ManagementSummary.Kind:
                var before = scope.From - (scope.To - scope.From);
                var entries = await sources.Journal.ReadAsync(new JournalQuery(PeriodRecord.Kinds, before, scope.Below), cancel);
                return ManagementSummary.Of(
                    PeriodRecord.Of(entries, scope.From, scope.To, asOf), PeriodRecord.Of(entries, before, scope.From, asOf),
                        Author);
            default:
                var period = await sources.Journal.ReadAsync(new JournalQuery(PeriodRecord.Kinds, scope.From, scope.Below),
                    cancel);
                return ActivityReview.Of(PeriodRecord.Of(period, scope.From, scope.To, asOf), Author);
        }
    }
}

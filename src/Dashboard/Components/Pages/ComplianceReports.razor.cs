using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using SentinelHealth.Dashboard.Compliance;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Reports;

namespace SentinelHealth.Dashboard.Components.Pages;

/// <summary>Reports over periods: written, issued, signed and checked against the log; and the algorithms of the network.</summary>
public partial class ComplianceReports
{
    private const int IssuedMax = 20, FindingsMax = 100;
    private static readonly string[] Formats = ["html", "pdf", "json", "csv"];

    private IReadOnlyList<SignedReport> _issued = [];
    private IReadOnlyList<AlgorithmFinding> _findings = [];
    private string _kind = ActivityReview.Kind, _subject = "";
    private DateTime? _from, _through;

    [Inject] private IServiceProvider Services { get; set; } = default!;

    [Inject] private ComplianceDesk Desk { get; set; } = default!;

    [Inject] private Notices Notices { get; set; } = default!;

    [CascadingParameter] private Task<AuthenticationState> SignedIn { get; set; } = default!;

    /// <summary>News of the network must not overwrite what is being written here.</summary>
    protected override bool WelcomesNews => false;

    private ReportDesk? Reports => Services.GetService<ReportDesk>();

    private bool IsOfPerson => _kind == DisclosureAccounting.Kind;

    private bool IsOfPeriod => _kind is not (ControlMatrix.Kind or CryptoPosture.Kind);

    private ReportRequest Request => new(_kind, Instant(_from), Instant(_through?.AddDays(1)), IsOfPerson ? _subject.Trim() : "");

    private string? Objection => ReportDesk.Objection(Request);

    private string Preview => $"/api/v1/compliance/reports/{_kind}?" + (IsOfPeriod
        ? $"from={Date(Request.From)}&to={Date(Request.To)}&subject={Uri.EscapeDataString(Request.Subject)}" : "");

    /// <inheritdoc/>
    protected override Task LoadAsync(CancellationToken cancel)
    {
        _issued = [.. Desk.Store.Reports().Where(report => ReportDesk.Kinds.Contains(report.Id.Split('/')[0]))
            .DistinctBy(report => report.Id).Take(IssuedMax).Select(report => Desk.Store.Report(report.Id))
                .OfType<SignedReport>()];
        _findings = Reports?.Findings ?? [];
        if (_from is null)
            Choose(_kind);
        return Task.CompletedTask;
    }

    private Task ChooseAsync(ChangeEventArgs change)
    {
        Choose(change.Value as string ?? _kind);
        return Task.CompletedTask;
    }

    /// <summary>Another kind brings its usual period along.</summary>
    private void Choose(string kind)
    {
        _kind = kind;
        var (from, to) = ReportDesk.PeriodOf(new ReportRequest(kind), Desk.Now);
        (_from, _through) = (from.UtcDateTime, to.UtcDateTime.AddDays(-1));
    }

    private async Task IssueAsync()
    {
        if (Reports is not { } reports || Objection is not null)
            return;
        try
        {
            var report = await reports.IssueAsync(Request, await NameAsync(), Gone);
            Notices.Say(L["Version {0} is ready to be signed.", report.Version]);
            await ReloadAsync();
        }
        catch (EvidenceElsewhereException)
        {
            Notices.Say(L["The evidence log is not kept by this process: ask one with the role respond for reports over periods."]);
        }
    }

    private async Task SignAsync(SignedReport report)
    {
        var objection = await Desk.SignAsync(report.Document.Id, report.Version, report.Sha256, await NameAsync(), Gone);
        Notices.Say(objection is not null ? L[objection] : L["Signed."]);
        if (objection is null)
            await ReloadAsync();
    }

    private async Task CheckAsync(SignedReport report)
    {
        try
        {
            Notices.Say(Reports is { } reports && await reports.CheckAsync(report.Document.Id, report.Version, Gone) is { } check
                ? check.Detail : L["There is no such report any more."]);
        }
        catch (EvidenceElsewhereException)
        {
            Notices.Say(L["The evidence log is not kept by this process: ask one with the role respond for reports over periods."]);
        }
    }

    private async Task<string> NameAsync() => Identities.NameOf((await SignedIn).User);

    private static string SubtitleOf(SignedReport report) => report.Document.Scope is { Subject.Length: > 0 } scope
        ? $"{scope.Subject}, {report.Document.Subtitle}" : report.Document.Subtitle;

    private string SignedBy(SignedReport report) => report.SignOffs.Count == 0
        ? L["Nobody has signed."]
        : string.Join("; ", report.SignOffs.Select(sign => $"{InertText.Of(sign.By)} ({sign.Meaning})"));

    private static string ToneOf(AlgorithmStanding standing) => standing switch
    {
        AlgorithmStanding.Weak => "is-bad",
        AlgorithmStanding.Unlisted or AlgorithmStanding.Classical => "is-warn",
        _ => "is-good",
    };

    private static string FileOf(SignedReport report, string format) => FormattableString.Invariant(
        $"/api/v1/compliance/reports/file?id={Uri.EscapeDataString(report.Document.Id)}&version={report.Version}&format={format}");

    private static string Date(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";

    private static DateTimeOffset? Instant(DateTime? day) =>
        day is { } at ? new DateTimeOffset(DateTime.SpecifyKind(at.Date, DateTimeKind.Utc)) : null;
}

/// <summary>Kinds of reports as people read them.</summary>
internal static class ReportWords
{
    public static string Title(string kind) => kind switch
    {
        IncidentReport.Kind => "Incident report",
        AssessmentWorksheet.Kind => "Assessment worksheet",
        AuthorityNotification.Kind => "GDPR Article 33 form",
        ResponseAudit.Kind => "Response audit",
        ActivityReview.Kind => "Review of activity",
        ManagementSummary.Kind => "Summary for management",
        DisclosureAccounting.Kind => "Accounting of disclosures",
        ControlMatrix.Kind => "Coverage of controls",
        CryptoPosture.Kind => "Cryptographic posture",
        BreachRegister.Kind => "Breach register",
        _ => kind,
    };

    public static string About(string kind) => kind switch
    {
        ActivityReview.Kind => "What was watched and when nobody did, what was strange, who did what about it and who read what (45 CFR 164.308(a)(1)(ii)(D)).",
        ManagementSummary.Kind => "A month in figures and charts beside the month before, for people outside security.",
        DisclosureAccounting.Kind => "To whom a patient's data was disclosed, other than for treatment, payment and operations (45 CFR 164.528).",
        ControlMatrix.Kind => "Which rule, detector or function serves which control of HIPAA, GDPR, NIST and ISO, as of now.",
        CryptoPosture.Kind => "The algorithms in use, and which of them are weak, unknown or not quantum-resistant, as of now.",
        _ => "",
    };
}

using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using SentinelHealth.Dashboard.Compliance;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Reports;

namespace SentinelHealth.Dashboard.Components.Pages;

/// <summary>One incident as a compliance officer sees it: plain words, deadlines, assessment, reports, signatures.</summary>
public partial class ComplianceCasePage
{
    private CaseInput? _input;
    private IReadOnlyList<string> _summary = [];
    private IReadOnlyList<FactorEvidence> _evidence = [];
    private IReadOnlyList<SignedReport> _issued = [];
    private Dictionary<BreachFactor, Answer> _answers = [];
    private DateTime? _discovered, _aware;
    private string _cause = "", _lessons = "", _reason = "";
    private BreachConclusion _conclusion;
    private bool _isHighRisk;

    [Parameter] public string Id { get; set; } = "";

    [Inject] private ComplianceDesk Desk { get; set; } = default!;

    [Inject] private Notices Notices { get; set; } = default!;

    [CascadingParameter] private Task<AuthenticationState> SignedIn { get; set; } = default!;

    /// <summary>News of the network must not overwrite what is being written here.</summary>
    protected override bool WelcomesNews => false;

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancel)
    {
        _input = await Desk.InputAsync(Id, await NameAsync(), "compliance page", cancel);
        if (_input is not { } input)
            return;
        _summary = [.. IncidentReport.Of(input).Sections[1].Blocks.OfType<ReportText>().Select(block => block.Text)];
        _evidence = FactorEvidence.Of(input.Dossier);
        _issued = [.. ComplianceDesk.Kinds.Select(kind => Desk.Store.Report($"{kind}/{Id}")).OfType<SignedReport>()];
        var facts = input.Case.Facts;
        (_discovered, _aware) = (facts.DiscoveredAt?.UtcDateTime, facts.AwareAt?.UtcDateTime);
        (_cause, _lessons, _reason) = (input.Case.RootCause, input.Case.Lessons, input.Case.Assessment?.Rationale ?? "");
        (_conclusion, _isHighRisk) = (input.Case.Assessment?.Conclusion ?? BreachConclusion.Breach,
            input.Case.Assessment?.IsHighRisk ?? false);
        _answers = Enum.GetValues<BreachFactor>().ToDictionary(factor => factor, factor => Answer.Of(
            input.Case.Assessment?.Factors.FirstOrDefault(answer => answer.Factor == factor)));
    }

    private static string FileOf(SignedReport report, string format) => FormattableString.Invariant(
        $"/api/v1/compliance/reports/file?id={Uri.EscapeDataString(report.Document.Id)}&version={report.Version}&format={format}");

    private string SignedBy(SignedReport report) => report.SignOffs.Count == 0
        ? L["Nobody has signed."] : string.Join("; ", report.SignOffs.Select(sign => $"{InertText.Of(sign.By)} ({sign.Meaning})"));

    private async Task RecordAsync() => await TellAsync(await Desk.RecordAsync(Id, await NameAsync(), recorded => recorded with
    {
        Facts = recorded.Facts with { DiscoveredAt = Instant(_discovered), AwareAt = Instant(_aware) },
        RootCause = _cause.Trim(),
        Lessons = _lessons.Trim(),
    }, Gone), L["Recorded."]);

    private async Task AssessAsync()
    {
        var name = await NameAsync();
        var factors = _answers.Select(pair => new FactorAnswer(pair.Key, pair.Value.Risk, pair.Value.Rationale.Trim())).ToList();
        var assessment = new BreachAssessment(factors, _conclusion, _isHighRisk, _reason.Trim(), name, Desk.Now);
        await TellAsync(await Desk.RecordAsync(Id, name, recorded => recorded with { Assessment = assessment }, Gone),
            L["The assessment is recorded."]);
    }

    private async Task IssueAsync(string kind)
    {
        var report = await Desk.IssueAsync(kind, Id, await NameAsync(), Gone);
        await TellAsync(report is null ? L["There is no such incident any more."].Value : null, L["Version {0} is ready to be signed.", report?.Version ?? 0]);
    }

    private async Task SignAsync(SignedReport report) => await TellAsync(
        await Desk.SignAsync(report.Document.Id, report.Version, report.Sha256, await NameAsync(), Gone), L["Signed."]);

    private async Task TellAsync(string? objection, string done)
    {
        Notices.Say(objection is null ? done : L[objection]);
        if (objection is null)
            await ReloadAsync();
    }

    private async Task<string> NameAsync() => Identities.NameOf((await SignedIn).User);

    private static DateTimeOffset? Instant(DateTime? utc) =>
        utc is { } at ? new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)) : null;

    /// <summary>An answer while it is being written.</summary>
    private sealed class Answer
    {
        public FactorRisk Risk { get; set; } = FactorRisk.Medium;

        public string Rationale { get; set; } = "";

        public static Answer Of(FactorAnswer? given) =>
            given is null ? new Answer() : new Answer { Risk = given.Risk, Rationale = given.Rationale };
    }
}

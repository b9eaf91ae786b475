using Microsoft.AspNetCore.Components;
using SentinelHealth.Dashboard.Compliance;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Response.Compliance;

namespace SentinelHealth.Dashboard.Components.Pages;

/// <summary>Deadlines of all incidents, reports and warnings.</summary>
public partial class Compliance
{
    private const int ReportsMax = 12;
    private static readonly string[] Formats = ["html", "pdf", "json", "csv"];

    private IReadOnlyList<ComplianceRow> _rows = [];
    private IReadOnlyList<IssuedReport> _reports = [];
    private IReadOnlyList<ClockNotice> _notices = [];

    [Inject] private ComplianceDesk Desk { get; set; } = default!;

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancel)
    {
        _rows = await Desk.RowsAsync(cancel);
        _reports = Desk.Store.Reports();
        _notices = Desk.Store.Notices();
    }

    private int Count(ClockStanding standing) => _rows.Sum(row => row.Clocks.Count(clock => clock.Standing == standing));

    private static string AddressOf(string incidentId) => "/compliance/" + Uri.EscapeDataString(incidentId);

    private static string FileOf(IssuedReport report, string format) => FormattableString.Invariant(
        $"/api/v1/compliance/reports/file?id={Uri.EscapeDataString(report.Id)}&version={report.Version}&format={format}");

    /// <summary>What a report is about: its identifier without the kind.</summary>
    private static string AboutOf(string id) => id.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0
        ? id[(slash + 1)..] : "";

    private static string Conclusion(ComplianceCase recorded) => recorded.Assessment switch
    {
        null => "To be assessed",
        { Conclusion: BreachConclusion.Breach } => "Breach",
        _ => "Low probability",
    };

    private RenderFragment ClockMark(RegimeClock? clock) => ClockMarks.Of(clock, Clock.Now, L);
}

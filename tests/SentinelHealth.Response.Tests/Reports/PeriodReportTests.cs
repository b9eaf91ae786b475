using System.Text;
using System.Text.Json;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Reports;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Reports;

public sealed class PeriodReportTests
{
    private static readonly DateTimeOffset From = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero), To = From.AddDays(1);
    private static readonly ReportAuthor Author = new(new ControllerProfile { Name = "Hospital Group West" }, "0.1.0");

    [Fact]
    public void A_period_that_was_watched_to_its_end_has_no_gap()
    {
        var coverage = PeriodCoverage.Of([.. Beats(From, 24 * 60)], From, To);

        Assert.Equal(1, coverage.Watched);
        Assert.Empty(coverage.Gaps);
        Assert.Equal((24 * 60 - 1) * 10, coverage.Events);
    }

    [Fact]
    public void Two_missing_heartbeats_are_no_gap_and_three_are()
    {
        var two = Beats(From, 24 * 60).Where((_, minute) => minute is not (100 or 101));
        var three = Beats(From, 24 * 60).Where((_, minute) => minute is not (100 or 101 or 102));

        Assert.Empty(PeriodCoverage.Of([.. two], From, To).Gaps);
        var gap = Assert.Single(PeriodCoverage.Of([.. three], From, To).Gaps);
        Assert.Equal((From.AddMinutes(99), From.AddMinutes(103)), (gap.From, gap.To));
    }

    [Fact]
    public void Before_the_first_heartbeat_and_after_the_last_nobody_watched()
    {
        var coverage = PeriodCoverage.Of([.. Beats(From.AddHours(6), 12 * 60)], From, To);

        Assert.Equal(2, coverage.Gaps.Count);
        Assert.Equal(0.5, coverage.Watched, 2);
        Assert.Equal(0, PeriodCoverage.Of([], From, To).Watched);
    }

    [Fact]
    public void A_record_takes_the_newest_version_of_an_incident_and_leaves_out_what_was_entered_later()
    {
        var first = SomeCase.Incident() with { OpenedAt = From.AddHours(1), Title = "First" };
        var entries = new[]
        {
            Entry(0, EvidenceKind.Incident, first), Entry(1, EvidenceKind.Incident, first with { Version = 2, Title = "Second" }),
            Entry(2, EvidenceKind.Alert, SomeCase.Alert() with { At = From.AddHours(1) }),
            Entry(3, EvidenceKind.Alert, SomeCase.Alert("late") with { At = To }),
            Entry(4, EvidenceKind.Analyst, new { action = "assessed", by = "ada", detail = "Breach" }, "inc-1"),
        };

        var record = PeriodRecord.Of(new JournalPage(entries, 5, true), From, To, To.AddHours(1));

        Assert.Equal("Second", Assert.Single(record.Incidents).Title);
        Assert.Equal("alert-1", Assert.Single(record.Alerts).Alert.Id);
        Assert.Equal(("ada", "assessed", "inc-1", "Breach"), Assert.Single(record.Acts) is var act
            ? (act.By, act.Action, act.About, act.Detail) : default);
    }

    [Fact]
    public void The_same_record_gives_the_same_bytes_in_every_format_and_hostile_words_stay_inert()
    {
        var record = PeriodRecord.Of(
            new JournalPage([Entry(0, EvidenceKind.Incident, SomeCase.Incident() with
            {
                OpenedAt = From.AddHours(1), Title = "=1+1</td><script>alert(1)</script>", Severity = Severity.Critical,
            })], 1, true), From, To, To);
        foreach (var make in new Func<ReportDocument>[] { () => ActivityReview.Of(record, Author),
            () => ManagementSummary.Of(record, record, Author) })
        {
            var (one, other) = (ReportFormats.Draft(make()), ReportFormats.Draft(make()));
            Assert.Equal(one.Sha256, other.Sha256);
            Assert.Equal(ReportHtml.Render(one), ReportHtml.Render(other));
            Assert.Equal(ReportPdf.Render(one), ReportPdf.Render(other));
            Assert.Equal(one.Sha256, ReportFormats.Sha256Of(ReportFormats.Read(ReportFormats.Canonical(one.Document))));
            Assert.DoesNotContain("<script", Encoding.UTF8.GetString(ReportHtml.Render(one)), StringComparison.OrdinalIgnoreCase);
            Assert.Contains("\"'=1+1", Encoding.UTF8.GetString(ReportFormats.Csv(one)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_column_of_a_chart_is_drawn_and_written()
    {
        var bars = PeriodReport.ByDay(new ReportScope(From, From.AddDays(31), "", 0),
            [From, From.AddDays(30).AddHours(23), From.AddDays(31)]);

        Assert.Equal(31, bars.Count);
        Assert.Equal(("1 Nov", 1.0, "1 Dec", 1.0), (bars[0].Label, bars[0].Value, bars[30].Label, bars[30].Value));
        Assert.Equal(14, PeriodReport.ByDay(new ReportScope(From, From.AddDays(92), "", 0), []).Count);
    }

    [Theory]
    [InlineData(0.99999, "99.99 %")]
    [InlineData(1, "100 %")]
    [InlineData(0, "0 %")]
    public void A_share_is_never_rounded_up_to_all(double share, string expected) =>
        Assert.Equal(expected, PeriodReport.Percent(share));

    private static IEnumerable<Heartbeat> Beats(DateTimeOffset from, int count) =>
        Enumerable.Range(0, count)
            .Select(minute => new Heartbeat(from.AddMinutes(minute), TimeSpan.FromMinutes(1), minute * 10, 0, 0, 0));

    private static JournalEntry Entry<T>(long number, string kind, T body, string incident = "") => new(
        new EvidenceEntry(number, kind, "key", incident, From.AddHours(2), new byte[32]),
            JsonSerializer.SerializeToUtf8Bytes(body, AlertJson.Options));
}

using System.Text.Json;
using SentinelHealth.Dashboard.Compliance;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Tests.Commands;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Reports;
using SentinelHealth.Testing.Evidence;

namespace SentinelHealth.Dashboard.Tests.Compliance;

public sealed class ReportDeskTests(WatchedNetwork network) : IClassFixture<WatchedNetwork>
{
    private const string From = "2026-11-02", To = "2026-11-04";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static ReportRequest Review { get; } = new(
        ActivityReview.Kind, new DateTimeOffset(2026, 11, 2, 0, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2026, 11, 4, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("activity-review", "Coverage and gaps")]
    [InlineData("summary", "The figures, and the period before")]
    [InlineData("disclosures", "Accounting of disclosures")]
    [InlineData("control-matrix", "45 CFR 164.312(b)")]
    [InlineData("crypto-posture", "Inventory")]
    public async Task Each_report_over_a_period_is_written_in_each_format(string kind, string words)
    {
        foreach (var format in new[] { "html", "pdf", "json", "csv" })
        {
            var run = await ReportAsync(kind, "--format", format, "--subject", kind == "disclosures" ? "patient:p1" : "");
            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            Assert.True(run.Output.Length > 400);
            if (format == "html")
                Assert.Contains(words, run.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_review_tells_what_the_evidence_log_holds()
    {
        var alerts = await network.Bench.Store.AlertCountAsync(new(), Cancel);
        var actions = (await network.Bench.Store.ActionsAsync(new(), null, 1_000, Cancel)).Items.Count(action =>
            action.ContainedAt is not null);

        var run = await ReportAsync("activity-review", "--format", "json");

        var text = JsonDocument.Parse(run.Output).RootElement.GetProperty("document").GetProperty("sections")[0]
            .GetProperty("blocks")[0].GetProperty("text").GetString();
        Assert.Contains($"{alerts} alerts led to", text, StringComparison.Ordinal);
        Assert.Contains(actions == 1 ? "1 containment took" : $"{actions} containments took", text, StringComparison.Ordinal);
        Assert.StartsWith("Watched for 0 %", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_issued_review_comes_out_of_the_log_again_to_the_byte_whatever_was_entered_since()
    {
        using var parts = await OpenAsync();
        var issued = await parts.Reports.IssueAsync(Review, "ada", Cancel);
        var before = (html: ReportHtml.Render(issued), pdf: ReportPdf.Render(issued));

        await parts.Store.EnterEvidenceAsync(
            [CaseEvidence.Act(EvidenceKind.Analyst, "inc-1", Review.From!.Value.AddHours(3),
                new { action = "assessed", by = "eve", detail = "Late" })], Cancel);
        network.Bench.Clock.Advance(TimeSpan.FromDays(1));
        var check = await parts.Reports.CheckAsync(issued.Document.Id, issued.Version, Cancel);
        var next = await parts.Reports.IssueAsync(Review, "ada", Cancel);

        Assert.True(check!.IsSame, check.Detail);
        Assert.Equal(issued.Sha256, check.Sha256);
        var kept = parts.Desk.Store.Report(issued.Document.Id, issued.Version)!;
        Assert.Equal(before, (ReportHtml.Render(kept), ReportPdf.Render(kept)), Bytes);
        Assert.NotEqual(issued.Sha256, next.Sha256);
    }

    [Fact]
    public async Task A_report_that_the_log_does_not_give_is_found_out()
    {
        using var parts = await OpenAsync();
        var draft = await parts.Reports.DraftAsync(Review, "ada", Cancel);
        var forged = draft with { Id = "activity-review/forged", Sections = [.. draft.Sections.Skip(1)] };
        await parts.Desk.IssueAsync(forged, "eve", Cancel);

        var check = await parts.Reports.CheckAsync("activity-review/forged", null, Cancel);
        var run = await CommandRun.OfAsync("report", "check", "--id", "activity-review/forged", "--data", network.Bench.Data);

        Assert.False(check!.IsSame);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task What_people_issue_sign_and_read_is_entered_as_evidence()
    {
        using var parts = await OpenAsync();
        var issued = await parts.Reports.IssueAsync(new ReportRequest(ControlMatrix.Kind), "ada", Cancel);

        var first = await parts.Desk.SignAsync(issued.Document.Id, issued.Version, issued.Sha256, "ada", Cancel);
        var same = await parts.Desk.SignAsync(issued.Document.Id, issued.Version, issued.Sha256, "Ada", Cancel);
        var second = await parts.Desk.SignAsync(issued.Document.Id, issued.Version, issued.Sha256, "ben", Cancel);

        Assert.Null(first);
        Assert.NotNull(same);
        Assert.Null(second);
        foreach (var key in new[] { $"issued/{issued.Sha256}/1", $"signed/{issued.Sha256}/1/ada", $"signed/{issued.Sha256}/1/ben" })
            Assert.Single(await parts.Store.EvidenceAboutAsync(EvidenceKind.Analyst, key, 10, Cancel));
        Assert.NotEmpty(await parts.Store.EvidenceAboutAsync(EvidenceKind.Read, "", 10, Cancel));
    }

    [Fact]
    public async Task A_signature_that_a_crash_kept_out_of_the_log_is_entered_at_the_next_start()
    {
        using var parts = await OpenAsync();
        var document = (await parts.Reports.DraftAsync(new ReportRequest(CryptoPosture.Kind), "ada",
            Cancel)) with
        { Id = "crypto-posture/crash" };
        var issued = parts.Desk.Store.Issue(document, "ada", document.AsOf);
        Assert.Null(parts.Desk.Store.Sign(new(issued.Document.Id, 1, issued.Sha256, "ada", document.AsOf, "prepared")));

        var missing = await parts.Desk.Acts.CompleteAsync(parts.Desk.Store, Cancel);
        var again = await parts.Desk.Acts.CompleteAsync(parts.Desk.Store, Cancel);

        Assert.True(missing >= 2);
        Assert.Equal(0, again);
        Assert.Single(await parts.Store.EvidenceAboutAsync(EvidenceKind.Analyst, $"signed/{issued.Sha256}/1/ada", 10, Cancel));
    }

    [Theory]
    [InlineData("report", "nonsense")]
    [InlineData("report", "disclosures")]
    [InlineData("report", "incident", "--incident", "inc-none")]
    [InlineData("report", "summary", "--from", "yesterday")]
    [InlineData("report", "summary", "--from", "2026-11-02", "--to", "2026-11-01")]
    [InlineData("report", "summary", "--format", "docx")]
    public async Task A_report_that_cannot_be_written_is_wrong_usage(params string[] command)
    {
        var run = await CommandRun.OfAsync([.. command, "--data", network.Bench.Data]);

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("sentinel: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_incident_report_is_written_by_the_command_line_too()
    {
        var incident = (await network.Bench.Store.IncidentsAsync(new(), null, 1, Cancel)).Items[0];

        var run = await ReportAsync("incident", "--incident", incident.Id, "--format", "html");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("Executive summary", run.Output, StringComparison.Ordinal);
    }

    private static IEqualityComparer<(byte[], byte[])> Bytes { get; } =
        EqualityComparer<(byte[] Html, byte[] Pdf)>.Create((one, other) => one.Html.SequenceEqual(other.Html)
            && one.Pdf.SequenceEqual(other.Pdf));

    private Task<ComplianceFolder> OpenAsync() =>
        ComplianceFolder.OpenAsync(network.Bench.Data, new SentinelSettings(), network.Bench.Clock, Cancel);

    private Task<CommandRun> ReportAsync(string kind, params string[] options) =>
        CommandRun.OfAsync(["report", kind, "--data", network.Bench.Data, "--from", From, "--to", To, .. options]);
}

/// <summary>A day of a simulated network, watched to its end once for all tests of a class.</summary>
public sealed class WatchedNetwork : IAsyncLifetime
{
    internal EvidenceBench Bench { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Bench = await EvidenceBench.RunAsync(seed: 7, days: 1, eventsPerDay: 2_500);
        foreach (var file in new[] { "subjects.db", "master.key" })
            File.Copy(Path.Combine(Bench.Data, file), Path.Combine(Bench.Folder, file));
    }

    public async ValueTask DisposeAsync() => await Bench.DisposeAsync();
}

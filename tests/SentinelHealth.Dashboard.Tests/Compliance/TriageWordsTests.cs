using SentinelHealth.Dashboard.Compliance;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Reports;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Triage;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Compliance;

/// <summary>What people did with alerts is in the dossier of their incident, and so in its reports and packs.</summary>
public sealed class TriageWordsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CaseStore _store;
    private readonly ReadTrail _reads;

    public TriageWordsTests()
    {
        _store = SqliteCaseStore.Open(_folder.File("cases.db"));
        _reads = new ReadTrail(_folder.File("reads.db"));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _reads.Dispose();
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Notes_statuses_and_reasons_for_closing_are_in_dossier_and_report()
    {
        await _store.CommitAsync(
            new CaseCommit
            {
                ScoredOffsets = new Dictionary<int, long> { [0] = 1 },
                Alerts = [SomeCase.Alert(), SomeCase.Alert("alert-2"), SomeCase.Alert("alert-3", "inc-2")],
                Incidents = [SomeCase.Incident()],
            },
            Cancel);
        await ChangeAsync("alert-1", 1, new TriageChange { Status = AlertStatus.InProgress, Assignee = "ada", Note = "Called the ward." });
        await ChangeAsync("alert-1", 2, new TriageChange
        {
            Status = AlertStatus.Closed,
            CloseReason = CloseReason.Legitimate,
            Note = "Planned work.",
        });
        await ChangeAsync("alert-3", 3, new TriageChange { Note = "Of another incident." });

        var clock = new ManualClock(SomeCase.At.AddHours(1));
        var dossier = (await new DossierCollector(_store, CaseSources.Of(_store, _reads), clock).CollectAsync("inc-1", Cancel))!;
        var report = ReportFormats.Json(ReportFormats.Draft(IncidentReport.Of(CaseInput.Of(
            dossier, new ComplianceCase { IncidentId = "inc-1" }, [], new ControllerProfile { Name = "Clinic" }))));

        var note = Assert.Single(dossier.Notes);
        Assert.Equal(("ada", "Alert alert-1: In progress. Assigned to ada. Called the ward."), (note.By, note.Text));
        var closed = Assert.Single(dossier.Dispositions);
        Assert.Equal(("alert-1", "Legitimate", "Planned work."), (closed.AlertId, closed.Verdict, closed.Reason));
        var text = System.Text.Encoding.UTF8.GetString(report);
        Assert.Contains("1 of 2: Legitimate 1", text, StringComparison.Ordinal);
        Assert.Contains("Called the ward.", text, StringComparison.Ordinal);
    }

    private async Task ChangeAsync(string alert, int minutes, TriageChange change) =>
        Assert.Equal(
            TriageOutcome.Changed,
            Assert.Single(await _store.ChangeAsync([alert], change, "ada", SomeCase.At.AddMinutes(minutes), Cancel)).Outcome);
}

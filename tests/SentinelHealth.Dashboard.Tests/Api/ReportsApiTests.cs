using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Api;

public sealed class ReportsApiTests : IAsyncLifetime
{
    private const string Reports = "/api/v1/compliance/reports";
    private const string Review = Reports + "/activity-review?from=2026-11-01&to=2026-11-02";

    private readonly TemporaryFolder _elsewhere = new();
    private TestServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _elsewhere.Dispose();
    }

    [Fact]
    public async Task Where_the_evidence_log_is_kept_elsewhere_no_report_over_a_period_is_written()
    {
        using var officer = _server.Client(Roles.Compliance);
        var issued = await IssuedAsync(officer);
        await KeepElsewhereAsync();

        using var draft = await officer.GetAsync(Review);
        using var summary = await officer.GetAsync(Reports + "/summary?from=2026-11-01&to=2026-11-02");
        using var issue = await officer.PostAsync(Review, null);
        using var check = await officer.GetAsync($"{Reports}/check?id={issued}");

        foreach (var answer in new[] { draft, summary, issue, check })
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal("Reports over periods are not written here.", problem.GetProperty("title").GetString());
            Assert.Contains("ask a process with the role respond", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Reports_that_do_not_come_out_of_the_log_are_written_all_the_same()
    {
        await KeepElsewhereAsync();
        using var officer = _server.Client(Roles.Compliance);

        foreach (var kind in new[] { "control-matrix", "crypto-posture", "disclosures" })
        {
            using var draft = await officer.GetAsync($"{Reports}/{kind}?from=2026-11-01&to=2026-11-02&subject=patient:p1");
            Assert.Equal(HttpStatusCode.OK, draft.StatusCode);
        }
    }

    private static async Task<string> IssuedAsync(HttpClient officer)
    {
        using var issue = await officer.PostAsync(Review, null);
        Assert.Equal(HttpStatusCode.OK, issue.StatusCode);
        return (await issue.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    /// <summary>Another folder takes an entry of this store into its log, as a process that leads does.</summary>
    private async Task KeepElsewhereAsync()
    {
        _server.Store.KeepEvidence(new EvidenceIntake(vault: null, _server.Clock));
        await _server.Store.EnterEvidenceAsync(
            [CaseEvidence.Act(EvidenceKind.Analyst, "act-1", _server.Clock.GetUtcNow(), new { detail = "x" })], Cancel);
        var signer = FileSigner.Open(_elsewhere.Path, SigningAlgorithm.EcdsaP256);
        using var recorder = await EvidenceRecorder.OpenAsync(_elsewhere.Path, _server.Store, signer, _server.Clock, Cancel);
        await recorder.DrainAsync(Cancel);
    }
}

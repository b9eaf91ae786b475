using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SentinelHealth.Dashboard.Compliance;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Jobs;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Tests.Fakes;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Notifications;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Api;

public sealed class ComplianceApiTests : IAsyncLifetime
{
    private const string Case = "/api/v1/compliance/cases/inc-1";

    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _server.Cases.Incidents.Add(SomeCase.Incident());
        _server.Cases.Alerts.Add(SomeCase.Alert());
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_clock_starts_when_awareness_is_recorded_and_ends_when_the_authority_was_told()
    {
        using var officer = Officer("ada");
        var aware = _server.Clock.GetUtcNow();

        using var recorded = await officer.PutAsJsonAsync(Case + "/facts", new { awareAt = aware });
        var running = await ClockAsync(officer);
        _server.Clock.Advance(TimeSpan.FromHours(1));
        using var filed = await officer.PostAsJsonAsync(Case + "/filings",
            new { regime = "gdpr-33", phase = "initial", at = aware.AddMinutes(50), reference = "AP-2026-1" });

        Assert.Equal(HttpStatusCode.OK, recorded.StatusCode);
        Assert.Equal("running", running.GetProperty("standing").GetString());
        Assert.Equal(aware.AddHours(72), running.GetProperty("dueAt").GetDateTimeOffset());
        Assert.Equal(HttpStatusCode.OK, filed.StatusCode);
        Assert.Equal("met", (await ClockAsync(officer)).GetProperty("standing").GetString());
    }

    [Fact]
    public async Task Each_warning_about_a_deadline_is_given_once()
    {
        using var officer = Officer("ada");
        using var recorded = await officer.PutAsJsonAsync(Case + "/facts", new { awareAt = _server.Clock.GetUtcNow() });
        _server.Clock.Advance(TimeSpan.FromHours(40));

        var first = await ClockJob.LookAsync(_server.Compliance, TestContext.Current.CancellationToken);
        var second = await ClockJob.LookAsync(_server.Compliance, TestContext.Current.CancellationToken);

        Assert.Equal(["gdpr-33/initial", "nis2-23/early-warning", "nis2-23/notification"],
            first.Select(notice => notice.Clock).Order());
        Assert.Empty(second);
        Assert.Equal(3, (await officer.GetFromJsonAsync<JsonElement>("/api/v1/compliance/notices")).GetArrayLength());
    }

    [Fact]
    public async Task A_warning_goes_through_each_channel_of_the_settings_once_whatever_crashes_in_between()
    {
        await using var monitor = await SmallMonitor.OpenAsync(new ManualClock(SomeCase.At), change: plan => plan with
        {
            Compliance = new ComplianceSection { NotifyChannels = ["mail", "chat"] },
        });
        var (desk, cancel) = (monitor.Parts.Compliance, TestContext.Current.CancellationToken);
        await monitor.Parts.Store.CommitAsync(
            new() { ScoredOffsets = new Dictionary<int, long>(), Incidents = [SomeCase.Incident()] }, cancel);
        await desk.RecordAsync("inc-1", "ada", recorded => recorded with
        {
            Facts = recorded.Facts with { AwareAt = SomeCase.At },
        }, cancel);
        monitor.Clock.Advance(TimeSpan.FromHours(40));
        var due = ClockNotice.Of("inc-1", (await desk.RowsAsync(cancel))[0].Clocks, desk.Now);
        // As if the process had died after the outbox had it and before it was marked as told.
        await desk.Notify(ClockWords.Of(due[0], SomeCase.Incident(), "mail"), cancel);

        await ClockJob.LookAsync(desk, cancel);
        await ClockJob.LookAsync(desk, cancel);

        var waiting = await monitor.Parts.Store.NoticesAsync(NoticeState.Waiting, 100, cancel);
        Assert.Equal(due.Count * 2, waiting.Count);
        Assert.Contains(waiting, notice => notice.Notice is { Channel: "chat" } told
            && told.Title.Contains("GDPR", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_different_people_sign_exactly_what_they_read()
    {
        using var ada = Officer("ada");
        using var ben = Officer("ben");
        using var issued = await ada.PostAsync(Case + "/reports/incident", null);
        var report = await issued.Content.ReadFromJsonAsync<JsonElement>();
        object Signing(string sha256) => new { id = "incident/inc-1", version = 1, sha256 };
        var digest = report.GetProperty("sha256").GetString()!;

        using var other = await ada.PostAsJsonAsync("/api/v1/compliance/reports/sign", Signing(new string('0', 64)));
        using var one = await ada.PostAsJsonAsync("/api/v1/compliance/reports/sign", Signing(digest));
        using var again = await ada.PostAsJsonAsync("/api/v1/compliance/reports/sign", Signing(digest));
        using var two = await ben.PostAsJsonAsync("/api/v1/compliance/reports/sign", Signing(digest));

        Assert.Equal(
            [HttpStatusCode.Conflict, HttpStatusCode.OK, HttpStatusCode.Conflict, HttpStatusCode.OK],
            [other.StatusCode, one.StatusCode, again.StatusCode, two.StatusCode]);
        Assert.True((await two.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("isComplete").GetBoolean());
    }

    [Fact]
    public async Task An_issued_report_is_drawn_again_to_the_byte_whatever_happened_since()
    {
        using var officer = Officer("ada");
        using var issued = await officer.PostAsync(Case + "/reports/incident", null);
        var file = "/api/v1/compliance/reports/file?id=incident/inc-1&version=1&format=";
        var before = await officer.GetByteArrayAsync(file + "pdf");

        _server.Clock.Advance(TimeSpan.FromDays(30));
        _server.Cases.Incidents[0] = _server.Cases.Incidents[0] with { Title = "Another title", Version = 2 };
        using var next = await officer.PostAsync(Case + "/reports/incident", null);

        Assert.Equal(before, await officer.GetByteArrayAsync(file + "pdf"));
        Assert.Equal("%PDF-1.7"u8.ToArray(), before[..8]);
        Assert.Equal(2, (await next.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task A_shown_report_may_load_run_and_frame_nothing_and_its_reading_is_written_down()
    {
        using var officer = Officer("ada");

        using var shown = await officer.GetAsync(Case + "/reports/incident");

        Assert.Equal("text/html", shown.Content.Headers.ContentType!.MediaType);
        Assert.Contains("sandbox", shown.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Contains("Executive summary", await shown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var read = Assert.Single(_server.Reads.Older(long.MaxValue, 10));
        Assert.Equal(("token ada", "report incident inc-1"), (read.Reader, read.Query));
    }

    [Theory]
    [InlineData("incident")]
    [InlineData("assessment")]
    [InlineData("gdpr-33")]
    [InlineData("response-audit")]
    public async Task Every_kind_of_report_is_there_in_every_format(string kind)
    {
        using var officer = Officer("ada");

        foreach (var format in new[] { "html", "pdf", "json", "csv" })
        {
            using var answer = await officer.GetAsync($"{Case}/reports/{kind}?format={format}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.True((await answer.Content.ReadAsByteArrayAsync()).Length > 500);
        }
    }

    [Theory]
    [InlineData("ocsf", "\"class_uid\":2005")]
    [InlineData("ecs", "kibana.alert.uuid")]
    [InlineData("stix", "\"type\":\"bundle\"")]
    [InlineData("cef", "CEF:0|SentinelHealth|")]
    [InlineData("fhir", "\"resourceType\":\"Bundle\"")]
    public async Task An_incident_leaves_in_the_formats_of_other_systems(string format, string sign)
    {
        using var officer = Officer("ada");

        var text = await officer.GetStringAsync($"{Case}/export?format={format}");

        Assert.Contains(sign, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_assessment_without_reasons_is_refused_and_one_with_them_is_kept()
    {
        using var officer = Officer("ada");
        object Assessment(string why) => new
        {
            factors = Enum.GetValues<BreachFactor>().Select(factor => new FactorAnswer(factor, FactorRisk.Low, why)),
            conclusion = "low-probability",
            rationale = "Only pseudonyms, and nothing was carried out.",
        };

        using var hasty = await officer.PostAsJsonAsync(Case + "/assessment", Assessment("fine"));
        using var sound = await officer.PostAsJsonAsync(Case + "/assessment", Assessment("Nobody outside the hospital saw it."));

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.OK), (hasty.StatusCode, sound.StatusCode));
        Assert.Equal("not-applicable", (await ClockAsync(officer)).GetProperty("standing").GetString());
    }

    [Theory]
    [InlineData("/api/v1/compliance/cases/inc-9/facts", """{"rootCause":"?"}""", HttpStatusCode.Conflict)]
    [InlineData(Case + "/facts", """{"awareAt":"2999-01-01T00:00:00Z"}""", HttpStatusCode.Conflict)]
    public async Task What_cannot_be_true_is_not_recorded(string path, string body, HttpStatusCode expected)
    {
        using var officer = Officer("ada");

        using var answer = await officer.PutAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(0, _server.Compliance.Store.Case("inc-1").Version);
    }

    private static async Task<JsonElement> ClockAsync(HttpClient officer) =>
        (await officer.GetFromJsonAsync<JsonElement>(Case)).GetProperty("clocks").EnumerateArray()
            .First(clock => clock.GetProperty("regime").GetString() == "gdpr-33");

    private HttpClient Officer(string name)
    {
        var token = _server.Services.GetRequiredService<ApiTokens>().Create(name, Roles.Compliance);
        var client = new HttpClient { BaseAddress = _server.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }
}

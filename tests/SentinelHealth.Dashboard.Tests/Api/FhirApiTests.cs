using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Dashboard.Tests.Api;

public sealed class FhirApiTests : IAsyncLifetime
{
    private const string Audit =
        """
        {"resourceType":"AuditEvent","id":"ae-1","type":{"code":"rest"},"subtype":[{"code":"read"}],"action":"R",
         "recorded":"2026-11-21T07:00:00.000Z","outcome":"0",
         "agent":[{"who":{"reference":"Practitioner/17"},"requestor":true}],"source":{"observer":{"reference":"Device/ehr"}},
         "entity":[{"what":{"reference":"Patient/9f3c"}},{"what":{"reference":"Observation/9"}}]}
        """;

    private TestServer _server = null!;
    private HttpClient _feed = null!;
    private HttpClient _reader = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _feed = _server.Client(Roles.Ingest);
        _reader = _server.Client(Roles.Compliance);
    }

    public async ValueTask DisposeAsync()
    {
        _feed.Dispose();
        _reader.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task An_audit_event_is_created_and_stored_under_the_senders_name()
    {
        var (status, outcome) = await PostAsync("AuditEvent", Audit);

        Assert.Equal((HttpStatusCode.Created, "OperationOutcome"), (status, outcome.GetProperty("resourceType").GetString()));
        var (source, record) = Assert.Single(_server.Intake.Accepted);
        Assert.Equal("token test", source);
        Assert.Contains("\"format\":\"fhir.r4.AuditEvent\"", record, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", 400)]
    [InlineData("[]", 400)]
    [InlineData("""{"resourceType":"Patient"}""", 400)]
    [InlineData("""{"resourceType":"Bundle","type":"batch","entry":[]}""", 400)]
    [InlineData("""{"resourceType":"AuditEvent"}""", 422)]
    public async Task What_is_no_audit_event_is_refused_with_an_outcome(string body, int status)
    {
        var (answered, outcome) = await PostAsync("AuditEvent", body);

        Assert.Equal(status, (int)answered);
        Assert.Equal("error", outcome.GetProperty("issue")[0].GetProperty("severity").GetString());
        Assert.Empty(_server.Intake.Accepted);
    }

    [Fact]
    public async Task A_batch_is_answered_entry_by_entry()
    {
        var (status, answer) = await PostAsync("", $$$"""
            {"resourceType":"Bundle","type":"batch","entry":[{"resource":{{{Audit}}}},{"resource":{"resourceType":"AuditEvent"}},
             {"resource":{{{Audit.Replace("9f3c", "77aa", StringComparison.Ordinal)}}}}]}
            """);

        Assert.Equal((HttpStatusCode.OK, "batch-response"), (status, answer.GetProperty("type").GetString()));
        Assert.Equal(["201", "422", "201"], answer.GetProperty("entry").EnumerateArray()
            .Select(entry => entry.GetProperty("response").GetProperty("status").GetString()));
        Assert.Equal(2, _server.Intake.Accepted.Count);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/fhir+xml")]
    public async Task Another_media_type_is_refused(string type)
    {
        var (status, _) = await PostAsync("AuditEvent", Audit, type);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, status);
    }

    [Fact]
    public async Task A_feed_may_write_and_not_read_and_a_reader_the_other_way_round()
    {
        using var search = await _feed.GetAsync("/fhir/AuditEvent?date=2026", Cancel);
        using var content = new StringContent(Audit, Encoding.UTF8, "application/fhir+json");
        using var post = await _reader.PostAsync("/fhir/AuditEvent", content, Cancel);
        using var stranger = _server.Client();
        using var nobody = await stranger.GetAsync("/fhir/AuditEvent?date=2026", Cancel);

        Assert.Equal(
            (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized),
            (search.StatusCode, post.StatusCode, nobody.StatusCode));
    }

    [Theory]
    [InlineData("date=2026-11-21", 1)]
    [InlineData("date=ge2026-11-21&date=lt2026-11-22", 1)]
    [InlineData("date=gt2026-11-21", 0)]
    [InlineData("date=2026-11&patient=Patient/9f3c", 1)]
    [InlineData("date=2026-11&patient=9f3c", 1)]
    [InlineData("date=2026-11&patient=other", 0)]
    [InlineData("date=2026&agent=Practitioner/17&entity=Observation/9", 1)]
    [InlineData("date=2026&entity=Observation/8", 0)]
    [InlineData("date=2026&type=rest&outcome=0&action=R", 1)]
    [InlineData("date=2026&type=http://hl7.org/fhir/restful-interaction|read", 1)]
    [InlineData("date=2026&outcome=8", 0)]
    public async Task A_search_finds_what_was_stored(string query, int found)
    {
        await PostAsync("AuditEvent", Audit);
        Store();

        var bundle = await _reader.GetFromJsonAsync<JsonElement>($"/fhir/AuditEvent?{query}", Cancel);

        Assert.Equal("searchset", bundle.GetProperty("type").GetString());
        Assert.Equal(found, bundle.TryGetProperty("entry", out var entries) ? entries.GetArrayLength() : 0);
        if (found > 0)
            Assert.Equal("ae-1", entries[0].GetProperty("resource").GetProperty("id").GetString());
    }

    [Fact]
    public async Task Pages_are_followed_by_their_links_to_the_end()
    {
        for (var i = 0; i < 5; i++)
            await PostAsync("AuditEvent", Audit.Replace("ae-1", $"ae-{i}", StringComparison.Ordinal));
        Store();
        var seen = new List<string?>();
        var next = "AuditEvent?date=2026&_count=2";

        for (var pages = 0; next is not null && pages < 10; pages++)
        {
            var bundle = await _reader.GetFromJsonAsync<JsonElement>($"/fhir/{next}", Cancel);
            if (bundle.TryGetProperty("entry", out var entries))
                seen.AddRange(entries.EnumerateArray().Select(entry => entry.GetProperty("resource").GetProperty("id").GetString()));
            next = bundle.GetProperty("link").EnumerateArray().Where(link => link.GetProperty("relation").GetString() == "next")
                .Select(link => link.GetProperty("url").GetString()).FirstOrDefault();
        }

        Assert.Equal(["ae-0", "ae-1", "ae-2", "ae-3", "ae-4"], seen);
    }

    [Theory]
    [InlineData("")]
    [InlineData("patient=9f3c")]
    [InlineData("date=yesterday")]
    [InlineData("date=xx2026")]
    [InlineData("date=2026&_count=0")]
    [InlineData("date=2026&_count=501")]
    [InlineData("date=2026&_after=7")]
    [InlineData("date=2026&_after=7.x")]
    [InlineData("date=2026&unknown=1")]
    [InlineData("date=2026&patient=a&patient=b")]
    [InlineData("date=2026&date=2026&date=2026")]
    public async Task A_search_that_cannot_be_answered_says_why(string query)
    {
        using var answer = await _reader.GetAsync($"/fhir/AuditEvent?{query}", Cancel);
        var outcome = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("OperationOutcome", outcome.GetProperty("resourceType").GetString());
    }

    [Fact]
    public async Task A_cloud_event_in_binary_mode_is_taken_by_its_headers()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/events");
        request.Content = new StringContent(Audit, Encoding.UTF8, "application/fhir+json");
        request.Headers.Add("ce-specversion", "1.0");
        request.Headers.Add("ce-id", "7");
        request.Headers.Add("ce-source", "/gateway/a");
        request.Headers.Add("ce-type", "health.sentinel.access.v1");

        using var answer = await _feed.SendAsync(request, Cancel);
        var counts = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);

        Assert.Equal((HttpStatusCode.OK, 1), (answer.StatusCode, counts.GetProperty("accepted").GetInt32()));
        Assert.Contains("\"source\":\"/gateway/a\"", Assert.Single(_server.Intake.Accepted).Record, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_search_is_on_the_trail_with_who_asked_what_and_whose_events_were_given_out()
    {
        await PostAsync("AuditEvent", Audit);
        Store();
        await _reader.GetFromJsonAsync<JsonElement>("/fhir/AuditEvent?date=2026&patient=9f3c", Cancel);
        await _reader.GetFromJsonAsync<JsonElement>("/fhir/AuditEvent?date=2026&patient=other", Cancel);
        using var refused = await _reader.GetAsync("/fhir/AuditEvent?patient=9f3c", Cancel);

        var trail = await _reader.GetFromJsonAsync<JsonElement>("/api/v1/audit-reads", Cancel);
        var page = await _reader.GetFromJsonAsync<JsonElement>("/api/v1/audit-reads?limit=1&after=2", Cancel);

        var reads = trail.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["?date=2026&patient=other", "?date=2026&patient=9f3c"], reads.Select(read => read.GetProperty("query").GetString()));
        Assert.All(reads, read => Assert.Equal("token test", read.GetProperty("reader").GetString()));
        Assert.Equal([0, 1], reads.Select(read => read.GetProperty("found").GetInt32()));
        Assert.Equal("9f3c", Assert.Single(reads[1].GetProperty("patients").EnumerateArray()).GetString());
        Assert.Equal(1, Assert.Single(page.GetProperty("items").EnumerateArray()).GetProperty("number").GetInt32());
    }

    private void Store() => _server.Audits.Add([.. _server.Intake.Accepted.Select((accepted, i) => new LogEntry(
        0, i, accepted.Source, DateTimeOffset.UnixEpoch.AddYears(56), Encoding.UTF8.GetBytes(accepted.Record)))]);

    private async Task<(HttpStatusCode, JsonElement)> PostAsync(string path, string body, string type = "application/fhir+json")
    {
        using var content = new StringContent(body, Encoding.UTF8, type);
        using var answer = await _feed.PostAsync($"/fhir/{path}".TrimEnd('/'), content, Cancel);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel));
    }
}

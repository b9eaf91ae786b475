using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Dashboard.Tests.Api;

public sealed class HuntsApiTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_are_found_page_by_page_and_who_looked_is_written_down()
    {
        await using var server = await StartAsync();
        using var client = server.Client(Roles.Viewer);

        var first = await client.GetFromJsonAsync<JsonElement>("/api/v1/events/search?q=purpose:%20TREAT&limit=3", Cancel);
        var second = await client.GetFromJsonAsync<JsonElement>(
            "/api/v1/events/search?q=purpose:%20TREAT&limit=3&after=" + first.GetProperty("next").GetString(), Cancel);

        Assert.Equal((5, 3), (first.GetProperty("count").GetInt32(), first.GetProperty("items").GetArrayLength()));
        Assert.Equal(
            ["e-4", "e-3", "e-2", "e-1", "e-0"],
            new[] { first, second }.SelectMany(page => page.GetProperty("items").EnumerateArray())
                .Select(item => item.GetProperty("id").GetString()));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
        var read = server.Reads.Older(long.MaxValue, 10)[^1];
        Assert.Equal(("hunt purpose: TREAT", 3), (read.Query, read.Found));
        Assert.Equal(["patient:2", "patient:3", "patient:4"], read.Patients);
    }

    [Fact]
    public async Task Csv_holds_no_formula()
    {
        await using var server = await StartAsync();
        using var client = server.Client(Roles.Viewer);

        var csv = await client.GetStringAsync("/api/v1/events/search?format=csv", Cancel);

        Assert.Contains("\"'=HYPERLINK(1)\"", csv, StringComparison.Ordinal);
        Assert.Equal(1 + 6, csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("/api/v1/events/search?q=mehtod:%20x", "There is no field 'mehtod'. Did you mean method?")]
    [InlineData("/api/v1/events/search?after=nothing", "Give after as next gave it, and format json or csv.")]
    [InlineData("/api/v1/hunts/rule?q=time%20%3E=%20now-1h", "A rule needs a condition beside times.")]
    public async Task What_cannot_be_searched_is_refused_with_the_reason(string address, string detail)
    {
        await using var server = await StartAsync();
        using var client = server.Client(Roles.Viewer);

        using var answer = await client.GetAsync(address, Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(detail, (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task An_entity_is_told_with_its_ties_and_looking_at_a_patient_is_written_down()
    {
        await using var server = await StartAsync();
        using var client = server.Client(Roles.Analyst);

        var patient = await client.GetFromJsonAsync<JsonElement>("/api/v1/entities/patient/patient%3A1", Cancel);
        using var nobody = await client.GetAsync("/api/v1/entities/actor/nobody", Cancel);
        using var nothing = await client.GetAsync("/api/v1/entities/thing/x", Cancel);

        Assert.Equal(1, patient.GetProperty("history").GetProperty("known").GetProperty("eventCount").GetInt32());
        Assert.Equal("actor-1", patient.GetProperty("history").GetProperty("ties")[0].GetProperty("other").GetProperty("id").GetString());
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (nobody.StatusCode, nothing.StatusCode));
        Assert.Equal(["patient:1"], Assert.Single(server.Reads.Older(long.MaxValue, 10)).Patients);
    }

    [Fact]
    public async Task Hunts_are_kept_and_let_go_by_who_may_triage()
    {
        await using var server = await StartAsync();
        using var analyst = server.Client(Roles.Analyst);
        using var viewer = server.Client(Roles.Viewer);

        using var refused = await viewer.PutAsJsonAsync("/api/v1/hunts/mine", new { q = "" }, Cancel);
        using var unread = await analyst.PutAsJsonAsync("/api/v1/hunts/mine", new { q = "(" }, Cancel);
        using var kept = await analyst.PutAsJsonAsync("/api/v1/hunts/mine", new { q = "purpose: TREAT" }, Cancel);
        var listed = await viewer.GetFromJsonAsync<JsonElement>("/api/v1/hunts", Cancel);
        using var gone = await analyst.DeleteAsync("/api/v1/hunts/mine", Cancel);
        using var goneAlready = await analyst.DeleteAsync("/api/v1/hunts/mine", Cancel);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.BadRequest, HttpStatusCode.OK),
            (refused.StatusCode, unread.StatusCode, kept.StatusCode));
        Assert.Equal("purpose: TREAT", Assert.Single(listed.EnumerateArray().ToList()).GetProperty("query").GetString());
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound), (gone.StatusCode, goneAlready.StatusCode));
    }

    private static async Task<TestServer> StartAsync()
    {
        var server = await TestServer.StartAsync();
        var now = server.Clock.GetUtcNow();
        server.Archive.Add([.. Enumerable.Range(0, 6)
            .Select(i => new LogEntry(0, i, "ledger", now, Encoding.UTF8.GetBytes(FormattableString.Invariant(
            $$"""{"schema":"sentinel.ledger-transaction.v1","id":"e-{{i}}","time":"{{now.UtcDateTime.AddMinutes(i):yyyy-MM-ddTHH:mm:ssZ}}","node":"node:a","actor":"actor-{{i}}","contract":"AccessRegistry","method":"recordAccess","status":"success","subject":"patient:{{i}}","purpose":"{{(i == 5 ? "=HYPERLINK(1)" : "TREAT")}}"}"""))))]);
        return server;
    }
}

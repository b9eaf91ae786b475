using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Tests.Fakes;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Dashboard.Tests.Api;

public sealed class IncidentWorkApiTests
{
    private const string Base = "/api/v1/triage/incidents/";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Incidents_are_merged_and_unmerged_by_the_version_that_was_seen()
    {
        await using var server = await StartAsync();
        using var client = server.Client(Roles.Analyst);
        var seen = await TagAsync(client, "inc-2");

        using var unsaid = await SendAsync(client, "inc-2/merge", new { into = "inc-1", reason = "The same node." });
        using var merged = await SendAsync(client, "inc-2/merge", new { into = "inc-1", reason = "The same node." }, seen);
        using var stale = await SendAsync(client, "inc-2/unmerge", new { reason = "No, it is not." }, seen);
        var head = await client.GetFromJsonAsync<JsonElement>(Base + "inc-1", Cancel);
        using var unmerged = await SendAsync(client, "inc-2/unmerge", new { reason = "No, it is not." }, await TagAsync(client, "inc-2"));

        Assert.Equal(HttpStatusCode.PreconditionRequired, unsaid.StatusCode);
        Assert.Equal((HttpStatusCode.OK, "It is shown in inc-1 from now on."), (merged.StatusCode, await TextOfAsync(merged, "detail")));
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.StatusCode);
        Assert.Equal("inc-2", head.GetProperty("place").GetProperty("parts")[0].GetProperty("incidentId").GetString());
        Assert.Equal("tookIn", head.GetProperty("changes")[1].GetProperty("act").GetString());
        Assert.Equal(HttpStatusCode.OK, unmerged.StatusCode);
        Assert.Equal("unmerged", (await client.GetFromJsonAsync<JsonElement>(Base + "inc-2", Cancel)).GetProperty("changes")[1].GetProperty("act").GetString());
    }

    [Fact]
    public async Task Alerts_are_split_off_and_put_back()
    {
        await using var server = await StartAsync();
        using var client = server.Client(Roles.Responder);

        using var none = await SendAsync(client, "inc-1/split", new { alertIds = Array.Empty<string>(), reason = "Another." }, "*");
        using var split = await SendAsync(client, "inc-1/split", new { alertIds = new[] { "a-2" }, reason = "Another ward." }, "*");
        var madeId = await TextOfAsync(split, "madeId");
        var listed = await client.GetFromJsonAsync<JsonElement>($"/api/v1/triage/queue?q=incident%3A%20{madeId}", Cancel);
        using var undone = await SendAsync(client, $"{madeId}/undo-split", new { reason = "The same ward." }, "*");

        Assert.Equal(
            (HttpStatusCode.BadRequest, HttpStatusCode.OK, HttpStatusCode.OK),
            (none.StatusCode, split.StatusCode, undone.StatusCode));
        Assert.Equal(madeId, listed.GetProperty("items")[0].GetProperty("incidentId").GetString());
        Assert.True((await client.GetFromJsonAsync<JsonElement>(Base + madeId, Cancel)).GetProperty("place").GetProperty("isUndone").GetBoolean());
    }

    [Fact]
    public async Task A_note_needs_no_version_and_the_same_order_is_carried_out_once()
    {
        await using var server = await StartAsync();
        using var client = server.Client(Roles.Analyst);
        client.DefaultRequestHeaders.Add("Idempotency-Key", "note-1");

        using var first = await SendAsync(client, "inc-1/notes", new { text = "<b>Called</b> the ward." });
        using var again = await SendAsync(client, "inc-1/notes", new { text = "<b>Called</b> the ward." });

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, again.StatusCode));
        var note = Assert.Single(await server.Store.IncidentChangesAsync("inc-1", 10, Cancel));
        Assert.Equal("<b>Called</b> the ward.", note.Text);
    }

    [Theory]
    [InlineData("inc-9/notes", HttpStatusCode.NotFound)]
    [InlineData("inc-9/merge", HttpStatusCode.NotFound)]
    [InlineData("inc-1/merge", HttpStatusCode.Conflict)]
    [InlineData("inc-1/unmerge", HttpStatusCode.Conflict)]
    [InlineData("inc-1/undo-split", HttpStatusCode.Conflict)]
    public async Task What_cannot_be_is_refused(string path, HttpStatusCode expected)
    {
        await using var server = await StartAsync();
        using var client = server.Client(Roles.Analyst);

        using var answer = await SendAsync(client, path, new { into = "inc-1", text = "Note.", reason = "Because." }, "*");

        Assert.Equal(expected, answer.StatusCode);
    }

    /// <summary>Three alerts in two incidents.</summary>
    private static async Task<TestServer> StartAsync()
    {
        var server = await TestServer.StartAsync();
        await CommitAsync(server, "inc-1", Sample.Alert("a-1"), Sample.Alert("a-2"));
        await CommitAsync(server, "inc-2", Sample.Alert("b-1"));
        return server;
    }

    private static async Task CommitAsync(TestServer server, string id, params Alert[] alerts)
    {
        IReadOnlyList<Alert> own = [.. alerts.Select(alert => alert with { IncidentId = id })];
        await server.Store.CommitAsync(
            new CaseCommit
            {
                ScoredOffsets = new Dictionary<int, long>(),
                Alerts = own,
                Incidents = [IncidentOfAlerts.Build(id, "Accesses without consent", own)],
            },
            Cancel);
    }

    private static async Task<string> TagAsync(HttpClient client, string id)
    {
        using var answer = await client.GetAsync(Base + id, Cancel);
        return answer.Headers.ETag!.ToString();
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string path, object body, string? seen = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Base + path) { Content = JsonContent.Create(body) };
        if (seen is not null)
            request.Headers.TryAddWithoutValidation("If-Match", seen);
        return await client.SendAsync(request, Cancel);
    }

    private static async Task<string> TextOfAsync(HttpResponseMessage answer, string member) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty(member).GetString()!;
}

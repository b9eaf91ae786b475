using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Api;

public sealed class TriageApiTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_query_is_counted_ordered_over_and_taken_back()
    {
        await using var server = await StartAsync(3);
        using var client = server.Client(Roles.Analyst);
        var count = await client.GetFromJsonAsync<JsonElement>("/api/v1/triage/count?q=severity%3A%20high", Cancel);
        var (number, through) = (count.GetProperty("count").GetInt64(), count.GetProperty("through").GetInt64());

        using var placed = await client.PostAsJsonAsync(
            "/api/v1/triage/orders",
            new { q = "severity: high", through, expectedCount = number, change = new { status = "closed", closeReason = "duplicate", note = "One is enough." } }, Cancel);

        Assert.Equal((3L, HttpStatusCode.Accepted), (number, placed.StatusCode));
        var order = placed.Headers.Location!.ToString();
        await server.Store.StepJobAsync(order.Split('/')[^1], server.Clock.GetUtcNow(), Cancel);
        Assert.Equal("done", (await client.GetFromJsonAsync<JsonElement>(order, Cancel)).GetProperty("state").GetString());
        Assert.Equal(
            ["changed", "changed", "changed"],
            (await client.GetFromJsonAsync<JsonElement>(order + "/items", Cancel)).EnumerateArray().Select(item => item.GetProperty("outcome").GetString()));
        var standing = await client.GetFromJsonAsync<JsonElement>("/api/v1/triage/alerts/alert-1", Cancel);
        Assert.Equal("closed", standing.GetProperty("alert").GetProperty("standing").GetProperty("status").GetString());
        Assert.Equal("One is enough.", standing.GetProperty("changes")[0].GetProperty("note").GetString());
        using var undone = await client.PostAsync(order + "/undo", null, Cancel);
        await server.Store.StepJobAsync(undone.Headers.Location!.ToString().Split('/')[^1], server.Clock.GetUtcNow(), Cancel);
        var open = await client.GetFromJsonAsync<JsonElement>("/api/v1/triage/queue?q=status%3A%20new&limit=2", Cancel);
        Assert.Equal(2, open.GetProperty("items").GetArrayLength());
        Assert.NotNull(open.GetProperty("next").GetString());
    }

    [Theory]
    [InlineData("/api/v1/triage/count?q=severty%3A%20high", "There is no field 'severty'. Did you mean severity?")]
    [InlineData("/api/v1/triage/queue?q=score%20%3E%20much", "'much' is no number.")]
    [InlineData("/api/v1/triage/groups?by=reason", "Alerts cannot be grouped by 'reason'. (Parameter 'name')")]
    [InlineData("/api/v1/triage/suppressions/preview?q=(", "Something is missing at the end. A condition such as severity: high goes here.")]
    public async Task A_query_that_cannot_be_read_is_told_what_is_wrong(string address, string detail)
    {
        await using var server = await StartAsync(1);
        using var client = server.Client(Roles.Viewer);

        using var answer = await client.GetAsync(address, Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(detail, (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Alerts_are_changed_by_name_and_a_change_that_cannot_be_is_refused()
    {
        await using var server = await StartAsync(2);
        using var client = server.Client(Roles.Responder);

        using var changed = await ChangeAsync(client, new { status = "acknowledged", assignee = "ana" }, "alert-0", "alert-1");
        using var unreasoned = await ChangeAsync(client, new { status = "closed" }, "alert-0");
        using var unknown = await ChangeAsync(client, new { status = "acknowledged" }, "nothing");
        using var none = await client.PostAsJsonAsync("/api/v1/triage/changes", new { alertIds = Array.Empty<string>() }, Cancel);

        Assert.Equal("2 of 2 changed.", await DetailOf(changed));
        Assert.Equal((HttpStatusCode.Conflict, "Closing an alert takes a reason."), (unreasoned.StatusCode, await DetailOf(unreasoned)));
        Assert.Equal((HttpStatusCode.Conflict, "There is no such alert."), (unknown.StatusCode, await DetailOf(unknown)));
        Assert.Equal(HttpStatusCode.BadRequest, none.StatusCode);
    }

    [Fact]
    public async Task A_suppression_is_previewed_begun_listed_and_ended()
    {
        await using var server = await StartAsync(2);
        using var client = server.Client(Roles.Analyst);

        var preview = await client.GetFromJsonAsync<JsonElement>("/api/v1/triage/suppressions/preview?q=severity%3A%20high", Cancel);
        using var begun = await client.PostAsJsonAsync(
            "/api/v1/triage/suppressions", new { q = "severity: high", reason = "Migration tonight.", hours = 8 }, Cancel);
        using var endless = await client.PostAsJsonAsync("/api/v1/triage/suppressions", new { q = "*", reason = "Too long.", hours = 1e9 }, Cancel);
        var live = await client.GetFromJsonAsync<JsonElement>("/api/v1/triage/suppressions", Cancel);
        using var ended = await client.DeleteAsync("/api/v1/triage/suppressions/" + live[0].GetProperty("id").GetString(), Cancel);

        Assert.Equal(2, preview.GetProperty("hiddenCount").GetInt64());
        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.OK),
            (begun.StatusCode, endless.StatusCode, ended.StatusCode));
        Assert.Equal(0, (await client.GetFromJsonAsync<JsonElement>("/api/v1/triage/suppressions", Cancel)).GetArrayLength());
    }

    [Fact]
    public async Task A_detectors_stage_is_changed_with_a_reason_and_kept()
    {
        await using var server = await StartAsync(0);
        using var client = server.Client(Roles.DetectionEngineer);

        using var changed = await client.PutAsJsonAsync("/api/v1/detection/rarity/stage", new { stage = "shadow", reason = "Too loud in ward 3." }, Cancel);
        using var mute = await client.PutAsJsonAsync("/api/v1/detection/rarity/strictness", new { strictness = 2, reason = "Louder." }, Cancel);
        var kept = await server.Store.TuningAsync(Cancel);

        Assert.Equal("rarity: stage shadow, from the next events on.", await DetailOf(changed));
        Assert.Equal(HttpStatusCode.Conflict, mute.StatusCode);
        Assert.Equal(("rarity", "Too loud in ward 3."), (kept.Changes.Single().Name, kept.Changes[0].Reason));
        var answer = await client.GetFromJsonAsync<JsonElement>("/api/v1/detection", Cancel);
        Assert.Equal("shadow", answer.GetProperty("tuning").GetProperty("tuning").GetProperty("stages").GetProperty("rarity").GetString());
    }

    private static async Task<TestServer> StartAsync(int alerts)
    {
        var server = await TestServer.StartAsync();
        await server.Store.CommitAsync(
            new CaseCommit
            {
                ScoredOffsets = new Dictionary<int, long>(),
                Alerts = [.. Enumerable.Range(0, alerts).Select(i => SomeCase.Alert($"alert-{i}"))],
            },
            Cancel);
        return server;
    }

    private static Task<HttpResponseMessage> ChangeAsync(HttpClient client, object change, params string[] alertIds) =>
        client.PostAsJsonAsync("/api/v1/triage/changes", new { alertIds, change }, Cancel);

    private static async Task<string?> DetailOf(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("detail").GetString();
}

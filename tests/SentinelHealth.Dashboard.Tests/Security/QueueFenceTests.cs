using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Tests.Fakes;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Queries;
using SentinelHealth.Response.Storage;
using SentinelHealth.Response.Triage;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Security;

/// <summary>Attacks on the queue by programs of hospital-b: whatever the route and the role, nothing beyond its alerts is told or changed.</summary>
public sealed class QueueFenceTests : IAsyncLifetime
{
    private static readonly string[] Theirs = ["both", "of-b"], NotTheirs = ["disguised", "of-a", "of-nobody"];

    private TestServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Every role that reads.</summary>
    public static TheoryData<string> Readers => [.. Policies.Table[Policies.View]];

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _server.Monitor.Nodes.AddRange([NodeOf(Sample.Node, "hospital-a"), NodeOf(Sample.OtherNode, "hospital-b")]);
        await CommitAsync(
            Sample.Alert("of-a"), Sample.Alert("of-b") with { Entity = Sample.OtherNode },
            Sample.Alert("both") with { RelatedEntities = [Sample.OtherNode] },
            Sample.Alert("of-nobody") with { Entity = new EntityRef(EntityType.Actor, "did:x") },
            Sample.Alert("disguised") with { Entity = new EntityRef(EntityType.Actor, Sample.OtherNode.Id) });
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task Reading_tells_nothing_of_others(string role)
    {
        using var client = ClientOf(role);
        var (orderId, suppressionId) = await OfEveryoneAsync();

        Assert.Equal(Theirs, (await ItemsAsync(client, "queue?limit=500")).Select(item => item.GetProperty("alert").GetProperty("id").GetString()).Order());
        Assert.Equal(2, (await client.GetFromJsonAsync<JsonElement>("/api/v1/triage/count", Cancel)).GetProperty("count").GetInt64());
        Assert.Equal(2, (await ItemsAsync(client, "groups?by=source,severity,about")).Sum(group => group.GetProperty("count").GetInt64()));
        Assert.Equal(2, (await ItemsAsync(client, "bars?from=2026-11-01T00:00:00Z&to=2026-11-03T00:00:00Z"))
            .Sum(bar => bar.GetProperty("counts").EnumerateArray().Sum(count => count.GetInt64())));
        Assert.Empty(await ItemsAsync(client, "orders"));
        Assert.Empty(await ItemsAsync(client, $"orders/{orderId}/items"));
        Assert.Empty(await ItemsAsync(client, "suppressions?live=false"));
        // "both" touches another organization's node: it is not theirs to hide.
        Assert.Equal(1, (await client.GetFromJsonAsync<JsonElement>("/api/v1/triage/suppressions/preview?q=*", Cancel)).GetProperty("hiddenCount").GetInt64());
        foreach (var path in (string[])[.. NotTheirs.Select(id => $"alerts/{id}"), $"orders/{orderId}"])
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/api/v1/triage/" + path, Cancel)).StatusCode);
        Assert.NotEmpty(suppressionId);
    }

    [Theory]
    [InlineData("not (entity: nothing)")]
    [InlineData("id: * or id: of-a")]
    [InlineData("(id: of-a) or (not id: of-a)")]
    [InlineData("entities:{ type: node and id: node:hospital-a-1 } or id: *")]
    [InlineData("not not id: *")]
    public async Task No_query_reaches_over_the_fence(string query)
    {
        using var client = ClientOf(Roles.Analyst);

        var found = await ItemsAsync(client, $"queue?limit=500&q={Uri.EscapeDataString(query.Replace("node:h", "node\\:h", StringComparison.Ordinal))}");

        Assert.Equal(Theirs, found.Select(item => item.GetProperty("alert").GetProperty("id").GetString()).Order());
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task Changing_reaches_only_theirs_and_only_by_those_who_triage(string role)
    {
        using var client = ClientOf(role);
        var mayTriage = Policies.Table[Policies.Triage].Contains(role);

        using var named = await client.PostAsJsonAsync(
            "/api/v1/triage/changes", new { alertIds = Theirs.Concat(NotTheirs), change = new { status = "acknowledged" } }, Cancel);
        using var ordered = await client.PostAsJsonAsync(
            "/api/v1/triage/orders", new { q = "", through = long.MaxValue, change = new { assignee = "mallory" } }, Cancel);
        foreach (var job in await _server.Store.JobsAsync(TriageJobState.Running, 10, Cancel))
            await _server.Store.StepJobAsync(job.Id, _server.Clock.GetUtcNow(), Cancel);

        Assert.Equal(mayTriage ? HttpStatusCode.OK : HttpStatusCode.Forbidden, named.StatusCode);
        Assert.Equal(mayTriage ? HttpStatusCode.Accepted : HttpStatusCode.Forbidden, ordered.StatusCode);
        Assert.Equal(mayTriage ? Theirs : [], await ChangedAsync());
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task Orders_and_suppressions_of_everyone_cannot_be_touched(string role)
    {
        using var client = ClientOf(role);
        var (orderId, suppressionId) = await OfEveryoneAsync();
        var refusal = Policies.Table[Policies.Triage].Contains(role) ? HttpStatusCode.NotFound : HttpStatusCode.Forbidden;

        using var undone = await client.PostAsync($"/api/v1/triage/orders/{orderId}/undo", null, Cancel);
        using var stopped = await client.PostAsync($"/api/v1/triage/orders/{orderId}/cancel", null, Cancel);
        using var ended = await client.DeleteAsync($"/api/v1/triage/suppressions/{suppressionId}", Cancel);

        Assert.Equal((refusal, refusal), (undone.StatusCode, stopped.StatusCode));
        Assert.Equal(refusal == HttpStatusCode.NotFound ? HttpStatusCode.Conflict : refusal, ended.StatusCode);
        Assert.Single(await _server.Store.JobsAsync(null, 10, Cancel));
        Assert.Single(await _server.Store.SuppressionsAsync(_server.Clock.GetUtcNow(), 10, Cancel));
    }

    [Fact]
    public async Task Their_suppression_hides_what_is_theirs_alone()
    {
        using var client = ClientOf(Roles.Analyst);

        using var begun = await client.PostAsJsonAsync("/api/v1/triage/suppressions", new { q = "*", reason = "Quiet, please.", hours = 24 }, Cancel);
        var at = _server.Clock.GetUtcNow();
        await CommitAsync(
            Sample.Alert("new-a") with { At = at }, Sample.Alert("new-b") with { At = at, Entity = Sample.OtherNode },
            Sample.Alert("new-both") with { At = at, RelatedEntities = [Sample.OtherNode] },
            Sample.Alert("new-disguised") with { At = at, Entity = new EntityRef(EntityType.Actor, Sample.OtherNode.Id) });

        Assert.Equal(HttpStatusCode.OK, begun.StatusCode);
        var hidden = await _server.Store.QueueAsync(new QueryExists(AlertFields.Schema.Find("suppression")!), long.MaxValue, 0, 10, Cancel);
        Assert.Equal(["new-b"], hidden.Select(item => item.Alert.Id));
        var listed = Assert.Single(await ItemsAsync(client, "suppressions"));
        using var other = ClientOf(Roles.Analyst, "hospital-a");
        Assert.Empty(await ItemsAsync(other, "suppressions"));
        using var ended = await client.DeleteAsync("/api/v1/triage/suppressions/" + listed.GetProperty("id").GetString(), Cancel);
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
    }

    [Fact]
    public async Task Their_order_is_theirs_to_follow_and_take_back_and_nobody_elses()
    {
        using var client = ClientOf(Roles.Analyst);
        using var other = ClientOf(Roles.Analyst, "hospital-a");
        using var placed = await client.PostAsJsonAsync(
            "/api/v1/triage/orders", new { q = "id: *", through = long.MaxValue, expectedCount = 2, change = new { assignee = "bea" } }, Cancel);
        var order = placed.Headers.Location!.ToString();
        await _server.Store.StepJobAsync(order.Split('/')[^1], _server.Clock.GetUtcNow(), Cancel);

        Assert.Equal(Theirs, (await client.GetFromJsonAsync<JsonElement>(order + "/items", Cancel)).EnumerateArray()
            .Select(item => item.GetProperty("alertId").GetString()).Order());
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync(order, Cancel)).StatusCode);
        using var stolen = await other.PostAsync(order + "/undo", null, Cancel);
        using var undone = await client.PostAsync(order + "/undo", null, Cancel);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.Accepted), (stolen.StatusCode, undone.StatusCode));
    }

    [Fact]
    public async Task An_organization_without_nodes_sees_nothing()
    {
        using var client = ClientOf(Roles.Administrator, "hospital-c");

        Assert.Empty(await ItemsAsync(client, "queue"));
        Assert.Equal(0, (await client.GetFromJsonAsync<JsonElement>("/api/v1/triage/count", Cancel)).GetProperty("count").GetInt64());
        using var changed = await client.PostAsJsonAsync(
            "/api/v1/triage/changes", new { alertIds = Theirs, change = new { status = "acknowledged" } }, Cancel);
        Assert.Equal(HttpStatusCode.Conflict, changed.StatusCode);
        Assert.Empty(await ChangedAsync());
    }

    [Fact]
    public async Task Scorecards_count_their_alerts_alone_and_nobodys_decisions()
    {
        _server.Monitor.Detection = new DetectionStatus(true, new(true, null, 0.5, 100, 1, 1, 2, 0.1, 0.1, 7))
        {
            Scorecards = [new DetectorScorecard("consent.missing", DetectorStage.Enforced, 9_999, 777, 55, 44, 33)],
        };
        using (var engineer = _server.Client(Roles.DetectionEngineer))
            await engineer.PutAsJsonAsync("/api/v1/detection/rarity/stage", new { stage = "shadow", reason = "Ward 3 of hospital-a." }, Cancel);
        using var client = ClientOf(Roles.DetectionEngineer);

        var text = await client.GetStringAsync("/api/v1/detection", Cancel);
        using var set = await client.PutAsJsonAsync("/api/v1/detection/rarity/stage", new { stage = "retired", reason = "Blind them all." }, Cancel);

        Assert.Equal(HttpStatusCode.Forbidden, set.StatusCode);
        var card = JsonDocument.Parse(text).RootElement.GetProperty("status").GetProperty("scorecards")[0];
        Assert.Equal((2, 0), (card.GetProperty("alertCount").GetInt64(), card.GetProperty("confirmedCount").GetInt32()));
        Assert.DoesNotContain("777", text, StringComparison.Ordinal);
        Assert.DoesNotContain("9999", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Ward 3", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task Incidents_are_seen_whole_where_theirs_are_in_and_moved_only_where_nothing_else_is(string role)
    {
        await DetectAsync("inc-b", Sample.Alert("b-1") with { Entity = Sample.OtherNode });
        await DetectAsync("inc-b2", Sample.Alert("b-2") with { Entity = Sample.OtherNode }, Sample.Alert("b-3") with { Entity = Sample.OtherNode });
        await DetectAsync("inc-shared", Sample.Alert("s-1") with { RelatedEntities = [Sample.OtherNode] });
        await DetectAsync("inc-a", Sample.Alert("a-1"));
        using var client = ClientOf(role);
        client.DefaultRequestHeaders.TryAddWithoutValidation("If-Match", "*");
        var (done, refused, hidden) = Policies.Table[Policies.Triage].Contains(role)
            ? (HttpStatusCode.OK, HttpStatusCode.Conflict, HttpStatusCode.NotFound)
            : (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden);

        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/api/v1/triage/incidents/inc-a", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/triage/incidents/inc-shared", Cancel)).StatusCode);
        Assert.Equal(hidden, await AskAsync("inc-a/notes"));
        Assert.Equal(done, await AskAsync("inc-shared/notes"));
        Assert.Equal(hidden, await AskAsync("inc-b/merge", "inc-a"));
        Assert.Equal(hidden, await AskAsync("inc-a/merge", "inc-b"));
        Assert.Equal(refused, await AskAsync("inc-b/merge", "inc-shared"));
        Assert.Equal(refused, await AskAsync("inc-shared/merge", "inc-b"));
        Assert.Equal(hidden, await AskAsync("inc-a/split"));
        Assert.Equal(done, await AskAsync("inc-b/merge", "inc-b2"));
        Assert.Equal(done, await AskAsync("inc-b/unmerge"));
        Assert.Equal(0, (await _server.Store.PlaceAsync("inc-shared", Cancel))!.Revision + (await _server.Store.PlaceAsync("inc-a", Cancel))!.Revision);

        async Task<HttpStatusCode> AskAsync(string path, string into = "")
        {
            using var answer = await client.PostAsJsonAsync(
                "/api/v1/triage/incidents/" + path, new { into, text = "Ours.", reason = "Because.", alertIds = new[] { "a-1" } }, Cancel);
            return answer.StatusCode;
        }
    }

    private async Task DetectAsync(string id, params Alert[] alerts)
    {
        IReadOnlyList<Alert> own = [.. alerts.Select(alert => alert with { IncidentId = id })];
        await _server.Store.CommitAsync(
            new CaseCommit
            {
                ScoredOffsets = new Dictionary<int, long>(),
                Alerts = own,
                Incidents = [IncidentOfAlerts.Build(id, "Accesses without consent", own)],
            },
            Cancel);
    }

    private static NodeStatus NodeOf(EntityRef node, string organization) =>
        new(node.Id, organization, Sample.At, 1, IsValidator: false, IsQuarantined: false, IsSilent: false);

    private HttpClient ClientOf(string role, string organization = "hospital-b")
    {
        var client = _server.Client();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            _server.Services.GetRequiredService<ApiTokens>().Create(new TokenWish("limited", role) { Organizations = [organization] }, "root").Secret);
        return client;
    }

    private async Task CommitAsync(params Alert[] alerts) =>
        await _server.Store.CommitAsync(new CaseCommit { ScoredOffsets = new Dictionary<int, long>(), Alerts = alerts }, Cancel);

    /// <summary>An order and a suppression by somebody who sees everything.</summary>
    private async Task<(string OrderId, string SuppressionId)> OfEveryoneAsync()
    {
        using var client = _server.Client(Roles.Analyst);
        using var placed = await client.PostAsJsonAsync(
            "/api/v1/triage/orders", new { q = "id: nothing", through = long.MaxValue, change = new { status = "acknowledged" } }, Cancel);
        using var begun = await client.PostAsJsonAsync("/api/v1/triage/suppressions", new { q = "source: x", reason = "Of everyone.", hours = 4 }, Cancel);
        return (placed.Headers.Location!.ToString().Split('/')[^1], (await ItemsAsync(client, "suppressions"))[0].GetProperty("id").GetString()!);
    }

    private async Task<IReadOnlyList<string>> ChangedAsync() =>
        [.. (await _server.Store.QueueAsync(new QueryAll(), long.MaxValue, 0, 100, Cancel))
            .Where(item => item.Standing.Revision > 0).Select(item => item.Alert.Id).Order(StringComparer.Ordinal)];

    private static async Task<IReadOnlyList<JsonElement>> ItemsAsync(HttpClient client, string path)
    {
        var answer = await client.GetFromJsonAsync<JsonElement>("/api/v1/triage/" + path, Cancel);
        return [.. (answer.ValueKind == JsonValueKind.Array ? answer : answer.GetProperty("items")).EnumerateArray()];
    }
}

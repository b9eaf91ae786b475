using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Tests.Fakes;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Monitoring;

namespace SentinelHealth.Dashboard.Tests.Security;

/// <summary>Somebody who is limited to hospital-b sees what touches its nodes, and every way to the rest is closed.</summary>
public sealed class OrganizationScopeTests : IAsyncLifetime
{
    /// <summary>What keeps to organizations. Anything else is closed to those who are limited, so a new route is closed until it is listed here.</summary>
    private static readonly string[] Open =
    [
        "GET /api/v1/alerts", "GET /api/v1/alerts/{id}", "GET /api/v1/incidents", "GET /api/v1/incidents/{id}", "GET /api/v1/actions",
        "GET /api/v1/actions/{key}", "GET /api/v1/changes", "GET /api/v1/me/", "GET /api/v1/me/sessions", "DELETE /api/v1/me/sessions/{id}",
        "GET /api/v1/triage/fields", "GET /api/v1/triage/queue", "GET /api/v1/triage/count", "GET /api/v1/triage/groups", "GET /api/v1/triage/bars",
        "GET /api/v1/triage/alerts/{id}", "POST /api/v1/triage/changes", "GET /api/v1/triage/orders", "POST /api/v1/triage/orders",
        "GET /api/v1/triage/orders/{id}", "GET /api/v1/triage/orders/{id}/items", "POST /api/v1/triage/orders/{id}/undo",
        "POST /api/v1/triage/orders/{id}/cancel", "GET /api/v1/triage/suppressions", "POST /api/v1/triage/suppressions",
        "GET /api/v1/triage/suppressions/preview", "DELETE /api/v1/triage/suppressions/{id}", "GET /api/v1/detection",
        "GET /api/v1/triage/incidents/{id}", "POST /api/v1/triage/incidents/{id}/notes", "POST /api/v1/triage/incidents/{id}/merge",
        "POST /api/v1/triage/incidents/{id}/unmerge", "POST /api/v1/triage/incidents/{id}/split",
        "POST /api/v1/triage/incidents/{id}/undo-split", "GET /api/v1/triage/views", "PUT /api/v1/triage/views/{name}",
        "POST /api/v1/triage/views/{name}/rename", "DELETE /api/v1/triage/views/{name}", "PUT /api/v1/triage/default-view",
        "GET /api/v1/events/search", "GET /api/v1/events/fields", "GET /api/v1/entities", "GET /api/v1/entities/{type}/{id}",
        "GET /api/v1/hunts/rule", "GET /hunt", "POST /hunt", "GET /entities", "POST /entities", "GET /entities/{Kind}/{Id}",
        "POST /entities/{Kind}/{Id}",
        "GET /alerts", "POST /alerts", "GET /detections", "POST /detections",
        "GET /incidents", "POST /incidents", "GET /incidents/{Id}", "POST /incidents/{Id}",
        "GET /settings", "POST /settings", "GET /settings/{Section}", "POST /settings/{Section}",
        "GET /_blazor", "GET /_blazor/disconnect/", "GET /_blazor/initializers/", "GET /_blazor/negotiate",
    ];

    private TestServer _server = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _server.Monitor.Nodes.AddRange([NodeOf(Sample.Node, "hospital-a"), NodeOf(Sample.OtherNode, "hospital-b")]);
        _server.Cases.Alerts.AddRange([
            Sample.Alert("of-a"), Sample.Alert("of-b") with { Entity = Sample.OtherNode, IncidentId = "i-b" },
            Sample.Alert("both") with { RelatedEntities = [Sample.OtherNode] },
            Sample.Alert("of-nobody") with { Entity = new EntityRef(EntityType.Actor, "did:x") }]);
        _server.Cases.Incidents.AddRange([
            Sample.Incident("i-1"), Sample.Incident("i-b") with { Principal = Sample.OtherNode, Entities = [Sample.OtherNode] }]);
        _server.Cases.Actions.AddRange([
            Sample.Action("0x01"), Sample.Action("0x02") with { Target = new EntityRef(EntityType.Actor, "did:y"), IncidentId = "i-b" }]);
        _client = ClientOf(Roles.Analyst, "hospital-b");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Lists_hold_what_touches_a_node_of_theirs()
    {
        Assert.Equal(["of-b", "both"], await IdsAsync("/api/v1/alerts", "id"));
        Assert.Equal(["i-b"], await IdsAsync("/api/v1/incidents", "id"));
        Assert.Equal(["0x02"], await IdsAsync("/api/v1/actions", "key"));
    }

    [Theory]
    [InlineData("/api/v1/alerts/of-b", HttpStatusCode.OK)]
    [InlineData("/api/v1/alerts/of-a", HttpStatusCode.NotFound)]
    [InlineData("/api/v1/alerts/of-nobody", HttpStatusCode.NotFound)]
    [InlineData("/api/v1/incidents/i-b", HttpStatusCode.OK)]
    [InlineData("/api/v1/incidents/i-1", HttpStatusCode.NotFound)]
    [InlineData("/api/v1/actions/0x02", HttpStatusCode.OK)]
    [InlineData("/api/v1/actions/0x01", HttpStatusCode.NotFound)]
    public async Task What_is_not_theirs_does_not_exist_for_them(string path, HttpStatusCode expected)
    {
        using var answer = await _client.GetAsync(path);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Paging_ends_and_loses_nothing_of_theirs()
    {
        var seen = new List<string>();
        for (var next = (string?)""; next is not null;)
        {
            var page = await _client.GetFromJsonAsync<JsonElement>($"/api/v1/alerts?limit=1{(next.Length > 0 ? "&after=" + next : "")}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(alert => alert.GetProperty("id").GetString()!));
            next = page.GetProperty("next").GetString();
        }

        Assert.Equal(["of-b", "both"], seen);
    }

    [Fact]
    public async Task Every_route_that_is_not_known_to_keep_to_organizations_is_closed_to_them()
    {
        var failures = new List<string>();
        foreach (var role in Roles.OfTokens.Where(role => role != Roles.Administrator))
        {
            using var client = ClientOf(role, "hospital-b");
            foreach (var route in RouteTable.Of(_server).Where(route => !route.IsAnonymous && !Open.Contains(route.ToString())))
            {
                if (await route.AskAsync(client) != HttpStatusCode.Forbidden)
                    failures.Add($"{role} {route} is open. Close it, or let it keep to organizations and list it in {nameof(OrganizationScopeTests)}.");
            }
        }

        Assert.True(failures.Count == 0, string.Join("\n", failures));
        Assert.Empty(_server.Responder.Orders);
    }

    [Fact]
    public async Task The_routes_that_keep_to_organizations_are_open_to_them()
    {
        foreach (var route in RouteTable.Of(_server).Where(route => Open.Contains(route.ToString())))
            Assert.NotEqual(HttpStatusCode.Forbidden, await route.AskAsync(_client));
    }

    private static NodeStatus NodeOf(EntityRef node, string organization) =>
        new(node.Id, organization, Sample.At, 1, IsValidator: false, IsQuarantined: false, IsSilent: false);

    private HttpClient ClientOf(string role, string organization)
    {
        var wish = new TokenWish("limited", role) { Organizations = [organization] };
        Assert.Equal("", wish.Problem());
        var client = _server.Client();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", _server.Services.GetRequiredService<ApiTokens>().Create(wish, "root").Secret);
        return client;
    }

    private async Task<List<string?>> IdsAsync(string path, string name) =>
        [.. (await _client.GetFromJsonAsync<JsonElement>(path)).GetProperty("items").EnumerateArray().Select(item => item.GetProperty(name).GetString())];
}

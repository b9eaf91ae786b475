using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Tests.Fakes;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Dashboard.Tests.Api;

public sealed class CasesApiTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private HttpClient _viewer = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _viewer = _server.Client(Roles.Viewer);
    }

    public async ValueTask DisposeAsync()
    {
        _viewer.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_list_is_walked_page_by_page_along_its_links()
    {
        for (var i = 0; i < 5; i++)
            _server.Cases.Alerts.Add(Sample.Alert($"a-{i}"));
        var seen = new List<string>();

        for (var next = "/api/v1/alerts?limit=2"; next is not null;)
        {
            using var answer = await _viewer.GetAsync(next);
            var page = await answer.Content.ReadFromJsonAsync<JsonElement>();
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            next = answer.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
            Assert.Equal(next is null, page.GetProperty("next").ValueKind == JsonValueKind.Null);
        }

        Assert.Equal(["a-0", "a-1", "a-2", "a-3", "a-4"], seen);
    }

    [Fact]
    public async Task An_alert_is_written_as_in_every_other_place()
    {
        _server.Cases.Alerts.Add(Sample.Alert());

        var text = await _viewer.GetStringAsync("/api/v1/alerts/a-1");

        Assert.Equal(JsonSerializer.Serialize(Sample.Alert(), AlertJson.Options), text);
    }

    [Fact]
    public async Task Filters_reach_the_store()
    {
        using var answer = await _viewer.GetAsync(
            "/api/v1/alerts?severityMin=high&kind=rule&source=consent.missing&entityId=node:a&incidentId=i-1&text=x&from=2026-11-02T00:00:00Z&to=2026-11-03T00:00:00%2B01:00");

        var filter = _server.Cases.LastAlertFilter!;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal((Severity.High, AlertKind.Rule, "consent.missing"), (filter.SeverityMin!.Value, filter.Kind!.Value, filter.Source));
        Assert.Equal(("node:a", "i-1", "x"), (filter.EntityId, filter.CaseId, filter.Text));
        Assert.Equal(new DateTimeOffset(2026, 11, 2, 23, 0, 0, TimeSpan.Zero), filter.To);
    }

    [Fact]
    public async Task Several_states_are_given_with_commas()
    {
        using var answer = await _viewer.GetAsync("/api/v1/actions?states=confirmed,reconciled");

        Assert.Equal([ActionState.Confirmed, ActionState.Reconciled], _server.Cases.LastActionFilter!.States!);
    }

    [Theory]
    [InlineData("/api/v1/alerts?limit=0", "limit")]
    [InlineData("/api/v1/alerts?limit=501", "limit")]
    [InlineData("/api/v1/alerts?limit=-1", "limit")]
    [InlineData("/api/v1/alerts?severityMin=3", "severityMin")]
    [InlineData("/api/v1/alerts?severityMin=awful", "severityMin")]
    [InlineData("/api/v1/alerts?from=yesterday", "from")]
    [InlineData("/api/v1/alerts?severty=high", "severty")]
    [InlineData("/api/v1/alerts?source=a&source=b", "source")]
    [InlineData("/api/v1/incidents?kind=rule", "kind")]
    [InlineData("/api/v1/actions?states=confirmed,gone", "states")]
    public async Task A_parameter_that_is_not_understood_is_refused_by_name(string path, string name)
    {
        using var answer = await _viewer.GetAsync(path);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.True(problem.GetProperty("errors").TryGetProperty(name, out _), problem.ToString());
    }

    [Theory]
    [InlineData("/api/v1/alerts/none")]
    [InlineData("/api/v1/incidents/none")]
    [InlineData("/api/v1/actions/none")]
    [InlineData("/api/v1/nothing")]
    public async Task What_does_not_exist_is_a_problem_document(string path)
    {
        using var answer = await _viewer.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task An_action_comes_with_its_history()
    {
        _server.Cases.Actions.Add(Sample.Action());

        var answer = await _viewer.GetFromJsonAsync<JsonElement>("/api/v1/actions/0x01");

        Assert.Equal("quarantineNode", answer.GetProperty("action").GetProperty("kind").GetString());
        Assert.Equal("confirmed", answer.GetProperty("history")[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task The_network_shows_the_conservation_account()
    {
        var network = await _viewer.GetFromJsonAsync<JsonElement>("/api/v1/network");

        Assert.Equal(3, network.GetProperty("conservation").GetProperty("received").GetInt64());
        Assert.Equal(0, network.GetProperty("conservation").GetProperty("imbalance").GetInt64());
    }

    [Fact]
    public async Task The_description_names_every_route_of_the_api()
    {
        var document = await _viewer.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        var paths = document.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToList();
        Assert.Contains("/api/v1/alerts", paths);
        Assert.Contains("/api/v1/actions/{key}/undo", paths);
        Assert.DoesNotContain("/sign-in", paths);
    }
}

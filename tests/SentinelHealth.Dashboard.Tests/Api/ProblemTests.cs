using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Tests.Security;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Api;

/// <summary>Refusals are problem documents, whoever refused and whatever the caller accepts.</summary>
public sealed class ProblemTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData(Roles.Metrics, HttpStatusCode.Forbidden)]
    public async Task Every_route_tells_who_may_not_why_in_a_document(string? role, HttpStatusCode expected)
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Client(role);
        client.DefaultRequestHeaders.TryAddWithoutValidation("Accept", "text/html");
        var routes = RouteTable.Of(server).Where(route =>
            route.Pattern.StartsWith("/api", StringComparison.Ordinal) || route.Pattern.StartsWith("/access", StringComparison.Ordinal)).ToList();

        foreach (var route in routes)
        {
            using var request = route.Request();
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
            // Everybody may ask who they are.
            if (role is not null && route.Pattern.StartsWith("/api/v1/me", StringComparison.Ordinal) && answer.IsSuccessStatusCode)
                continue;
            Assert.True(answer.StatusCode == expected, $"{route}: {answer.StatusCode}");
            await HoldsAsync(answer, route.ToString());
        }

        Assert.True(routes.Count >= 80, $"Only {routes.Count} routes were asked.");
    }

    [Theory]
    [InlineData("GET", "/api/v1/nothing", null, HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/v1/alerts/nothing", null, HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/v1/triage/orders/nothing", null, HttpStatusCode.NotFound)]
    [InlineData("GET", "/access/v1/nothing", null, HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/api/v1/alerts", null, HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/api/v1/alerts?limit=0", null, HttpStatusCode.BadRequest)]
    [InlineData("GET", "/api/v1/triage/groups", null, HttpStatusCode.BadRequest)]
    [InlineData("POST", "/api/v1/triage/changes", "{", HttpStatusCode.BadRequest)]
    [InlineData("POST", "/api/v1/triage/changes", """{"alertIds":["nothing"],"change":{"status":"acknowledged"}}""", HttpStatusCode.Conflict)]
    [InlineData("POST", "/access/v1/evaluation", "[]", HttpStatusCode.BadRequest)]
    public async Task What_cannot_be_done_is_told_in_a_document(string method, string path, string? body, HttpStatusCode expected)
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Client(Roles.Administrator);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var answer = await client.SendAsync(request, Cancel);

        Assert.Equal(expected, answer.StatusCode);
        await HoldsAsync(answer, path);
    }

    [Fact]
    public async Task Two_people_at_once_and_an_order_sent_twice_are_told_in_a_document()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Client(Roles.Administrator);
        await server.Store.CommitAsync(
            new CaseCommit { ScoredOffsets = new Dictionary<int, long>(), Alerts = [SomeCase.Alert("a")] }, Cancel);

        foreach (var (status, expected) in new[] { ("acknowledged", HttpStatusCode.OK), ("new", HttpStatusCode.UnprocessableEntity) })
        {
            using var order = new HttpRequestMessage(HttpMethod.Post, "/api/v1/triage/changes");
            order.Headers.Add("Idempotency-Key", "once");
            order.Content = JsonContent.Create(new { alertIds = new[] { "a" }, change = new { status } });
            using var answer = await client.SendAsync(order, Cancel);
            Assert.Equal(expected, answer.StatusCode);
            if (expected != HttpStatusCode.OK)
                await HoldsAsync(answer, "the same key again");
        }
    }

    [Fact]
    public async Task Another_sites_request_and_too_many_are_told_in_a_document()
    {
        await using var server = await TestServer.StartAsync(requestsPerSecondMax: 1);
        using var client = server.Client(Roles.Administrator);
        using var foreign = new HttpRequestMessage(HttpMethod.Post, "/api/v1/triage/changes");
        foreign.Headers.TryAddWithoutValidation("Origin", "https://elsewhere.example");
        using var refused = await client.SendAsync(foreign, Cancel);
        HttpResponseMessage tooMany;
        do
        {
            tooMany = await client.GetAsync("/api/v1/alerts", Cancel);
        }
        while (tooMany.StatusCode == HttpStatusCode.OK);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.TooManyRequests), (refused.StatusCode, tooMany.StatusCode));
        Assert.NotNull(tooMany.Headers.RetryAfter);
        await HoldsAsync(refused, "another site");
        await HoldsAsync(tooMany, "too many");
        tooMany.Dispose();
    }

    [Fact]
    public async Task A_fault_is_told_in_a_document_that_says_nothing_about_it()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Client(Roles.Administrator);
        server.Store.Dispose();

        using var answer = await client.GetAsync("/api/v1/triage/queue", Cancel);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        await HoldsAsync(answer, "a fault");
        Assert.DoesNotContain("Exception", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_that_asks_for_plain_text_gets_the_sentence_alone()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Client(Roles.Access);
        client.DefaultRequestHeaders.Add("Accept", "text/plain");

        using var answer = await client.PostAsync("/access/v1/evaluation", new StringContent("[]", System.Text.Encoding.UTF8, "application/json"), Cancel);

        Assert.Equal(("text/plain", "The body is no JSON object."), (answer.Content.Headers.ContentType?.MediaType, await answer.Content.ReadAsStringAsync(Cancel)));
    }

    private static async Task HoldsAsync(HttpResponseMessage answer, string what)
    {
        Assert.True(answer.Content.Headers.ContentType?.MediaType == "application/problem+json", $"{what}: {answer.Content.Headers.ContentType}");
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal((int)answer.StatusCode, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        Assert.NotEmpty(problem.GetProperty("type").GetString()!);
    }
}

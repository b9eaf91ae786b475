using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Tests.Fakes;
using SentinelHealth.Response.Approvals;

namespace SentinelHealth.Dashboard.Tests.Api;

public sealed class OrdersApiTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private HttpClient _responder = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _server.Cases.Actions.Add(Sample.Action());
        _responder = _server.Client(Roles.Responder);
    }

    public async ValueTask DisposeAsync()
    {
        _responder.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task An_undo_carries_who_and_why()
    {
        using var answer = await _responder.PostAsJsonAsync("/api/v1/actions/0x01/undo", new { reason = "False alarm." });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["undo 0x01 by token test: False alarm."], _server.Responder.Orders);
    }

    [Fact]
    public async Task Keeping_a_containment_longer_carries_until_when_who_and_why()
    {
        using var answer = await _responder.PostAsJsonAsync(
            "/api/v1/actions/0x01/renew", new { until = "2026-11-02T12:00:00Z", reason = "Still looking." });
        using var without = await _responder.PostAsJsonAsync("/api/v1/actions/0x01/renew", new { reason = "Still looking." });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(without.IsSuccessStatusCode);
        Assert.Equal(["renew 0x01 until 2026-11-02 12:00:00Z by token test: Still looking."], _server.Responder.Orders);
    }

    [Fact]
    public async Task A_refused_order_is_a_conflict_that_says_why()
    {
        _server.Responder.Outcome = new(false, "The requester may not approve.");

        using var answer = await _responder.PostAsync("/api/v1/actions/0x01/approve", null);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("The requester may not approve.", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task An_order_that_takes_a_fresh_sign_in_is_challenged_and_not_refused()
    {
        _server.Responder.Outcome = new(false, "Sign in again.") { NeedsSignIn = true };

        using var answer = await _responder.PostAsync("/api/v1/actions/0x01/approve", null);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("insufficient_user_authentication", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal("fresh-sign-in", problem.GetProperty("needs").GetString());
    }

    [Fact]
    public async Task A_guardrail_that_refuses_an_order_is_named()
    {
        _server.Responder.Outcome = new(false, "The cap is spent.") { Guardrail = "cap-per-kind" };

        using var answer = await _responder.PostAsync("/api/v1/actions/0x01/approve", null);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("cap-per-kind", problem.GetProperty("guardrail").GetString());
    }

    [Fact]
    public async Task How_many_have_approved_stands_with_the_action()
    {
        _server.Responder.Standing = new(ApprovedStep.Contain, 2, [new("ada", Sample.At, Sample.At.AddHours(1), "0x")], Sample.At.AddDays(1));

        var action = await _responder.GetFromJsonAsync<JsonElement>("/api/v1/actions/0x01");

        var approvals = action.GetProperty("approvals");
        Assert.Equal((2, "ada"), (approvals.GetProperty("needed").GetInt32(), approvals.GetProperty("given")[0].GetProperty("approvedBy").GetString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"reason\":\"\"}")]
    [InlineData("{\"reason\":\"  a  \"}")]
    [InlineData("{\"reason\":42}")]
    [InlineData("[\"reason\"]")]
    public async Task An_order_without_a_reason_does_nothing(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _responder.PostAsync("/api/v1/actions/0x01/undo", content);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Empty(_server.Responder.Orders);
    }

    [Fact]
    public async Task An_order_about_nothing_is_not_passed_on()
    {
        using var answer = await _responder.PostAsync("/api/v1/actions/0xff/approve", null);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(_server.Responder.Orders);
    }

    [Fact]
    public async Task The_kill_switch_is_read_and_set()
    {
        var before = await _responder.GetStringAsync("/api/v1/kill-switch");
        using var answer = await _responder.PutAsJsonAsync("/api/v1/kill-switch", new { position = "on" });

        Assert.Equal("{\"position\":\"off\"}", before);
        Assert.Equal("{\"position\":\"on\"}", await answer.Content.ReadAsStringAsync());
        Assert.Equal(["kill switch On by token test"], _server.Responder.Orders);
    }

    [Theory]
    [InlineData("{\"position\":\"halfway\"}")]
    [InlineData("{\"position\":null}")]
    [InlineData("{}")]
    public async Task The_kill_switch_has_two_positions(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _responder.PutAsync("/api/v1/kill-switch", content);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(_server.Responder.Orders);
    }
}

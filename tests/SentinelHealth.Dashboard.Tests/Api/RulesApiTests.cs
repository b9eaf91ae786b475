using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Detection.Lifecycle;

namespace SentinelHealth.Dashboard.Tests.Api;

public class RulesApiTests
{
    [Fact]
    public async Task Rules_are_listed_by_name_with_stage_counts_author_and_licence()
    {
        await using var server = await TestServer.StartAsync();
        server.Monitor.RuleCounts["sigma.payment"] = new(7, new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero));
        using var client = server.Client(Roles.Viewer);

        var first = await client.GetFromJsonAsync<JsonElement>("/api/v1/rules?limit=1", TestContext.Current.CancellationToken);
        var rule = Assert.Single(first.GetProperty("items").EnumerateArray());

        Assert.Equal("sigma.payment", rule.GetProperty("name").GetString());
        Assert.Equal(("enforced", 7L, "A. Author", "DRL 1.1"), (
            rule.GetProperty("stage").GetString(), rule.GetProperty("matchCount").GetInt64(), rule.GetProperty("author").GetString(),
            rule.GetProperty("license").GetString()));
        Assert.Equal("attack.t1685", Assert.Single(rule.GetProperty("tags").EnumerateArray()).GetString());
        Assert.Equal("bad.yml", Assert.Single(first.GetProperty("problems").EnumerateArray()).GetProperty("file").GetString());
        var next = first.GetProperty("next").GetString();
        var second = await client.GetFromJsonAsync<JsonElement>($"/api/v1/rules?after={next}", TestContext.Current.CancellationToken);
        Assert.Equal("sigma.refund", Assert.Single(second.GetProperty("items").EnumerateArray()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_detection_engineer_promotes_a_rule_with_a_reason()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Client(Roles.DetectionEngineer);
        var cancel = TestContext.Current.CancellationToken;

        using var bare = await client.PutAsJsonAsync("/api/v1/rules/sigma.refund/stage", new { stage = "enforced" }, cancel);
        using var unknown = await client.PutAsJsonAsync("/api/v1/rules/sigma.none/stage", new { stage = "enforced", reason = "Quiet for a week." }, cancel);
        using var done = await client.PutAsJsonAsync("/api/v1/rules/sigma.refund/stage", new { stage = "enforced", reason = "Quiet for a week." }, cancel);

        Assert.Equal(
            [HttpStatusCode.BadRequest, HttpStatusCode.NotFound, HttpStatusCode.OK],
            [bare.StatusCode, unknown.StatusCode, done.StatusCode]);
        var answer = await done.Content.ReadFromJsonAsync<JsonElement>(cancel);
        Assert.Equal("Quiet for a week.", answer.GetProperty("decision").GetProperty("reason").GetString());
        Assert.True(answer.GetProperty("isAlerting").GetBoolean());
        Assert.Equal(DetectorStage.Enforced, server.Rules.Current.Rules.Single(rule => rule.Name == "sigma.refund").Stage);
    }
}

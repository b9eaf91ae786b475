using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using SentinelHealth.Dashboard.Security;

namespace SentinelHealth.Dashboard.Tests.Api;

public sealed class BacktestsApiTests : IAsyncLifetime
{
    private const string Start = "/api/v1/backtests";
    private TestServer _server = null!;
    private HttpClient _responder = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _responder = _server.Client(Roles.Responder);
    }

    public async ValueTask DisposeAsync()
    {
        _responder.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_backtest_is_ordered_followed_read_compared_and_forgotten()
    {
        using var accepted = await _responder.PostAsJsonAsync(
            Start, new { from = "2026-11-02T00:00:00Z", modes = new { x = "automatic" }, limits = new { actorsPerWindowMax = 1 } }, Cancel);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        var job = accepted.Headers.Location!;

        var done = await UntilOverAsync(job);

        Assert.Equal(("done", "token test", 1.0), (Text(done, "state"), Text(done, "orderedBy"), done.GetProperty("share").GetDouble()));
        Assert.Equal("automatic", done.GetProperty("order").GetProperty("modes").GetProperty("x").GetString());
        var result = await _responder.GetStringAsync(job + "/result", Cancel);
        Assert.Equal(0, JsonDocument.Parse(result.TrimEnd().Split('\n')[^1]).RootElement.GetProperty("events").GetInt32());
        Assert.Contains("mode: automatic", await _responder.GetStringAsync(job + "/policy", Cancel), StringComparison.Ordinal);
        Assert.Empty((await _responder.GetFromJsonAsync<JsonElement>(job + "/comparison", Cancel)).GetProperty("rows").EnumerateArray());
        Assert.Single((await _responder.GetFromJsonAsync<JsonElement>(Start, Cancel)).EnumerateArray());
        Assert.Equal(HttpStatusCode.OK, (await _responder.DeleteAsync(job, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _responder.GetAsync(job, Cancel)).StatusCode);
    }

    [Fact]
    public async Task One_that_runs_tells_its_progress_and_is_cancelled()
    {
        _server.Log.Add("simulated", "{}");
        _server.Log.Gate = new TaskCompletionSource().Task;
        using var accepted = await _responder.PostAsJsonAsync(Start, new { }, Cancel);
        var job = accepted.Headers.Location!;

        Assert.Equal(HttpStatusCode.NotFound, (await _responder.GetAsync(job + "/result", Cancel)).StatusCode);
        using var cancelled = await _responder.DeleteAsync(job, Cancel);

        Assert.Equal("It is being cancelled.", Text(await cancelled.Content.ReadFromJsonAsync<JsonElement>(Cancel), "detail"));
        Assert.Equal("cancelled", Text(await UntilOverAsync(job), "state"));
    }

    [Theory]
    [InlineData("{\"playbooks\":\"name: x\\nmode: sometimes\\nactions: []\"}", "playbooks:2")]
    [InlineData("{\"from\":\"2026-11-03T00:00:00Z\",\"until\":\"2026-11-02T00:00:00Z\"}", "ends before it begins")]
    [InlineData("{\"modes\":{\"nobody\":\"observe\"}}", "nobody")]
    [InlineData("{\"limits\":{\"nodesPerWindowMax\":-1}}", "NodesPerWindowMax")]
    public async Task An_order_that_makes_no_sense_is_refused_with_what_is_wrong(string body, string problem)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _responder.PostAsync(Start, content, Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(problem, await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Empty(_server.Backtests.Jobs);
    }

    [Theory]
    [InlineData("{\"limits\":{\"nodesPerWindow\":1}}")]
    [InlineData("{\"policy\":\"name: x\"}")]
    [InlineData("{\"modes\":{\"x\":\"sometimes\"}}")]
    [InlineData("{\"modes\":")]
    public async Task A_member_that_is_not_known_is_refused_and_not_passed_over(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _responder.PostAsync(Start, content, Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(_server.Backtests.Jobs);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    /// <summary>The job as the API tells it once the desk says that it is over.</summary>
    private async Task<JsonElement> UntilOverAsync(Uri job)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            if (_server.Backtests.Jobs.All(known => known.IsOver))
                over.TrySetResult();
        }
        _server.Backtests.Changed += Look;
        Look();
        await over.Task.WaitAsync(Cancel);
        _server.Backtests.Changed -= Look;
        return await _responder.GetFromJsonAsync<JsonElement>(job, Cancel);
    }
}

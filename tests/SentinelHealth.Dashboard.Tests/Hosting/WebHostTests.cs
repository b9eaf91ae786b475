using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Security;

namespace SentinelHealth.Dashboard.Tests.Hosting;

public sealed class WebHostTests
{
    [Fact]
    public async Task Liveness_says_only_that_the_process_lives()
    {
        await using var server = await TestServer.StartAsync();
        server.Ledger.IsDown = true;
        using var client = server.Client();

        Assert.Equal("{\"status\":\"alive\"}", await client.GetStringAsync("/healthz"));
    }

    [Fact]
    public async Task Readiness_follows_the_pump_and_the_ledger()
    {
        await using var server = await TestServer.StartAsync();
        var readiness = server.Services.GetRequiredService<Readiness>();
        using var client = server.Client();

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "notReady"), await StatusAsync(client));
        readiness.Stage = MonitorStage.Warming;
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "warming"), await StatusAsync(client));
        readiness.Stage = MonitorStage.Running;
        Assert.Equal((HttpStatusCode.OK, "ready"), await StatusAsync(client));
        server.Ledger.IsDown = true;
        server.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "notReady"), await StatusAsync(client));
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/sign-in")]
    [InlineData("/api/v1/alerts")]
    public async Task Every_answer_forbids_foreign_scripts_frames_and_sniffing(string path)
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Client();

        using var answer = await client.GetAsync(path);

        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("same-origin", answer.Headers.GetValues("Referrer-Policy").Single());
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Fact]
    public async Task A_caller_that_asks_too_much_is_told_when_to_come_back()
    {
        await using var server = await TestServer.StartAsync(requestsPerSecondMax: 1);
        using var client = server.Client(Roles.Viewer);
        var answers = new List<HttpResponseMessage>();

        for (var i = 0; i < 4; i++)
            answers.Add(await client.GetAsync("/api/v1/alerts"));

        var refused = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.True(refused.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        answers.ForEach(answer => answer.Dispose());
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Client(Roles.Responder);
        using var content = new ByteArrayContent(new byte[(1 << 20) + 1]);
        content.Headers.ContentType = new("application/json");

        using var answer = await client.PutAsync("/api/v1/kill-switch", content);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task A_stream_tells_of_changes_and_lets_go_of_the_monitor_when_it_ends()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Client(Roles.Viewer);
        using var answer = await client.GetAsync("/api/v1/changes", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());

        var first = await EventAsync(reader);
        server.Monitor.Change();
        var second = await EventAsync(reader);

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(("alive", "changed"), (first, second));
        Assert.True(server.Monitor.HasListeners);
    }

    [Theory]
    [InlineData(false, "alive")]
    [InlineData(true, "changed")]
    public async Task A_stream_that_was_cut_off_tells_at_once_whether_anything_was_missed(bool hasChanged, string expected)
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Client(Roles.Viewer);
        string? last;
        using (var first = await client.GetAsync("/api/v1/changes", HttpCompletionOption.ResponseHeadersRead))
        {
            using var cut = new StreamReader(await first.Content.ReadAsStreamAsync());
            last = await LineAsync(cut, "id: ");
        }
        if (hasChanged)
            server.Monitor.Change();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Last-Event-ID", last);

        using var again = await client.GetAsync("/api/v1/changes", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await again.Content.ReadAsStreamAsync());

        Assert.Equal(expected, await EventAsync(reader));
    }

    private static async Task<(HttpStatusCode, string?)> StatusAsync(HttpClient client)
    {
        using var answer = await client.GetAsync("/readyz");
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetString());
    }

    private static Task<string> EventAsync(StreamReader reader) => LineAsync(reader, "event: ");

    private static async Task<string> LineAsync(StreamReader reader, string start)
    {
        while (await reader.ReadLineAsync() is { } line)
            if (line.StartsWith(start, StringComparison.Ordinal))
                return line[start.Length..];
        return "end";
    }
}

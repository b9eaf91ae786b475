using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using SentinelHealth.Response.Verification;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Evidence;

namespace SentinelHealth.Integration.Tests;

/// <summary>What a newcomer sees who types one command, asked of the API without a token.</summary>
public sealed class DemoTests
{
    private static readonly TimeSpan ContainedWithin = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_first_attack_is_contained_within_a_minute_of_going_live()
    {
        await using var demo = SentinelProcess.Start(new Dictionary<string, string>(), "demo", "--urls", "http://127.0.0.1:0");
        var line = await demo.LineAsync("open http");
        using var visitor = new HttpClient { BaseAddress = new Uri(line.Split(' ').Single(word => word.StartsWith("http", StringComparison.Ordinal))) };
        Assert.Equal("warming", await StatusAsync(visitor));
        await demo.LineAsync("Live.");
        var liveSince = TimeProvider.System.GetTimestamp();

        var contained = default(JsonElement);
        await Patience.UntilAsync(
            async () => (contained = await ContainedAsync(visitor)).ValueKind == JsonValueKind.Object, () => demo.Said);

        Assert.True(TimeProvider.System.GetElapsedTime(liveSince) < ContainedWithin, $"It took {TimeProvider.System.GetElapsedTime(liveSince)}.");
        var incident = await visitor.GetFromJsonAsync<JsonElement>($"/api/v1/incidents/{contained.GetProperty("incidentId").GetString()}");
        Assert.Contains(
            contained.GetProperty("target").GetProperty("id").GetString(),
            incident.GetProperty("entities").EnumerateArray().Select(entity => entity.GetProperty("id").GetString()));
        Assert.Equal(0, await ImbalanceAsync(visitor));
        await PackIsAcceptedAsync(visitor, contained.GetProperty("incidentId").GetString()!);
        var exitCode = await demo.StopAsync();
        Assert.True(exitCode == 0, $"It ended with {exitCode}.\n{demo.Said}");
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://127.0.0.1:0;http://[::]:0")]
    [InlineData("http://example.org:0")]
    public async Task The_demonstration_listens_on_this_machine_only(string urls)
    {
        await using var demo = SentinelProcess.Start(new Dictionary<string, string>(), "demo", "--urls", urls);

        await Patience.UntilAsync(() => demo.HasExited, () => demo.Said);

        Assert.Equal(2, demo.ExitCode);
    }

    [Fact]
    public async Task A_stray_variable_does_not_make_the_demonstration_listen_elsewhere()
    {
        var environment = new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = "http://0.0.0.0:0",
            ["Kestrel__Endpoints__Open__Url"] = "http://0.0.0.0:0",
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
        };
        await using var demo = SentinelProcess.Start(environment, "demo", "--urls", "http://127.0.0.1:0");

        await demo.LineAsync("open http://127.0.0.1:");

        Assert.DoesNotContain("0.0.0.0", demo.Said, StringComparison.Ordinal);
    }

    private static async Task<string?> StatusAsync(HttpClient visitor)
    {
        using var answer = await visitor.GetAsync("/readyz");
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetString();
    }

    private static async Task<JsonElement> ContainedAsync(HttpClient visitor)
    {
        var actions = await visitor.GetFromJsonAsync<JsonElement>("/api/v1/actions?states=confirmed,reconciled");
        return actions.GetProperty("items").EnumerateArray().FirstOrDefault();
    }

    /// <summary>A stranger accepts the incident's pack, and a person can read the report in it.</summary>
    private static async Task PackIsAcceptedAsync(HttpClient visitor, string incidentId)
    {
        var pack = await visitor.GetByteArrayAsync($"/api/v1/incidents/{incidentId}/evidence?reason=test");
        var verdict = PackVerifier.Verify(pack, new PackTrust { AcceptsPending = true });
        Assert.Empty(verdict.Problems);
        var files = PackMutator.Read(pack);
        Assert.StartsWith("%PDF", Encoding.ASCII.GetString(files["report/report.pdf"], 0, 4), StringComparison.Ordinal);
        Assert.Contains("<!DOCTYPE html>", Encoding.UTF8.GetString(files["report/report.html"]), StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<long> ImbalanceAsync(HttpClient visitor)
    {
        var network = await visitor.GetFromJsonAsync<JsonElement>("/api/v1/network");
        return network.GetProperty("conservation").GetProperty("imbalance").GetInt64();
    }
}

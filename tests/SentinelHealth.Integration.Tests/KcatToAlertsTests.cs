using System.Text.Json;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Kafka;

namespace SentinelHealth.Integration.Tests;

/// <summary>The whole way through Kafka: another client writes events, the running product scores them, another client reads what it found.</summary>
public sealed class KcatToAlertsTests(ITestOutputHelper output) : IDisposable
{
    private const string Malformed = """{"schema":"sentinel.biometric-query.v1","id":"no-actor"}""";

    private readonly KafkaTestCluster _cluster = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _cluster.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Events_from_a_topic_become_alerts_and_actions_in_topics_and_what_is_malformed_a_dead_letter()
    {
        foreach (var topic in new[] { "ledger.transactions", "biometric.queries", "sentinel.events", "alerts", "actions", "dead-letters" })
            _cluster.CreateTopic(topic, 3);
        await using var server = SentinelProcess.Start(Settings(), "serve", "--data", _folder.File("data"));
        await server.LineAsync("answers at");

        await Kcat.RunAsync([Malformed], "-b", _cluster.Bootstrap, "-P", "-t", "biometric.queries", "-z", "snappy");
        await Kcat.RunAsync(Attack(), "-b", _cluster.Bootstrap, "-P", "-t", "ledger.transactions", "-p", "0", "-z", "zstd");

        var alert = JsonDocument.Parse(await FirstOfAsync("alerts", "%s\n", server)).RootElement;
        var action = JsonDocument.Parse(await FirstOfAsync("actions", "%s\n", server)).RootElement;
        var letter = await FirstOfAsync("dead-letters", "%s %h\n", server);
        Assert.NotEmpty(alert.GetProperty("reason").GetString()!);
        Assert.NotEmpty(alert.GetProperty("eventIds").EnumerateArray());
        Assert.NotEmpty(action.GetProperty("key").GetString()!);
        Assert.StartsWith(Malformed, letter, StringComparison.Ordinal);
        Assert.Contains("x-exception-type=MissingField", letter, StringComparison.Ordinal);
        Assert.Contains("x-original-topic=biometric.queries", letter, StringComparison.Ordinal);
        Assert.Equal(0, await server.StopAsync());
    }

    private Dictionary<string, string> Settings() => new()
    {
        ["SENTINELHEALTH__Web__Urls__0"] = "http://127.0.0.1:0",
        ["SENTINELHEALTH__Kafka__BootstrapServers"] = _cluster.Bootstrap,
        ["SENTINELHEALTH__Kafka__SessionTimeout"] = "00:00:06",
        ["SENTINELHEALTH__Log__Kind"] = "Kafka",
        ["SENTINELHEALTH__Sources__Kafka__0__Name"] = "network",
        ["SENTINELHEALTH__Publish__AlertsTopic"] = "alerts",
        ["SENTINELHEALTH__Publish__ActionsTopic"] = "actions",
        ["SENTINELHEALTH__Publish__DeadLettersTopic"] = "dead-letters",
    };

    private IReadOnlyList<string> Attack()
    {
        var start = new DateTimeOffset(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);
        return AttackedNetwork.Of(TestSeed.Next(output), start, eventsPerDay: 2_000, attackHour: 8).Records;
    }

    private async Task<string> FirstOfAsync(string topic, string format, SentinelProcess server)
    {
        IReadOnlyList<string> lines = [];
        await Patience.UntilAsync(
            async () =>
            {
                lines = await Kcat.RunAsync(
                    [], "-b", _cluster.Bootstrap, "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-f", format);
                return lines.Count > 0;
            },
            () => $"Nothing came to {topic}.\n{server.Said}");
        return lines[0];
    }
}

using System.Text.Json;
using SentinelHealth.Integration.Tests.Postgres;
using SentinelHealth.Testing;

namespace SentinelHealth.Integration.Tests;

/// <summary>The monitor as processes with roles of their own, on brokers, a database and a chain that they share.</summary>
public sealed class ClusterTests(PostgresFixture postgres, ITestOutputHelper output)
{
    private const int Partitions = 4;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Workers_share_the_partitions_come_and_go_and_one_process_shows_and_contains_what_they_find()
    {
        var start = new DateTimeOffset(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);
        var (records, attacker) = AttackedNetwork.Of(TestSeed.Next(output), start, eventsPerDay: 2_000, attackHour: 14);
        await using var cluster = await SentinelCluster.StartAsync(Partitions, postgres.Server);
        await using var main = cluster.Start("main", "respond,dashboard");
        await using var first = cluster.Start("worker-1", "ingest,detect");
        using var api = await cluster.ConnectAsync(main, "main");
        await first.LineAsync("answers at");
        var half = records.Count / 2;
        await cluster.FeedAsync("ledger.transactions", records.Take(half));
        await ScoredAsync(api, half, main, first);

        // A second one takes half of the partitions over, and then all of them.
        await using var second = cluster.Start("worker-2", "ingest,detect");
        await second.LineAsync("Partition");
        Assert.Equal(0, await first.StopAsync());
        await cluster.FeedAsync("ledger.transactions", records.Skip(half));
        await ScoredAsync(api, records.Count, main, second);

        var why = "";
        await Patience.UntilAsync(
            async () =>
            {
                why = await WhyAsync(api, attacker);
                return await cluster.Witness.IsQuarantinedAsync(attacker);
            },
            () => $"{why}\n{main.Said}\n{second.Said}");
        Assert.Equal(1, await cluster.Witness.QuarantineCountAsync(attacker));
        Assert.Equal([attacker], await cluster.Witness.QuarantinedNodesAsync());
        // The archive of the process that shows things has what the others scored.
        await Patience.UntilAsync(
            async () => (await api.JsonAsync("/api/v1/events/search?q=*&limit=1")).GetProperty("count").GetInt64() == records.Count,
            () => main.Said);
        var network = await api.JsonAsync("/api/v1/network");
        output.WriteLine(network.ToString());
        Assert.Contains(network.GetProperty("nodes").EnumerateArray(), node => node.GetProperty("id").GetString() == attacker);
        Assert.Equal(0, await second.StopAsync());
        Assert.Equal(0, await main.StopAsync());
    }

    /// <summary>What was said and decided about the attacker, for the message of a failing test.</summary>
    private static async Task<string> WhyAsync(SentinelApi api, string attacker) => string.Join('\n',
        await api.JsonAsync($"/api/v1/alerts?entityId={Uri.EscapeDataString(attacker)}&limit=20"),
        await api.JsonAsync($"/api/v1/actions?targetId={Uri.EscapeDataString(attacker)}"),
        await api.JsonAsync("/api/v1/refusals?limit=20"));

    /// <summary>Waits until everything that was fed has been scored, and holds the account against it: nothing lost, nothing twice.</summary>
    private static async Task ScoredAsync(SentinelApi api, int fed, params SentinelProcess[] processes)
    {
        JsonElement account = default;
        await Patience.UntilAsync(
            async () =>
            {
                account = (await api.JsonAsync("/api/v1/network")).GetProperty("conservation");
                return account.GetProperty("scored").GetInt64() >= fed && account.GetProperty("waiting").GetInt64() == 0;
            },
            () => $"{account}\n{string.Join("\n---\n", processes.Select(process => process.Said))}");
        Assert.Equal(fed, account.GetProperty("scored").GetInt64());
        Assert.Equal(fed, account.GetProperty("received").GetInt64() - account.GetProperty("filtered").GetInt64());
    }
}

using SentinelHealth.Testing;

namespace SentinelHealth.Integration.Tests;

/// <summary>The whole path on a real node, with the program in a process of its own.</summary>
public sealed class ContainmentOnChainTests(ITestOutputHelper output)
{
    private static readonly HashSet<string?> InForce = ["confirmed", "reconciled"];

    [Fact]
    public async Task A_node_that_attacks_the_network_is_quarantined_on_chain()
    {
        await using var network = await WatchedNetwork.StartAsync();
        await using var sentinel = network.Serve();
        using var api = await SentinelApi.ConnectAsync(sentinel, network.DataFolder);

        var attacker = await network.AttackAsync(TestSeed.Next(output));

        await Patience.UntilAsync(() => network.Witness.IsQuarantinedAsync(attacker), () => sentinel.Said);
        await Patience.UntilAsync(async () => InForce.Contains(await api.StateOfAsync(attacker)), () => sentinel.Said);
        Assert.Equal(1, await network.Witness.QuarantineCountAsync(attacker));
        Assert.Equal([attacker], await network.Witness.QuarantinedNodesAsync());
        Assert.Equal(0, await sentinel.StopAsync());
    }

    [Theory]
    [InlineData(StallPoint.BeforeTheNode)]
    [InlineData(StallPoint.BeforeTheAnswer)]
    public async Task A_kill_between_decision_and_answer_leaves_exactly_one_effect(StallPoint point)
    {
        await using var network = await WatchedNetwork.StartAsync();
        await using var proxy = await StallingProxy.StartAsync(network.Endpoint, point, network.GuardAddress);
        await using var first = network.Serve(proxy.Endpoint);
        await first.LineAsync("answers at");
        var attacker = await network.AttackAsync(TestSeed.Next(output));
        await Patience.UntilAsync(() => proxy.Stalled.IsCompleted, () => first.Said);
        await first.KillAsync();
        var before = await network.Witness.QuarantineCountAsync(attacker);

        proxy.Mend();
        await using var second = network.Serve(proxy.Endpoint);
        using var api = await SentinelApi.ConnectAsync(second, network.DataFolder);

        await Patience.UntilAsync(async () => InForce.Contains(await api.StateOfAsync(attacker)), () => second.Said);
        Assert.Equal(point == StallPoint.BeforeTheNode ? 0 : 1, before);
        Assert.True(await network.Witness.IsQuarantinedAsync(attacker));
        Assert.Equal(1, await network.Witness.QuarantineCountAsync(attacker));
    }
}

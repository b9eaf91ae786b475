using static SentinelHealth.Contracts.Tests.GuardNetwork;

namespace SentinelHealth.Contracts.Tests;

public sealed class GuardLimitTests
{
    private const int Node = 0;
    private const long DaySeconds = 24 * HourSeconds;

    [Fact]
    public async Task A_containment_may_last_as_long_as_the_limit_and_not_a_second_longer()
    {
        await using var guard = await StartAsync();

        Assert.Null(await guard.RefusalAsync("quarantineNode", "node:a-1", 1, DaySeconds));
        Assert.Equal("TtlOutOfRange", await guard.RefusalAsync("quarantineNode", "node:a-1", 1, DaySeconds + 1));
        Assert.Null(await guard.RefusalAsync("quarantineNode", "node:a-1", 1, 1));
        Assert.Equal("TtlOutOfRange", await guard.RefusalAsync("quarantineNode", "node:a-1", 1, 0));
    }

    [Fact]
    public async Task A_containment_lapses_by_itself_at_the_second_it_promised()
    {
        await using var guard = await StartAsync();
        await guard.ContainAsync("quarantineNode", "node:a-1", 1, 1000);
        var until = await UntilAsync(guard, 1);

        await guard.Network.Node.Rpc.CallAsync("evm_setNextBlockTimestamp", CancellationToken.None, until - 1);
        await guard.Network.Node.MineAsync();
        Assert.True(await guard.IsQuarantinedAsync("node:a-1"));
        await guard.Network.Node.Rpc.CallAsync("evm_setNextBlockTimestamp", CancellationToken.None, until);
        await guard.Network.Node.MineAsync();
        Assert.False(await guard.IsQuarantinedAsync("node:a-1"));
    }

    [Fact]
    public async Task The_cap_of_a_kind_holds_within_any_window_and_other_kinds_are_not_counted()
    {
        await using var guard = await StartAsync();
        for (var i = 1; i <= 3; i++)
            await guard.ContainAsync("quarantineNode", $"node:a-{i}", i, 60);

        Assert.Equal("CapReached", await guard.RefusalAsync("quarantineNode", "node:a-4", 4));
        Assert.Null(await guard.RefusalAsync("suspendActor", Doctor, 4));

        await guard.Network.Node.AdvanceAsync(TimeSpan.FromSeconds(HourSeconds - 60));
        Assert.Equal("CapReached", await guard.RefusalAsync("quarantineNode", "node:a-4", 4));
        await guard.Network.Node.AdvanceAsync(TimeSpan.FromSeconds(60));
        Assert.Null(await guard.RefusalAsync("quarantineNode", "node:a-4", 4));
    }

    [Fact]
    public async Task Releasing_does_not_give_back_a_place_under_the_cap()
    {
        await using var guard = await StartAsync();
        for (var i = 1; i <= 3; i++)
        {
            await guard.ContainAsync("quarantineNode", $"node:a-{i}", i);
            await guard.RestoreAsync("releaseNode", $"node:a-{i}", i);
        }

        Assert.Equal("CapReached", await guard.RefusalAsync("quarantineNode", "node:a-4", 4));
    }

    [Fact]
    public async Task A_cap_of_zero_stops_a_kind_and_a_raised_cap_frees_it_at_once()
    {
        await using var guard = await StartAsync();

        await guard.AdministerAsync("setLimits", Node, 0, 6, HourSeconds, DaySeconds);
        Assert.Equal("CapReached", await guard.RefusalAsync("quarantineNode", "node:a-1", 1));
        await guard.AdministerAsync("setLimits", Node, 1, 6, HourSeconds, DaySeconds);
        Assert.Null(await guard.RefusalAsync("quarantineNode", "node:a-1", 1));
    }

    [Fact]
    public async Task A_protected_target_is_refused_until_protection_ends()
    {
        await using var guard = await StartAsync();
        await guard.AdministerAsync("setProtected", 0, "node:emergency", true);
        await guard.AdministerAsync("setProtected", 1, "g-er", true);
        await guard.AdministerAsync("setProtected", 2, Doctor.Did, true);
        await guard.AdministerAsync("setProtected", 3, "ConsentRegistry", true);

        Assert.Equal("TargetProtected", await guard.RefusalAsync("quarantineNode", "node:emergency", 1));
        Assert.Equal("TargetProtected", await guard.RefusalAsync("revokeGrant", "g-er", 1));
        Assert.Equal("TargetProtected", await guard.RefusalAsync("suspendActor", Doctor, 1));
        Assert.Equal("TargetProtected", await guard.RefusalAsync("pauseContract", "ConsentRegistry", 1));
        Assert.Null(await guard.RefusalAsync("revokeGrant", "node:emergency", 1));
        await guard.AdministerAsync("setProtected", 0, "node:emergency", false);
        Assert.Null(await guard.RefusalAsync("quarantineNode", "node:emergency", 1));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 1)] // 2f + 1 would be 1, but QBFT makes no block with fewer than 2 of 3.
    [InlineData(4, 1)]
    [InlineData(5, 1)] // 2f + 1 would be 3, but QBFT needs 4 of 5.
    [InlineData(6, 2)]
    [InlineData(7, 2)]
    [InlineData(10, 3)]
    public async Task A_quarantine_stops_where_the_validators_would_lose_their_quorum(int validators, int quarantinesMax)
    {
        await using var guard = await StartAsync();
        await guard.AdministerAsync("setLimits", Node, 100, 100, HourSeconds, DaySeconds);
        await guard.AdministerAsync("setSafeguards", 600, 200);
        object[] nodes = [.. Enumerable.Range(1, validators).Select(i => $"node:v-{i}")];
        await guard.AdministerAsync("setValidators", [nodes]);

        for (var i = 1; i <= quarantinesMax; i++)
            await guard.ContainAsync("quarantineNode", $"node:v-{i}", i);

        Assert.Equal("QuorumAtRisk", await guard.RefusalAsync("quarantineNode", $"node:v-{quarantinesMax + 1}", 50));
        Assert.Null(await guard.RefusalAsync("quarantineNode", "node:not-a-validator", 51));
    }

    [Fact]
    public async Task A_released_validator_counts_towards_the_quorum_again()
    {
        await using var guard = await StartAsync();
        object[] nodes = ["node:v-1", "node:v-2", "node:v-3", "node:v-4"];
        await guard.AdministerAsync("setValidators", [nodes]);
        await guard.ContainAsync("quarantineNode", "node:v-1", 1);
        Assert.Equal("QuorumAtRisk", await guard.RefusalAsync("quarantineNode", "node:v-2", 2));

        await guard.RestoreAsync("releaseNode", "node:v-1", 1);

        Assert.Null(await guard.RefusalAsync("quarantineNode", "node:v-2", 2));
    }

    [Fact]
    public async Task A_validator_set_with_a_repeated_or_empty_member_is_refused()
    {
        await using var guard = await StartAsync();
        var network = guard.Network;
        object?[] repeated = ["node:v-1", "node:v-1"];
        object?[] empty = ["node:v-1", null];

        Assert.Equal("RepeatedValidator", await network.RefusalAsync(network.Admin, Guard, "setValidators", [repeated]));
        Assert.Equal("EmptyTarget", await network.RefusalAsync(network.Admin, Guard, "setValidators", [empty]));
    }

    private static async Task<long> UntilAsync(GuardNetwork guard, int key)
    {
        var effect = await guard.Network.Contract(Guard).ReadAsync("effectOf", CancellationToken.None, Key(key));
        return (long)(System.Numerics.BigInteger)effect[3];
    }
}

using SentinelHealth.Ingest.Evm;
using static SentinelHealth.Contracts.Tests.GuardNetwork;

namespace SentinelHealth.Contracts.Tests;

public sealed class GuardRoleTests
{
    private const string Unauthorized = "AccessControlUnauthorizedAccount";
    private static readonly string Sentinel = Hex.Data(Keccak256.Hash("SENTINEL_ROLE"));

    [Fact]
    public async Task Automation_can_contain_each_kind()
    {
        await using var guard = await StartAsync();

        await guard.ContainAsync("quarantineNode", "node:a-1", 1);
        await guard.ContainAsync("revokeGrant", "g-5", 2);
        await guard.ContainAsync("suspendActor", Doctor, 3);
        await guard.ContainAsync("pauseContract", "DataToken", 4);

        Assert.True((bool)await guard.Network.ReadAsync(Guard, "isContractPaused", "DataToken"));
        Assert.True(await guard.IsQuarantinedAsync("node:a-1"));
        Assert.True((bool)await guard.Network.ReadAsync(Guard, "isGrantRevoked", "g-5"));
        Assert.True((bool)await guard.Network.ReadAsync(Guard, "isSuspended", Doctor));
    }

    [Fact]
    public async Task Automation_can_do_nothing_but_contain()
    {
        await using var guard = await StartAsync();
        var network = guard.Network;
        await guard.ContainAsync("quarantineNode", "node:a-1", 1);
        await guard.ContainAsync("revokeGrant", "g-5", 2);
        await guard.ContainAsync("suspendActor", Doctor, 3);
        await guard.ContainAsync("pauseContract", "DataToken", 4);

        (string Function, object?[] Values)[] attempts =
        [
            ("releaseNode", ["node:a-1", Key(1), Evidence, "automation"]),
            ("restoreGrant", ["g-5", Key(2), Evidence, "automation"]),
            ("reinstateActor", [Doctor, Key(3), Evidence, "automation"]),
            ("resumeContract", ["DataToken", Key(4), Evidence, "automation"]),
            ("renew", [Key(1), long.MaxValue, Evidence, "automation"]),
            ("setSafeguards", [0, 1000]),
            ("setShare", [0, 10_000]),
            ("setMembership", [0, network.Automation]),
            ("setLimits", [0, 1000, 250, 60, 60]),
            ("setProtected", [0, "node:a-2", true]),
            ("setValidators", [Array.Empty<object>()]),
            ("grantRole", [Sentinel, Doctor]),
            ("revokeRole", [Sentinel, network.Automation]),
            ("pause", []),
            ("unpause", []),
        ];
        foreach (var (function, values) in attempts)
            Assert.Equal(Unauthorized, await network.RefusalAsync(network.Automation, Guard, function, values));
    }

    [Fact]
    public async Task People_can_restore_what_automation_contained_and_cannot_contain()
    {
        await using var guard = await StartAsync();
        await guard.ContainAsync("quarantineNode", "node:a-1", 1);
        await guard.ContainAsync("revokeGrant", "g-5", 2);
        await guard.ContainAsync("suspendActor", Doctor, 3);
        await guard.ContainAsync("pauseContract", "DataToken", 4);

        await guard.RestoreAsync("resumeContract", "DataToken", 4);
        await guard.RestoreAsync("releaseNode", "node:a-1", 1);
        await guard.RestoreAsync("restoreGrant", "g-5", 2);
        await guard.RestoreAsync("reinstateActor", Doctor, 3);

        Assert.False(await guard.IsQuarantinedAsync("node:a-1"));
        Assert.False((bool)await guard.Network.ReadAsync(Guard, "isGrantRevoked", "g-5"));
        Assert.False((bool)await guard.Network.ReadAsync(Guard, "isSuspended", Doctor));
        Assert.False((bool)await guard.Network.ReadAsync(Guard, "isContractPaused", "DataToken"));
        Assert.Equal(Unauthorized,
            await guard.Network.RefusalAsync(guard.Network.Restorer, Guard, "quarantineNode", Order("node:a-2", 9)));
        Assert.Equal(Unauthorized, await guard.Network.RefusalAsync(Doctor, Guard, "quarantineNode", Order("node:a-2", 9)));
    }

    [Fact]
    public async Task One_account_never_holds_both_the_containing_and_a_restoring_role()
    {
        await using var guard = await StartAsync();
        var network = guard.Network;
        var restorer = Hex.Data(Keccak256.Hash("RESTORER_ROLE"));

        Assert.Equal("RolesMustDiffer", await network.RefusalAsync(network.Admin, Guard, "grantRole", restorer, network.Automation));
        Assert.Equal("RolesMustDiffer", await network.RefusalAsync(network.Admin, Guard, "grantRole", Sentinel, network.Restorer));
        Assert.Equal("RolesMustDiffer", await network.RefusalAsync(network.Admin, Guard, "grantRole", Sentinel, network.Admin));
        Assert.Null(await network.RefusalAsync(network.Admin, Guard, "grantRole", Sentinel, Doctor));
    }

    [Fact]
    public async Task The_kill_switch_stops_containing_but_not_restoring_and_only_the_administrator_lifts_it()
    {
        await using var guard = await StartAsync();
        var network = guard.Network;
        await guard.ContainAsync("quarantineNode", "node:a-1", 1);

        await network.SendAsync(network.Restorer, Guard, "pause");

        Assert.Equal("EnforcedPause", await guard.RefusalAsync("quarantineNode", "node:a-2", 2));
        Assert.Equal("EnforcedPause", await guard.RefusalAsync("revokeGrant", "g-5", 2));
        Assert.Equal("EnforcedPause", await guard.RefusalAsync("suspendActor", Doctor, 2));
        Assert.Equal("EnforcedPause", await guard.RefusalAsync("pauseContract", "DataToken", 2));
        await guard.RestoreAsync("releaseNode", "node:a-1", 1);
        Assert.Equal(Unauthorized, await network.RefusalAsync(network.Restorer, Guard, "unpause"));
        await guard.AdministerAsync("unpause");
        Assert.Null(await guard.RefusalAsync("quarantineNode", "node:a-2", 2));
    }
}

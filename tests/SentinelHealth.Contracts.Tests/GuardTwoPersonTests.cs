using SentinelHealth.Ingest.Evm;
using static SentinelHealth.Contracts.Tests.GuardNetwork;

namespace SentinelHealth.Contracts.Tests;

/// <summary>What one key alone cannot do, whoever holds it.</summary>
public sealed class GuardTwoPersonTests
{
    private const long DaySeconds = 24 * HourSeconds;
    private const string Unauthorized = "AccessControlUnauthorizedAccount";

    [Fact]
    public async Task One_restorer_alone_restores_nothing_however_often_they_try()
    {
        await using var guard = await StartAsync();
        var network = guard.Network;
        await guard.ContainAsync("quarantineNode", "node:a-1", 1);
        object?[] release = ["node:a-1", Key(1), Evidence, "person:olga"];

        await network.SendAsync(network.Restorer, Guard, "releaseNode", release);
        await network.SendAsync(network.Restorer, Guard, "releaseNode", release);
        Assert.True(await guard.IsQuarantinedAsync("node:a-1"));

        await network.SendAsync(network.SecondRestorer, Guard, "releaseNode", release);
        Assert.False(await guard.IsQuarantinedAsync("node:a-1"));
    }

    [Fact]
    public async Task Two_people_must_send_the_very_same_call_within_the_hour()
    {
        await using var guard = await StartAsync();
        var network = guard.Network;
        await guard.ContainAsync("quarantineNode", "node:a-1", 1, DaySeconds);
        await guard.ContainAsync("quarantineNode", "node:a-2", 2, DaySeconds);

        await network.SendAsync(network.Restorer, Guard, "releaseNode", "node:a-1", Key(1), Evidence, "person:olga");
        await network.SendAsync(network.SecondRestorer, Guard, "releaseNode", "node:a-2", Key(2), Evidence, "person:olga");
        await network.SendAsync(network.SecondRestorer, Guard, "releaseNode", "node:a-1", Key(1), Evidence, "person:piet");
        Assert.True(await guard.IsQuarantinedAsync("node:a-1"));
        Assert.True(await guard.IsQuarantinedAsync("node:a-2"));

        await network.Node.AdvanceAsync(TimeSpan.FromSeconds(HourSeconds + 1));
        await network.SendAsync(network.SecondRestorer, Guard, "releaseNode", "node:a-1", Key(1), Evidence, "person:olga");
        Assert.True(await guard.IsQuarantinedAsync("node:a-1"));
    }

    [Fact]
    public async Task One_administrator_tightens_at_once_and_loosens_nothing()
    {
        await using var guard = await StartAsync();
        var network = guard.Network;

        await network.SendAsync(network.Admin, Guard, "setLimits", 0, 2, 2, HourSeconds, DaySeconds);
        await network.SendAsync(network.Admin, Guard, "setProtected", 0, "node:er", true);
        await network.SendAsync(network.Admin, Guard, "setSafeguards", 600, 50);
        await network.SendAsync(network.Admin, Guard, "setShare", 2, 1_000);
        Assert.Equal("2", $"{await network.ReadAsync(Guard, "capPerWindow", 0)}");

        (string Function, object?[] Values)[] loosenings =
        [
            ("setLimits", [0, 3, 2, HourSeconds, DaySeconds]),
            ("setLimits", [0, 2, 3, HourSeconds, DaySeconds]),
            ("setLimits", [0, 2, 2, HourSeconds - 1, DaySeconds]),
            ("setLimits", [0, 2, 2, HourSeconds, DaySeconds + 1]),
            ("setProtected", [0, "node:er", false]),
            ("setSafeguards", [599, 50]),
            ("setSafeguards", [600, 51]),
            ("setShare", [2, 1_001]),
            ("setMembership", [2, Doctor]),
            ("setValidators", [new object?[] { "node:v-1" }]),
            ("grantRole", [Hex.Data(Keccak256.Hash("RESTORER_ROLE")), Doctor]),
        ];
        foreach (var (function, values) in loosenings)
        {
            var receipt = await network.SendAsync(network.Admin, Guard, function, values);
            var said = Assert.Single(receipt.Logs);
            Assert.Equal("ConsentGiven", ContractAbi.Load(Guard).EventOf(said.Topics[0])!.Name);
        }
        Assert.Equal("2", $"{await network.ReadAsync(Guard, "capPerWindow", 0)}");
        Assert.Equal("2", $"{await network.ReadAsync(Guard, "liveMax", 0)}");
        Assert.True((bool)await network.ReadAsync(Guard, "isProtected", 0, "node:er"));
        Assert.Equal("0", $"{await network.ReadAsync(Guard, "quorum")}");
        Assert.Equal("600", $"{await network.ReadAsync(Guard, "cooldownSeconds")}");
        Assert.Equal("50", $"{await network.ReadAsync(Guard, "totalLiveMax")}");
        Assert.Equal("1000", $"{await network.ReadAsync(Guard, "shareMax", 2)}");
        Assert.Equal(Unauthorized, await network.RefusalAsync(Doctor, Guard, "pause"));

        await network.SendAsync(network.SecondAdmin, Guard, "setLimits", 0, 3, 2, HourSeconds, DaySeconds);
        Assert.Equal("3", $"{await network.ReadAsync(Guard, "capPerWindow", 0)}");
    }

    [Fact]
    public async Task Starting_automation_again_takes_two_administrators_and_taking_its_key_away_takes_one()
    {
        await using var guard = await StartAsync();
        var network = guard.Network;
        await network.SendAsync(network.Restorer, Guard, "pause");

        await network.SendAsync(network.Admin, Guard, "unpause");
        Assert.True((bool)await network.ReadAsync(Guard, "paused"));
        await network.SendAsync(network.SecondAdmin, Guard, "unpause");
        Assert.False((bool)await network.ReadAsync(Guard, "paused"));

        await network.SendAsync(network.Admin, Guard, "revokeRole", Hex.Data(Keccak256.Hash("SENTINEL_ROLE")), network.Automation);
        Assert.Equal(Unauthorized, await guard.RefusalAsync("quarantineNode", "node:a-1", 1));
    }

    [Fact]
    public async Task A_consent_is_void_when_its_giver_lost_the_role()
    {
        await using var guard = await StartAsync();
        var network = guard.Network;
        await guard.ContainAsync("quarantineNode", "node:a-1", 1);
        object?[] release = ["node:a-1", Key(1), Evidence, "person:olga"];
        await network.SendAsync(network.Restorer, Guard, "releaseNode", release);
        await guard.AdministerAsync("revokeRole", Hex.Data(Keccak256.Hash("RESTORER_ROLE")), network.Restorer);

        await network.SendAsync(network.SecondRestorer, Guard, "releaseNode", release);

        Assert.True(await guard.IsQuarantinedAsync("node:a-1"));
    }
}

using SentinelHealth.Ingest.Evm;
using static SentinelHealth.Contracts.Tests.GuardNetwork;

namespace SentinelHealth.Contracts.Tests;

/// <summary>What a cap per kind does not see: one organization, one target again and again, everything together.</summary>
public sealed class GuardSafeguardTests
{
    private const long DaySeconds = 24 * HourSeconds;

    [Fact]
    public async Task No_more_than_its_share_of_an_organizations_staff_is_suspended_at_once()
    {
        await using var guard = await StartAsync();
        await EnrollAsync(guard, "org:a", 1, 20);
        await EnrollAsync(guard, "org:b", 101, 3);

        await guard.ContainAsync("suspendActor", Person(1), 1);
        await guard.ContainAsync("suspendActor", Person(2), 2);
        Assert.Equal("ShareReached", await guard.RefusalAsync("suspendActor", Person(3), 3));

        // A small organization, too, can stop one intruder, and only one; whoever belongs to none is held by the caps.
        await guard.ContainAsync("suspendActor", Person(101), 4);
        Assert.Equal("ShareReached", await guard.RefusalAsync("suspendActor", Person(102), 5));
        Assert.Null(await guard.RefusalAsync("suspendActor", Doctor, 5));

        await guard.RestoreAsync("reinstateActor", Person(1), 1);
        Assert.Null(await guard.RefusalAsync("suspendActor", Person(3), 3));
    }

    [Fact]
    public async Task A_share_is_free_again_when_a_containment_has_lapsed()
    {
        await using var guard = await StartAsync();
        await EnrollAsync(guard, "org:a", 1, 2);

        await guard.ContainAsync("suspendActor", Person(1), 1, 60);
        Assert.Equal("ShareReached", await guard.RefusalAsync("suspendActor", Person(2), 2));
        await guard.Network.Node.AdvanceAsync(TimeSpan.FromSeconds(61));

        Assert.Null(await guard.RefusalAsync("suspendActor", Person(2), 2));
    }

    [Fact]
    public async Task Half_of_an_organizations_nodes_keep_running()
    {
        await using var guard = await StartAsync();
        for (var i = 1; i <= 4; i++)
            await guard.Network.SendAsync(guard.Network.Admin, "NodeRegistry", "found", $"node:a-{i}", "org:a");

        await guard.ContainAsync("quarantineNode", "node:a-1", 1);
        await guard.ContainAsync("quarantineNode", "node:a-2", 2);

        Assert.Equal("ShareReached", await guard.RefusalAsync("quarantineNode", "node:a-3", 3));
        await guard.AdministerAsync("setShare", 0, 7_500);
        Assert.Null(await guard.RefusalAsync("quarantineNode", "node:a-3", 3));
    }

    [Fact]
    public async Task People_who_change_organizations_count_where_they_are()
    {
        await using var guard = await StartAsync();
        await EnrollAsync(guard, "org:a", 1, 20);
        await EnrollAsync(guard, "org:b", 1, 10);

        Assert.Equal("10", $"{await guard.Network.ReadAsync("IdentityRegistry", "membersOf", "org:a")}");
        Assert.Equal("10", $"{await guard.Network.ReadAsync("IdentityRegistry", "membersOf", "org:b")}");
        await guard.ContainAsync("suspendActor", Person(1), 1);
        Assert.Equal("ShareReached", await guard.RefusalAsync("suspendActor", Person(2), 2));
        Assert.Null(await guard.RefusalAsync("suspendActor", Person(11), 2));
    }

    [Fact]
    public async Task What_people_released_rests_before_the_automations_key_can_take_it_again()
    {
        await using var guard = await StartAsync();
        await guard.ContainAsync("quarantineNode", "node:a-1", 1);
        await guard.RestoreAsync("releaseNode", "node:a-1", 1);

        Assert.Equal("CoolingDown", await guard.RefusalAsync("quarantineNode", "node:a-1", 2));
        await guard.Network.Node.AdvanceAsync(TimeSpan.FromSeconds(500));
        Assert.Equal("CoolingDown", await guard.RefusalAsync("quarantineNode", "node:a-1", 2));
        await guard.Network.Node.AdvanceAsync(TimeSpan.FromSeconds(100));
        Assert.Null(await guard.RefusalAsync("quarantineNode", "node:a-1", 2));
    }

    [Fact]
    public async Task Everything_in_force_together_has_a_limit_and_what_is_over_does_not_count()
    {
        await using var guard = await StartAsync();
        await guard.AdministerAsync("setSafeguards", 600, 4);
        await guard.ContainAsync("quarantineNode", "node:a-1", 1, 60);
        await guard.ContainAsync("revokeGrant", "g-1", 2);
        await guard.ContainAsync("suspendActor", Doctor, 3);
        await guard.ContainAsync("pauseContract", "DataToken", 4);

        Assert.Equal("TotalLiveCapReached", await guard.RefusalAsync("revokeGrant", "g-2", 5));
        await guard.Network.Node.AdvanceAsync(TimeSpan.FromSeconds(61));
        await guard.ContainAsync("revokeGrant", "g-2", 5);
        Assert.Equal("TotalLiveCapReached", await guard.RefusalAsync("revokeGrant", "g-3", 6));
    }

    [Fact]
    public async Task Two_people_keep_a_containment_longer_and_nobody_beyond_the_limit()
    {
        await using var guard = await StartAsync();
        var network = guard.Network;
        await guard.ContainAsync("quarantineNode", "node:a-1", 1, 600);
        var now = await guard.NowAsync();
        Task<string?> Renew(EvmAddress from, long until) =>
            network.RefusalAsync(from, Guard, "renew", Key(1), until, Evidence, "person:olga");

        Assert.Equal("AccessControlUnauthorizedAccount", await Renew(network.Automation, now + HourSeconds));
        Assert.Equal("AccessControlUnauthorizedAccount", await Renew(network.Admin, now + HourSeconds));
        Assert.Equal("UntilOutOfRange", await Renew(network.Restorer, now + 1));
        Assert.Equal("UntilOutOfRange", await Renew(network.Restorer, now + DaySeconds + 3_600));

        await network.SendAsync(network.Restorer, Guard, "renew", Key(1), now + HourSeconds, Evidence, "person:olga");
        await network.Node.AdvanceAsync(TimeSpan.FromSeconds(500));
        await network.SendAsync(network.SecondRestorer, Guard, "renew", Key(1), now + HourSeconds, Evidence, "person:olga");
        await network.Node.AdvanceAsync(TimeSpan.FromSeconds(300));
        Assert.True(await guard.IsQuarantinedAsync("node:a-1"));
        Assert.Equal("UntilOutOfRange", await Renew(network.Restorer, now + HourSeconds));

        await network.Node.AdvanceAsync(TimeSpan.FromSeconds(HourSeconds));
        Assert.False(await guard.IsQuarantinedAsync("node:a-1"));
        Assert.Equal("NotContained", await Renew(network.Restorer, now + (3 * HourSeconds)));
    }

    [Fact]
    public async Task Neither_what_was_protected_since_nor_a_validator_that_is_needed_now_is_kept_longer()
    {
        await using var guard = await StartAsync();
        var network = guard.Network;
        await guard.ContainAsync("quarantineNode", "node:v-1", 1, 600);
        await guard.ContainAsync("revokeGrant", "g-1", 2, 600);
        await guard.AdministerAsync("setProtected", 1, "g-1", true);
        await guard.AdministerAsync("setValidators", [new object?[] { "node:v-1", "node:v-2" }]);
        var until = await guard.NowAsync() + HourSeconds;

        Assert.Equal("QuorumAtRisk",
            await network.RefusalAsync(network.Restorer, Guard, "renew", Key(1), until, Evidence, "person:olga"));
        Assert.Equal("TargetProtected",
            await network.RefusalAsync(network.Restorer, Guard, "renew", Key(2), until, Evidence, "person:olga"));
    }

    private static EvmAddress Person(int number) => EvmAddress.Parse($"0x{0xd0c0000 + number:x40}");

    private static async Task EnrollAsync(GuardNetwork guard, string organization, int first, int count)
    {
        for (var i = first; i < first + count; i++)
            await guard.Network.SendAsync(guard.Network.Admin, "IdentityRegistry", "enroll", Person(i), "clinician", organization);
    }
}

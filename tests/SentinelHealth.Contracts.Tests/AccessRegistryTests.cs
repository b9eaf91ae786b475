using SentinelHealth.Ingest.Evm;
using static SentinelHealth.Contracts.Tests.GuardNetwork;

namespace SentinelHealth.Contracts.Tests;

public sealed class AccessRegistryTests
{
    private static readonly EvmAddress Nurse = EvmAddress.Parse("0x00000000000000000000000000000000000d0c02");

    [Fact]
    public async Task A_quarantined_node_is_cut_off_and_others_are_not()
    {
        await using var guard = await StartAsync();

        await guard.ContainAsync("quarantineNode", "node:a-1", 1);

        Assert.Equal("node-quarantined", await AccessAsync(guard, Doctor, "node:a-1"));
        Assert.Equal("node-quarantined", await AccessAsync(guard, Doctor, "node:a-1", function: "decryptKey"));
        Assert.Null(await AccessAsync(guard, Doctor, "node:a-2"));
        await guard.RestoreAsync("releaseNode", "node:a-1", 1);
        Assert.Null(await AccessAsync(guard, Doctor, "node:a-1"));
    }

    [Fact]
    public async Task A_suspended_actor_is_refused_on_every_node_and_others_are_not()
    {
        await using var guard = await StartAsync();

        await guard.ContainAsync("suspendActor", Doctor, 1);

        Assert.Equal("actor-suspended", await AccessAsync(guard, Doctor, "node:a-1"));
        Assert.Equal("actor-suspended", await AccessAsync(guard, Doctor, "node:a-2", function: "decryptKey"));
        Assert.Null(await AccessAsync(guard, Nurse, "node:a-1"));
    }

    [Fact]
    public async Task A_revoked_grant_explains_no_access_and_access_without_it_still_passes()
    {
        await using var guard = await StartAsync();

        await guard.ContainAsync("revokeGrant", "g-5", 1);

        Assert.Equal("grant-revoked", await AccessAsync(guard, Doctor, "node:a-1", grantId: "g-5"));
        Assert.Null(await AccessAsync(guard, Doctor, "node:a-1", grantId: "g-6"));
        Assert.Null(await AccessAsync(guard, Doctor, "node:a-1"));
    }

    [Fact]
    public async Task Break_glass_passes_everything_that_is_contained()
    {
        await using var guard = await StartAsync();
        await guard.ContainAsync("quarantineNode", "node:a-1", 1);
        await guard.ContainAsync("suspendActor", Doctor, 2);
        await guard.ContainAsync("revokeGrant", "g-5", 3);

        Assert.Null(await AccessAsync(guard, Doctor, "node:a-1", "BTG", "g-5"));
        Assert.Null(await AccessAsync(guard, Doctor, "node:a-1", "BTG", "g-5", "decryptKey"));
        Assert.Equal("node-quarantined", await AccessAsync(guard, Doctor, "node:a-1", "ETREAT"));
    }

    [Fact]
    public async Task A_grant_is_given_once_and_revoked_once_for_its_own_subject()
    {
        await using var guard = await StartAsync();
        var network = guard.Network;
        object?[] grant = ["node:a-1", "patient:9f3c", "g-5", "TREAT", null, Nurse.Did, new object[] { "imaging" }, 0];
        Task<string?> Revoke(string subject) =>
            network.RefusalAsync(Doctor, "AccessRegistry", "revokeAccess", "node:a-1", subject, "g-5");

        Assert.Equal("UnknownItem", await Revoke("patient:9f3c"));
        await network.SendAsync(Doctor, "AccessRegistry", "grantAccess", grant);
        Assert.Equal("ItemExists", await network.RefusalAsync(Doctor, "AccessRegistry", "grantAccess", grant));
        Assert.Equal("UnknownItem", await Revoke("patient:other"));
        await network.SendAsync(Doctor, "AccessRegistry", "revokeAccess", "node:a-1", "patient:9f3c", "g-5");
        Assert.Equal("ItemEnded", await Revoke("patient:9f3c"));
    }

    private static Task<string?> AccessAsync(
        GuardNetwork guard, EvmAddress actor, string node, string purpose = "TREAT", string? grantId = null,
        string function = "recordAccess") =>
        guard.DenialAsync(
            actor, "AccessRegistry", function, node, "patient:9f3c", purpose, null, grantId, "r-77", "imaging", null);
}

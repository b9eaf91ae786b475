using SentinelHealth.Ingest.Evm;
using static SentinelHealth.Contracts.Tests.GuardNetwork;

namespace SentinelHealth.Contracts.Tests;

/// <summary>Contracts of the network that ask the guard first, and what pausing one of them does.</summary>
public sealed class PausedContractTests
{
    [Fact]
    public async Task A_paused_contract_stops_for_everybody_but_emergencies_and_another_goes_on()
    {
        await using var guard = await StartAsync();

        await guard.ContainAsync("pauseContract", "AccessRegistry", 1);

        Assert.Equal("contract-paused", await AccessAsync(guard, "TREAT"));
        Assert.Null(await AccessAsync(guard, "BTG"));
        Assert.Null(await MintAsync(guard, "node:a-1"));
        await guard.RestoreAsync("resumeContract", "AccessRegistry", 1);
        Assert.Null(await AccessAsync(guard, "TREAT"));
    }

    [Fact]
    public async Task A_pause_lapses_by_itself()
    {
        await using var guard = await StartAsync();
        await guard.ContainAsync("pauseContract", "DataToken", 1, 600);

        Assert.Equal("contract-paused", await MintAsync(guard, "node:a-1"));
        await guard.Network.Node.AdvanceAsync(TimeSpan.FromSeconds(601));

        Assert.Null(await MintAsync(guard, "node:a-1"));
    }

    [Fact]
    public async Task Access_can_still_be_taken_away_while_the_contract_is_paused()
    {
        await using var guard = await StartAsync();
        var network = guard.Network;
        await network.SendAsync(Doctor, "AccessRegistry", "grantAccess",
            "node:a-1", "patient:9f3c", "g-5", "TREAT", null, Doctor.Did, new object[] { "imaging" }, 0);

        await guard.ContainAsync("pauseContract", "AccessRegistry", 1);

        Assert.Null(await network.RefusalAsync(Doctor, "AccessRegistry", "revokeAccess", "node:a-1", "patient:9f3c", "g-5"));
    }

    [Fact]
    public async Task A_contract_without_purposes_refuses_contained_nodes_and_actors()
    {
        await using var guard = await StartAsync();
        await guard.ContainAsync("quarantineNode", "node:a-1", 1);

        Assert.Equal("node-quarantined", await MintAsync(guard, "node:a-1"));
        Assert.Null(await MintAsync(guard, "node:a-2"));
        await guard.ContainAsync("suspendActor", Doctor, 2);
        Assert.Equal("actor-suspended", await MintAsync(guard, "node:a-2"));
    }

    [Fact]
    public async Task One_contract_an_hour_is_what_the_automations_key_can_pause()
    {
        await using var guard = await StartAsync();
        await guard.ContainAsync("pauseContract", "DataToken", 1);

        Assert.Equal("CapReached", await guard.RefusalAsync("pauseContract", "AccessRegistry", 2));
    }

    private static Task<string?> AccessAsync(GuardNetwork guard, string purpose) => guard.DenialAsync(
        Doctor, "AccessRegistry", "recordAccess", "node:a-1", "patient:9f3c", purpose, null, null, "r-77", "imaging", null);

    private static Task<string?> MintAsync(GuardNetwork guard, string node) =>
        guard.DenialAsync(Doctor, "DataToken", "mint", node, 1_000_000L, Doctor.Did, "ds-1");
}

using System.Numerics;
using SentinelHealth.Ingest.Evm;
using static SentinelHealth.Contracts.Tests.GuardNetwork;

namespace SentinelHealth.Contracts.Tests;

public sealed class GuardEffectTests
{
    [Fact]
    public async Task A_second_effect_under_one_key_is_refused_even_for_another_target_or_after_release()
    {
        await using var guard = await StartAsync();
        await guard.ContainAsync("quarantineNode", "node:a-1", 1);

        Assert.Equal("ActionKeyUsed", await guard.RefusalAsync("quarantineNode", "node:a-1", 1));
        Assert.Equal("ActionKeyUsed", await guard.RefusalAsync("suspendActor", Doctor, 1));
        await guard.RestoreAsync("releaseNode", "node:a-1", 1);
        await guard.RestAsync();
        Assert.Equal("ActionKeyUsed", await guard.RefusalAsync("quarantineNode", "node:a-1", 1));
        Assert.Null(await guard.RefusalAsync("quarantineNode", "node:a-1", 2));
    }

    [Fact]
    public async Task A_contained_target_is_not_contained_again_under_another_key()
    {
        await using var guard = await StartAsync();
        await guard.ContainAsync("quarantineNode", "node:a-1", 1, 60);

        Assert.Equal("AlreadyContained", await guard.RefusalAsync("quarantineNode", "node:a-1", 2));
        await guard.Network.Node.AdvanceAsync(TimeSpan.FromSeconds(61));
        await guard.RestAsync();
        Assert.Null(await guard.RefusalAsync("quarantineNode", "node:a-1", 2));
    }

    [Fact]
    public async Task Only_what_is_contained_under_the_key_can_be_restored()
    {
        await using var guard = await StartAsync();
        var network = guard.Network;
        await guard.ContainAsync("quarantineNode", "node:a-1", 1, 60);
        Task<string?> Release(object target, int key) =>
            network.RefusalAsync(network.Restorer, Guard, "releaseNode", target, Key(key), Evidence, "person:olga");

        Assert.Equal("UnknownActionKey", await Release("node:a-1", 2));
        Assert.Equal("WrongTarget", await Release("node:a-2", 1));
        Assert.Null(await Release("node:a-1", 1));
        await guard.RestoreAsync("releaseNode", "node:a-1", 1);
        Assert.Equal("NotContained", await Release("node:a-1", 1));
    }

    [Theory]
    [InlineData("quarantineNode", "releaseNode", "node:a-1", "Quarantined", "Released")]
    [InlineData("revokeGrant", "restoreGrant", "g-5", "GrantRevoked", "GrantRestored")]
    [InlineData("pauseContract", "resumeContract", "AccessRegistry", "ContractPaused", "ContractResumed")]
    [InlineData("suspendActor", "reinstateActor", "did:ethr:0x00000000000000000000000000000000000d0c01", "Suspended", "Reinstated")]
    public async Task Events_carry_target_key_incident_and_evidence(
        string contain, string restore, string target, string contained, string restored)
    {
        await using var guard = await StartAsync();

        var start = Assert.Single((await guard.ContainAsync(contain, target, 1)).Logs);
        var end = Assert.Single((await guard.RestoreAsync(restore, target, 1)).Logs);

        var abi = ContractAbi.Load(Guard);
        foreach (var (log, name) in new[] { (start, contained), (end, restored) })
        {
            Assert.Equal(name, abi.EventOf(log.Topics[0])!.Name);
            Assert.Equal(Hex.Data(EvmWord.Pack(target)), log.Topics[1]);
            Assert.Equal(Key(1), log.Topics[2]);
            Assert.Equal("inc-7", EvmWord.Unpack(Hex.ToBytes(log.Topics[3])));
            Assert.Equal(Evidence, Hex.Data(log.Data.AsSpan(0, 32)));
        }
        Assert.Equal("person:olga", EvmWord.Unpack(end.Data.AsSpan(32, 32)));
    }

    [Fact]
    public async Task The_effect_under_a_key_can_be_asked_for()
    {
        await using var guard = await StartAsync();
        var receipt = await guard.ContainAsync("suspendActor", Doctor, 1, 600);

        var effect = await guard.Network.Contract(Guard).ReadAsync("effectOf", CancellationToken.None, Key(1));
        var none = await guard.Network.Contract(Guard).ReadAsync("effectOf", CancellationToken.None, Key(2));

        Assert.Equal(2, (BigInteger)effect[0]);
        Assert.Equal(Doctor.Did, EvmWord.Unpack((byte[])effect[1]));
        Assert.Equal((BigInteger)effect[2] + 600, (BigInteger)effect[3]);
        Assert.Equal(receipt.Block, (BigInteger)effect[4]);
        Assert.False((bool)effect[5]);
        Assert.Equal("inc-7", EvmWord.Unpack((byte[])effect[6]));
        Assert.Equal(Evidence, Hex.Data((byte[])effect[7]));
        Assert.Equal(BigInteger.Zero, (BigInteger)none[2]);
    }

    [Fact]
    public async Task Nothing_is_done_for_an_empty_target_or_key()
    {
        await using var guard = await StartAsync();

        Assert.Equal("EmptyTarget", await guard.RefusalAsync("suspendActor", default(EvmAddress), 1));
        Assert.Equal("EmptyActionKey", await guard.Network.RefusalAsync(
            guard.Network.Automation, Guard, "quarantineNode", "node:a-1", 60, long.MaxValue, null, "inc-7", Evidence));
    }
}

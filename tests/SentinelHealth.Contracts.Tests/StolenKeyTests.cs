using SentinelHealth.Ingest.Evm;
using static SentinelHealth.Contracts.Tests.GuardNetwork;

namespace SentinelHealth.Contracts.Tests;

/// <summary>The drill: somebody has the automation's key and nothing else.</summary>
public sealed class StolenKeyTests
{
    [Fact]
    public async Task The_thief_contains_the_cap_of_each_kind_in_a_window_and_the_live_cap_in_all_time()
    {
        await using var guard = await StartAsync();
        var network = guard.Network;
        await guard.AdministerAsync("setProtected", 0, "node:0", true);
        await guard.AdministerAsync("setValidators", [new object?[] { "node:1", "node:2", "node:3", "node:4" }]);
        var key = 0;

        for (var hour = 0; hour < 4; hour++)
        {
            var got = 0;
            for (var node = 0; node < 12; node++)
            {
                var id = $"node:{node}";
                if (await guard.RefusalAsync("quarantineNode", id, ++key, 24 * HourSeconds) is not null)
                    continue;
                await guard.ContainAsync("quarantineNode", id, key, 24 * HourSeconds);
                got++;
            }
            Assert.True(got <= 3, $"{got} in hour {hour}.");
            await network.Node.AdvanceAsync(TimeSpan.FromSeconds(HourSeconds + 1));
        }

        var contained = new List<int>();
        for (var node = 0; node < 12; node++)
        {
            if (await guard.IsQuarantinedAsync($"node:{node}"))
                contained.Add(node);
        }
        Assert.Equal(6, contained.Count);
        Assert.DoesNotContain(0, contained);
        Assert.Single(contained, node => node is >= 1 and <= 4);
    }

    [Fact]
    public async Task The_thief_can_call_nothing_else_that_changes_anything()
    {
        await using var guard = await StartAsync();
        var network = guard.Network;
        string[] containing = ["quarantineNode", "revokeGrant", "suspendActor", "pauseContract"];

        foreach (var function in ContractAbi.Load(Guard).Functions.Where(item => !containing.Contains(item.Name)))
        {
            object?[] values = [.. function.InputTypes.Select(Anything)];
            var receipt = await network.SendAnywayAsync(network.Automation, Guard, function.Name, values);
            // A view that is sent as a transaction passes and leaves nothing; whatever else passes must not have left a trace.
            Assert.True(receipt.Logs.Count == 0 || !receipt.IsSuccess, $"{function.Name} did something.");
        }
        var sentinel = Hex.Data(Keccak256.Hash("SENTINEL_ROLE"));
        Assert.True((bool)await network.ReadAsync(Guard, "hasRole", sentinel, network.Automation));
        Assert.False((bool)await network.ReadAsync(Guard, "paused"));
        Assert.Equal("3", $"{await network.ReadAsync(Guard, "capPerWindow", 0)}");
    }

    [Fact]
    public async Task An_order_that_comes_too_late_has_no_effect()
    {
        await using var guard = await StartAsync();
        var head = await guard.Network.Node.Rpc.CallAsync("eth_getBlockByNumber", CancellationToken.None, "latest", false);
        var now = Hex.ToLong(head.GetProperty("timestamp").GetString());
        object?[] Order(long notAfter) => ["node:a-1", HourSeconds, notAfter, Key(1), "inc-7", Evidence];

        Assert.Equal("OrderTooLate", await guard.Network.RefusalAsync(guard.Network.Automation, Guard, "quarantineNode", Order(now - 1)));
        Assert.Null(await guard.Network.RefusalAsync(guard.Network.Automation, Guard, "quarantineNode", Order(now + 600)));
    }

    [Fact]
    public async Task Network_contracts_can_ask_whether_somebody_may_act_and_emergencies_always_may()
    {
        await using var guard = await StartAsync();
        var network = guard.Network;
        await guard.ContainAsync("quarantineNode", "node:a-1", 1);
        await guard.ContainAsync("suspendActor", Doctor, 2);
        await guard.ContainAsync("revokeGrant", "g-5", 3);
        async Task<string> Ask(params object?[] values)
        {
            var answer = await network.Contract(Guard).ReadAsync("isAllowed", CancellationToken.None, values);
            return (bool)answer[0] ? "allowed" : EvmWord.Unpack((byte[])answer[1]) ?? "";
        }

        Assert.Equal("node-quarantined", await Ask(network.Admin, "node:a-1", "g-1", "TREAT"));
        Assert.Equal("actor-suspended", await Ask(Doctor, "node:a-2", "g-1", "TREAT"));
        Assert.Equal("grant-revoked", await Ask(network.Admin, "node:a-2", "g-5", "TREAT"));
        Assert.Equal("allowed", await Ask(network.Admin, "node:a-2", "g-1", "TREAT"));
        Assert.Equal("allowed", await Ask(Doctor, "node:a-1", "g-5", "BTG"));
        Assert.Equal("NotAllowed", await network.RefusalAsync(Doctor, Guard, "requireAllowed", Doctor, "node:a-2", "g-1", "TREAT"));
    }

    private static object? Anything(AbiType type) => type.Kind switch
    {
        AbiKind.Array => Array.Empty<object?>(),
        AbiKind.Natural => 1L,
        AbiKind.Address => Doctor,
        AbiKind.Boolean => false,
        AbiKind.FixedBytes => Enumerable.Repeat((byte)7, type.Size).ToArray(),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}

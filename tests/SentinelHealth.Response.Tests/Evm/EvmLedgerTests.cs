using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Evm;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;

namespace SentinelHealth.Response.Tests.Evm;

/// <summary>What only a ledger behind a network can do: be slow, be down, lose an answer.</summary>
public sealed class EvmLedgerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_order_that_is_not_mined_in_time_is_unknown_and_is_found_once_it_is()
    {
        await using var network = await EvmLedgerNetwork.StartAsync(
            change: options => options with { ReceiptTimeout = TimeSpan.FromSeconds(1) });
        await network.Network.Node.Rpc.CallAsync("evm_setAutomine", Cancel, false);

        var first = await network.Ledger.ContainAsync(Order(), Cancel);
        var second = await network.Ledger.ContainAsync(Order(), Cancel);

        Assert.IsType<LedgerReply.Unknown>(first);
        Assert.IsType<LedgerReply.Unknown>(second);
        // Neither "there is an effect" nor "there is none" would be true while it waits.
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => network.Ledger.FindAsync(Order().Key, Cancel));
        await network.Network.Node.MineAsync();
        Assert.NotNull(await network.Ledger.FindAsync(Order().Key, Cancel));
        Assert.Equal(1, await network.EffectCountAsync());
    }

    [Fact]
    public async Task A_waiting_order_under_another_key_does_not_hide_that_a_key_is_unused()
    {
        await using var network = await EvmLedgerNetwork.StartAsync(
            change: options => options with { ReceiptTimeout = TimeSpan.FromSeconds(1) });
        await network.Network.Node.Rpc.CallAsync("evm_setAutomine", Cancel, false);

        await network.Ledger.ContainAsync(Order(), Cancel);

        Assert.Null(await network.Ledger.FindAsync(Hex.Data(Keccak256.Hash("unused")), Cancel));
    }

    [Fact]
    public async Task An_order_sent_before_a_crash_is_found_by_the_next_process_and_not_sent_again()
    {
        await using var network = await EvmLedgerNetwork.StartAsync();
        // Another process sent the very same order and died before it heard the answer.
        var sent = await network.Network.SendAsync(network.Network.Automation, "SentinelGuard", "quarantineNode",
            Order().Target.Id, 3600, long.MaxValue, Order().Key, "inc-1", Order().EvidenceHash);

        var found = await network.Ledger.FindAsync(Order().Key, Cancel);
        var reply = await network.Ledger.ContainAsync(Order(), Cancel);

        Assert.Equal(sent.TransactionHash, found!.TransactionId);
        Assert.Equal(sent.TransactionHash, Assert.IsType<LedgerReply.Confirmed>(reply).Receipt.TransactionId);
        Assert.Equal(1, await network.EffectCountAsync());
    }

    [Fact]
    public async Task A_node_that_is_down_gives_unknown_to_orders_and_says_so_to_questions()
    {
        await using var network = await EvmLedgerNetwork.StartAsync();
        await network.Network.Node.KillAsync();

        Assert.IsType<LedgerReply.Unknown>(await network.Ledger.ContainAsync(Order(), Cancel));
        Assert.IsType<LedgerReply.Unknown>(await network.Ledger.RestoreAsync(Order(), "responder-1", Cancel));
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => network.Ledger.FindAsync(Order().Key, Cancel));
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => network.Ledger.GetHeadAsync(Cancel));
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => network.Ledger.GetValidatorsAsync(Cancel));
        await Assert.ThrowsAsync<LedgerUnavailableException>(
            () => network.Ledger.IsContainedAsync(Order().Kind, Order().Target, Cancel));
    }

    [Fact]
    public async Task A_refusal_names_the_rule_of_the_guard()
    {
        await using var network = await EvmLedgerNetwork.StartAsync();
        await network.AdministerAsync("pause");

        var reply = Assert.IsType<LedgerReply.Refused>(await network.Ledger.ContainAsync(Order(), Cancel));

        Assert.Equal("EnforcedPause.", reply.Reason);
        Assert.Equal(0, await network.EffectCountAsync());
    }

    [Fact]
    public async Task An_order_that_cannot_stand_on_the_chain_is_refused_without_asking_it()
    {
        await using var network = await EvmLedgerNetwork.StartAsync();
        LedgerOrder[] orders =
        [
            Order() with { Target = new(EntityType.Node, new string('n', 33)) },
            Order() with { Key = "0x12" },
            Order() with { EvidenceHash = "none" },
            Order() with { Ttl = TimeSpan.FromSeconds(-1) },
            Order() with { Kind = ActionKind.SuspendActor, Target = new(EntityType.Actor, "did:web:hospital") },
        ];

        foreach (var order in orders)
            Assert.IsType<LedgerReply.Refused>(await network.Ledger.ContainAsync(order, Cancel));
        Assert.False(await network.Ledger.IsContainedAsync(ActionKind.SuspendActor, orders[^1].Target, Cancel));
    }

    [Fact]
    public async Task Confirmed_waits_for_the_configured_blocks_on_top()
    {
        await using var network = await EvmLedgerNetwork.StartAsync(
            change: options => options with { ConfirmationBlocks = 2, ReceiptTimeout = TimeSpan.FromSeconds(1) });

        Assert.IsType<LedgerReply.Unknown>(await network.Ledger.ContainAsync(Order(), Cancel));
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => network.Ledger.FindAsync(Order().Key, Cancel));
        await network.Network.Node.MineAsync(2);
        Assert.NotNull(await network.Ledger.FindAsync(Order().Key, Cancel));
    }

    [Fact]
    public async Task Restoring_twice_has_one_effect_and_one_receipt()
    {
        await using var network = await EvmLedgerNetwork.StartAsync();
        await network.Ledger.ContainAsync(Order(), Cancel);

        var first = Assert.IsType<LedgerReply.Confirmed>(await network.Ledger.RestoreAsync(Order(), "responder-1", Cancel));
        var second = Assert.IsType<LedgerReply.Confirmed>(await network.Ledger.RestoreAsync(Order(), "responder-2", Cancel));

        Assert.Equal(first.Receipt.TransactionId, second.Receipt.TransactionId);
        Assert.NotNull(first.Receipt.GasUsed);
    }

    [Fact]
    public async Task Quarantined_validators_of_the_largest_set_fit_the_gas_limit()
    {
        await using var network = await EvmLedgerNetwork.StartAsync();
        object?[] validators = [.. Enumerable.Range(1, 128).Select(i => $"node:v-{i}")];
        await network.AdministerAsync("setValidators", [validators]);

        var reply = await network.Ledger.ContainAsync(Order() with { Target = new(EntityType.Node, "node:v-1") }, Cancel);

        Assert.InRange(Assert.IsType<LedgerReply.Confirmed>(reply).Receipt.GasUsed!.Value, 100_000, 2_000_000);
        Assert.Equal(["node:v-1"], (await network.Ledger.GetValidatorsAsync(Cancel)).Quarantined);
    }

    [Fact]
    public void Options_out_of_range_are_refused_at_once()
    {
        var good = new EvmLedgerOptions
        {
            Node = new JsonRpcOptions { Endpoint = new Uri("http://127.0.0.1:8545") },
            GuardAddress = "0x00000000000000000000000000000000000d0c01",
            AutomationAccount = "0x00000000000000000000000000000000000d0c02",
            RestorerAccount = "0x00000000000000000000000000000000000d0c03",
        };
        good.Validate();

        EvmLedgerOptions[] bad =
        [
            good with { GuardAddress = "0x1" },
            good with { AutomationAccount = good.RestorerAccount },
            good with { ReceiptTimeout = TimeSpan.Zero },
            good with { ConfirmationBlocks = -1 },
            good with { GasMax = 1 },
            good with { Node = good.Node with { Endpoint = new Uri("ftp://127.0.0.1") } },
        ];
        Assert.All(bad, options => Assert.Throws<ArgumentException>(options.Validate));
    }

    private static LedgerOrder Order() => new(
        Hex.Data(Keccak256.Hash("key 1")), ActionKind.QuarantineNode, new(EntityType.Node, "node:clinic-9"),
        TimeSpan.FromHours(1), "inc-1", Hex.Data(Keccak256.Hash("evidence")));
}

using System.Text.Json;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Evm;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Evm;

/// <summary>What the network does to transactions under way, and that each number of an account takes effect once all the same.</summary>
public sealed class EvmOutboxTests
{
    private const long GweiWei = 1_000_000_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Several_orders_go_into_one_block()
    {
        await using var network = await StartAsync();

        var replies = Enumerable.Range(1, 5).Select(number => network.Ledger.ContainAsync(Grant(number), Cancel)).ToList();
        await UntilAsync(network, async () => (await WaitingAsync(network)).Count == 5);
        await network.Network.Node.MineAsync();

        var blocks = new HashSet<long>();
        foreach (var reply in replies)
            blocks.Add(Assert.IsType<LedgerReply.Confirmed>(await reply).Receipt.Block);
        Assert.Single(blocks);
        Assert.Equal(5, await network.EffectCountAsync());
    }

    [Fact]
    public async Task An_order_that_pays_too_little_is_sent_again_under_its_number_and_lands_once()
    {
        await using var network = await StartAsync();
        var numberBefore = await NumberAsync(network, "latest");

        var reply = network.Ledger.ContainAsync(Grant(1), Cancel);
        await UntilAsync(network, async () => (await WaitingAsync(network)).Any(price => price == 0));
        // From now on blocks cost something, so what was sent for nothing never gets in.
        while (!reply.IsCompleted)
        {
            await network.Network.Node.Rpc.CallAsync("anvil_setNextBlockBaseFeePerGas", Cancel, Hex.Quantity(GweiWei));
            await network.Network.Node.MineAsync();
        }

        var receipt = Assert.IsType<LedgerReply.Confirmed>(await reply).Receipt;
        var mined = await network.Network.Node.Rpc.CallAsync("eth_getTransactionByHash", Cancel, receipt.TransactionId);
        Assert.True(Hex.ToLong(mined.GetProperty("gasPrice").GetString()) >= GweiWei);
        Assert.Equal(numberBefore, Hex.ToLong(mined.GetProperty("nonce").GetString()));
        Assert.Equal(numberBefore + 1, await NumberAsync(network, "pending"));
        Assert.Equal(1, await network.EffectCountAsync());
    }

    [Fact]
    public async Task An_order_that_the_node_dropped_is_sent_again_and_a_later_one_does_not_take_its_number()
    {
        await using var network = await StartAsync();

        var first = network.Ledger.ContainAsync(Grant(1), Cancel);
        await UntilAsync(network, async () => (await WaitingAsync(network)).Count == 1);
        await network.Network.Node.Rpc.CallAsync("anvil_dropAllTransactions", Cancel);
        var second = network.Ledger.ContainAsync(Grant(2), Cancel);
        await UntilAsync(network, async () => (await WaitingAsync(network)).Count == 2);
        await network.Network.Node.MineAsync();

        var one = Assert.IsType<LedgerReply.Confirmed>(await first).Receipt;
        var other = Assert.IsType<LedgerReply.Confirmed>(await second).Receipt;
        Assert.NotEqual(one.TransactionId, other.TransactionId);
        Assert.Equal(2, await network.EffectCountAsync());
    }

    [Fact]
    public async Task What_a_process_left_waiting_is_looked_after_by_the_next()
    {
        await using var network = await StartAsync(options => options with { ReceiptTimeout = TimeSpan.FromSeconds(1) });
        await network.Ledger.ContainAsync(Grant(1), Cancel);
        using var next = EvmLedgerNetwork.Open(network.Network, Patient);

        await UntilAsync(network, async () =>
        {
            await Assert.ThrowsAsync<LedgerUnavailableException>(() => next.FindAsync(Grant(1).Key, Cancel));
            return (await WaitingAsync(network)).Any(price => price > 0);
        });
        await network.Network.Node.MineAsync();

        Assert.NotNull(await next.FindAsync(Grant(1).Key, Cancel));
        Assert.Equal(1, await network.EffectCountAsync());
    }

    [Fact]
    public async Task A_number_that_somebody_else_used_leaves_the_order_unknown_and_free_to_be_sent_again()
    {
        await using var network = await StartAsync();
        var node = network.Network.Node.Rpc;

        var reply = network.Ledger.ContainAsync(Grant(1), Cancel);
        await UntilAsync(network, async () => (await WaitingAsync(network)).Count == 1);
        var account = network.Network.Deployment.AutomationAccount;
        await node.CallAsync("eth_sendTransaction", Cancel, new Dictionary<string, string>
        {
            ["from"] = account,
            ["to"] = account,
            ["gasPrice"] = Hex.Quantity(GweiWei * GweiWei / 1_000),
            ["nonce"] = Hex.Quantity(await NumberAsync(network, "latest")),
        });
        await network.Network.Node.MineAsync();

        Assert.IsType<LedgerReply.Unknown>(await reply);
        Assert.Null(await network.Ledger.FindAsync(Grant(1).Key, Cancel));
        Assert.Equal(0, await network.EffectCountAsync());
    }

    private static Task<EvmLedgerNetwork> StartAsync(Func<EvmLedgerOptions, EvmLedgerOptions>? change = null) =>
        EvmLedgerNetwork.StartAsync(null, options => change?.Invoke(Patient(options)) ?? Patient(options), async network =>
            await network.Node.Rpc.CallAsync("evm_setAutomine", Cancel, false));

    private static EvmLedgerOptions Patient(EvmLedgerOptions options) => options with
    {
        StuckAfter = TimeSpan.FromSeconds(1),
        ReceiptTimeout = TimeSpan.FromMinutes(2),
        GasPriceMaxWei = 16 * GweiWei,
    };

    /// <summary>What each waiting transaction of the automation pays.</summary>
    private static async Task<List<long>> WaitingAsync(EvmLedgerNetwork network)
    {
        var pool = await network.Network.Node.Rpc.CallAsync("txpool_content", Cancel);
        var prices = new List<long>();
        foreach (var group in new[] { "pending", "queued" })
        {
            foreach (var account in pool.GetProperty(group).EnumerateObject()
                .Where(account => EvmAddress.Parse(account.Name) == network.Network.Automation))
                prices.AddRange(account.Value.EnumerateObject().Select(item => PriceOf(item.Value)));
        }
        return prices;
    }

    private static long PriceOf(JsonElement transaction) => Hex.ToLong(transaction.GetProperty("gasPrice").GetString());

    private static async Task<long> NumberAsync(EvmLedgerNetwork network, string block) =>
        Hex.ToLong((await network.Network.Node.Rpc.CallAsync(
            "eth_getTransactionCount", Cancel, network.Network.Deployment.AutomationAccount, block)).GetString());

    private static async Task UntilAsync(EvmLedgerNetwork network, Func<Task<bool>> holds)
    {
        var holding = false;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!holding)
        {
            Assert.False(limit.IsCancellationRequested, $"It did not happen; {(await WaitingAsync(network)).Count} are waiting.");
            holding = await holds();
        }
    }

    private static LedgerOrder Grant(int number) => new(
        Hex.Data(Keccak256.Hash($"key {number}")), ActionKind.RevokeGrant, new(EntityType.Grant, $"g-{number}"),
        TimeSpan.FromHours(1), "inc-1", Hex.Data(Keccak256.Hash("evidence")));
}

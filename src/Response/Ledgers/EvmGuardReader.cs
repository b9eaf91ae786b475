using SentinelHealth.Ingest.Evm;

namespace SentinelHealth.Response.Ledgers;

/// <summary>Questions to the guard and its node.</summary>
internal sealed class EvmGuardReader(JsonRpcClient rpc, EvmContract guard)
{
    private static readonly string[] Containing = ["Quarantined", "GrantRevoked", "Suspended", "ContractPaused"];
    private static readonly string[] Restoring = ["Released", "GrantRestored", "Reinstated", "ContractResumed"];

    public async Task<EvmGuardEffect?> EffectAsync(byte[] key, CancellationToken cancel) =>
        EvmGuardEffect.Read(await guard.ReadAsync("effectOf", cancel, key));

    public async Task<EvmBlock> HeadAsync(CancellationToken cancel) =>
        EvmBlock.Read(await rpc.CallAsync("eth_getBlockByNumber", cancel, "latest", false))
        ?? throw new EvmFormatException("The node has no newest block.");

    public async Task<ValidatorSet> ValidatorsAsync(CancellationToken cancel)
    {
        var values = await guard.ReadAsync("validators", cancel);
        var nodes = ((object[])values[0]).Select(node => EvmWord.Unpack((byte[])node) ?? "").ToArray();
        var quarantined = (object[])values[1];
        return new(nodes, [.. nodes.Where((_, i) => quarantined[i] is true)]);
    }

    /// <summary>
    /// The set that consensus itself uses now. A validator whose node is not known could be any node, so nothing can be vouched for.
    /// </summary>
    public async Task<ValidatorSet> QbftValidatorsAsync(IReadOnlyDictionary<string, string> nodes, CancellationToken cancel)
    {
        var known = nodes.ToDictionary(node => EvmAddress.Parse(node.Key), node => node.Value);
        var accounts = await rpc.CallAsync("qbft_getValidatorsByBlockNumber", cancel, "latest");
        var validators = new List<string>();
        var quarantined = new List<string>();
        foreach (var account in accounts.EnumerateArray())
        {
            var address = EvmAddress.Parse(account.GetString() ?? "");
            if (!known.TryGetValue(address, out var node))
                throw new EvmFormatException($"The validator {address.Text} is not in the settings, so the quorum cannot be vouched for.");
            validators.Add(node);
            if (await guard.ReadAsync("isQuarantined", cancel, node) is [true])
                quarantined.Add(node);
        }
        return new(validators, quarantined);
    }

    /// <summary>The receipt of the containment an effect came from.</summary>
    public Task<LedgerReceipt> ContainmentAsync(byte[] key, EvmGuardEffect effect, CancellationToken cancel) =>
        ReceiptAsync(key, Containing, effect.Block, Hex.Quantity(effect.Block), effect.Until, cancel);

    /// <summary>The receipt of the restoration that ended an effect.</summary>
    public Task<LedgerReceipt> RestorationAsync(byte[] key, EvmGuardEffect effect, CancellationToken cancel) =>
        ReceiptAsync(key, Restoring, effect.Block, "latest", null, cancel);

    public async Task<LedgerReceipt> ReceiptAsync(EvmReceipt receipt, DateTimeOffset? until, CancellationToken cancel)
    {
        var block = EvmBlock.Read(await rpc.CallAsync("eth_getBlockByHash", cancel, receipt.BlockHash, false))
            ?? throw new EvmFormatException("The block of a receipt is not on the chain.");
        return new(receipt.TransactionHash, receipt.Block, receipt.BlockHash, block.At, until, receipt.GasUsed);
    }

    /// <summary>
    /// Whether a transaction of an account that mentions a key may be waiting to be mined. Answers yes when the node does not show
    /// what is waiting, because "no" would allow a second order.
    /// </summary>
    public async Task<bool> MayBePendingAsync(EvmAddress account, byte[] key, CancellationToken cancel)
    {
        var replies = await rpc.BatchAsync(
            [
                new("eth_getTransactionCount", account.Text, "latest"), new("eth_getTransactionCount", account.Text, "pending"),
                new("eth_getBlockByNumber", "pending", true),
            ], cancel);
        var waiting = Number(replies[1]) - Number(replies[0]);
        if (waiting <= 0)
            return false;
        var shown = replies[2].Error is null ? EvmBlock.Read(replies[2].Result)?.Transactions ?? [] : [];
        var ours = shown.Where(transaction => transaction.From == account).ToArray();
        return ours.Length < waiting || ours.Any(transaction => transaction.Input.AsSpan().IndexOf(key) >= 0);
    }

    private async Task<LedgerReceipt> ReceiptAsync(
        byte[] key, string[] events, long fromBlock, string toBlock, DateTimeOffset? until, CancellationToken cancel)
    {
        var filter = new Dictionary<string, object>
        {
            ["address"] = guard.Address.Text,
            ["fromBlock"] = Hex.Quantity(fromBlock),
            ["toBlock"] = toBlock,
            // The action key is the second indexed parameter of each of these events.
            ["topics"] = new object?[] { EvmGuardCalls.Topics(guard.Abi, events), null, Hex.Data(key) },
        };
        var logs = await rpc.CallAsync("eth_getLogs", cancel, filter);
        var log = logs.EnumerateArray().Select(EvmLog.Read).FirstOrDefault()
            ?? throw new EvmFormatException("The guard keeps an effect whose event the node does not show.");
        var receipt = EvmReceipt.Read(await rpc.CallAsync("eth_getTransactionReceipt", cancel, log.TransactionHash))
            ?? throw new EvmFormatException("The node shows an event without its transaction.");
        return await ReceiptAsync(receipt, until, cancel);
    }

    private static long Number(JsonRpcReply reply) => Hex.ToLong(reply.Value().GetString());
}

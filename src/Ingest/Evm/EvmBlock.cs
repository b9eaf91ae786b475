using System.Text.Json;

namespace SentinelHealth.Ingest.Evm;

/// <summary>A block's identity and its place in the chain.</summary>
/// <param name="Number">Block number.</param>
/// <param name="Hash">Block hash, 0x-hex.</param>
/// <param name="ParentHash">The block below, 0x-hex.</param>
/// <param name="At">Block time, whole seconds.</param>
/// <param name="Transactions">Its transactions, in order; empty when the block was asked for without them.</param>
public sealed record EvmBlock(
    long Number, string Hash, string ParentHash, DateTimeOffset At, IReadOnlyList<EvmTransaction> Transactions)
{
    /// <summary>Reads a block of <c>eth_getBlockBy…</c>; null when the node has none.</summary>
    /// <exception cref="EvmFormatException">A member is missing or malformed.</exception>
    public static EvmBlock? Read(JsonElement block)
    {
        if (block.ValueKind == JsonValueKind.Null)
            return null;
        var transactions = new List<EvmTransaction>();
        foreach (var item in EvmJson.Items(block, "transactions"))
        {
            if (item.ValueKind == JsonValueKind.Object)
                transactions.Add(EvmTransaction.Read(item));
        }
        return new(EvmJson.Long(block, "number"), EvmJson.Hash(block, "hash"), EvmJson.Hash(block, "parentHash"),
            EvmJson.Time(block, "timestamp"), transactions);
    }
}

/// <summary>A transaction in a block.</summary>
/// <param name="Hash">Its hash, 0x-hex.</param>
/// <param name="From">Who sent it.</param>
/// <param name="To">The contract it calls; null when it creates one.</param>
/// <param name="Input">Its calldata.</param>
public sealed record EvmTransaction(string Hash, EvmAddress From, EvmAddress? To, byte[] Input)
{
    /// <summary>Its number among its sender's transactions; null when the node does not say.</summary>
    public long? Nonce { get; init; }

    /// <summary>What it pays for each unit of gas, in wei; null when the node does not say or it is more than a signed 64-bit number.</summary>
    public long? GasPriceWei { get; init; }

    internal static EvmTransaction Read(JsonElement transaction) => new(
        EvmJson.Hash(transaction, "hash"), EvmJson.Address(transaction, "from"),
        EvmJson.Text(transaction, "to") is null ? null : EvmJson.Address(transaction, "to"),
        Hex.ToBytes(EvmJson.Text(transaction, "input")))
    {
        Nonce = Optional(transaction, "nonce"),
        GasPriceWei = Optional(transaction, "gasPrice"),
    };

    private static long? Optional(JsonElement transaction, string member)
    {
        const int digitsMax = 18;
        return EvmJson.Text(transaction, member) is { Length: > 2 and < digitsMax } text ? Hex.ToLong(text) : null;
    }
}

/// <summary>What a transaction did.</summary>
/// <param name="TransactionHash">Which transaction, 0x-hex.</param>
/// <param name="BlockHash">The block it is in, 0x-hex.</param>
/// <param name="Block">Its number.</param>
/// <param name="IsSuccess">Whether it took effect; false when it was reverted.</param>
/// <param name="GasUsed">Gas it used.</param>
/// <param name="Logs">What it emitted; empty when reverted.</param>
/// <param name="ContractAddress">The contract it created; null when none.</param>
public sealed record EvmReceipt(
    string TransactionHash, string BlockHash, long Block, bool IsSuccess, long GasUsed, IReadOnlyList<EvmLog> Logs,
    EvmAddress? ContractAddress)
{
    /// <summary>Who sent the transaction; null when the node does not say.</summary>
    public EvmAddress? From { get; init; }

    /// <summary>Reads a receipt; null when the node has none.</summary>
    /// <exception cref="EvmFormatException">A member is missing or malformed.</exception>
    public static EvmReceipt? Read(JsonElement receipt) => receipt.ValueKind == JsonValueKind.Null ? null : new(
        EvmJson.Hash(receipt, "transactionHash"), EvmJson.Hash(receipt, "blockHash"), EvmJson.Long(receipt, "blockNumber"),
        EvmJson.Long(receipt, "status") == 1, EvmJson.Long(receipt, "gasUsed"),
        [.. EvmJson.Items(receipt, "logs").Select(EvmLog.Read)],
        EvmJson.Text(receipt, "contractAddress") is null ? null : EvmJson.Address(receipt, "contractAddress"))
    {
        From = EvmJson.Text(receipt, "from") is null ? null : EvmJson.Address(receipt, "from"),
    };
}

/// <summary>One log of a transaction.</summary>
/// <param name="Address">The contract that emitted it.</param>
/// <param name="Topics">Topic 0 and the indexed parameters, 0x-hex.</param>
/// <param name="Data">The other parameters, ABI-encoded.</param>
/// <param name="TransactionHash">The transaction, 0x-hex.</param>
/// <param name="LogIndex">Its place among the block's logs.</param>
/// <param name="BlockHash">The block, 0x-hex.</param>
/// <param name="Block">The block's number.</param>
public sealed record EvmLog(
    EvmAddress Address, IReadOnlyList<string> Topics, byte[] Data, string TransactionHash, long LogIndex, string BlockHash,
    long Block)
{
    /// <summary>Reads a log.</summary>
    /// <exception cref="EvmFormatException">A member is missing or malformed.</exception>
    public static EvmLog Read(JsonElement log) => new(
        EvmJson.Address(log, "address"),
        [.. EvmJson.Items(log, "topics").Select(topic => Hex.Data(Hex.ToBytes(
            topic.ValueKind == JsonValueKind.String ? topic.GetString() : null, 32)))],
        Hex.ToBytes(EvmJson.Text(log, "data")), EvmJson.Hash(log, "transactionHash"), EvmJson.Long(log, "logIndex"),
        EvmJson.Hash(log, "blockHash"), EvmJson.Long(log, "blockNumber"));
}

using SentinelHealth.Ingest.Ledgers;

namespace SentinelHealth.Ingest.Evm;

/// <summary>A block with what each of its transactions did, in the transactions' order.</summary>
/// <param name="Block">The block.</param>
/// <param name="Receipts">One receipt for each transaction.</param>
public sealed record EvmBlockContent(EvmBlock Block, IReadOnlyList<EvmReceipt> Receipts);

/// <summary>Reads blocks from a node and checks that they fit together.</summary>
internal sealed class EvmBlockReader(JsonRpcClient rpc)
{
    /// <summary>The newest block's number together with the blocks of the given numbers, without transactions; null where the node has none.</summary>
    public async Task<(long Head, IReadOnlyList<EvmBlock?> Blocks)> ReadHeadersAsync(
        IReadOnlyList<long> numbers, CancellationToken cancel)
    {
        var calls = new List<JsonRpcCall> { new("eth_blockNumber") };
        calls.AddRange(numbers.Select(number => new JsonRpcCall("eth_getBlockByNumber", Hex.Quantity(number), false)));
        var replies = await rpc.BatchAsync(calls, cancel);
        var head = Hex.ToLong(EvmContract.AsText(replies[0].Value()));
        return (head, [.. replies.Skip(1).Select(reply => EvmBlock.Read(reply.Value()))]);
    }

    /// <summary>The blocks of a range with their receipts, in two batched requests.</summary>
    /// <exception cref="LedgerGapException">The node lacks one of them.</exception>
    /// <exception cref="EvmFormatException">The node's answers do not fit together: it moved to another fork meanwhile, or is confused.</exception>
    public async Task<IReadOnlyList<EvmBlockContent>> ReadAsync(long from, long to, CancellationToken cancel)
    {
        var blocks = new List<EvmBlock>();
        var asked = Enumerable.Range(0, checked((int)(to - from + 1)))
            .Select(i => new JsonRpcCall("eth_getBlockByNumber", Hex.Quantity(from + i), true)).ToArray();
        foreach (var reply in await rpc.BatchAsync(asked, cancel))
        {
            var block = EvmBlock.Read(reply.Value()) ?? throw new LedgerGapException(from + blocks.Count);
            if (block.Number != from + blocks.Count || (blocks.Count > 0 && block.ParentHash != blocks[^1].Hash))
                throw new EvmFormatException("The blocks of a range are not a chain; the node may have changed its fork.");
            blocks.Add(block);
        }
        var receipts = await ReadReceiptsAsync(blocks, cancel);
        return [.. blocks.Select((block, i) => new EvmBlockContent(block, receipts[i]))];
    }

    private async Task<IReadOnlyList<IReadOnlyList<EvmReceipt>>> ReadReceiptsAsync(
        IReadOnlyList<EvmBlock> blocks, CancellationToken cancel)
    {
        // Empty blocks need no question; on a quiet network they are most.
        var asked = blocks.Where(block => block.Transactions.Count > 0).ToArray();
        var replies = await rpc.BatchAsync(
            [.. asked.Select(block => new JsonRpcCall("eth_getBlockReceipts", Hex.Quantity(block.Number)))], cancel);
        var read = asked.Zip(replies, (block, reply) => (block.Number, Receipts: Match(block, reply)))
            .ToDictionary(pair => pair.Number, pair => pair.Receipts);
        return [.. blocks.Select(block => read.GetValueOrDefault(block.Number) ?? [])];
    }

    private static EvmReceipt[] Match(EvmBlock block, JsonRpcReply reply)
    {
        var value = reply.Value();
        if (value.ValueKind != System.Text.Json.JsonValueKind.Array || value.GetArrayLength() != block.Transactions.Count)
            throw new EvmFormatException("A block has not one receipt for each transaction.");
        var receipts = value.EnumerateArray().Select(EvmReceipt.Read).OfType<EvmReceipt>().ToArray();
        for (var i = 0; i < block.Transactions.Count; i++)
        {
            var isOfBlock = i < receipts.Length && receipts[i].BlockHash == block.Hash
                && receipts[i].TransactionHash == block.Transactions[i].Hash;
            if (!isOfBlock)
                throw new EvmFormatException("Receipts belong to another block than asked; the node may have changed its fork.");
        }
        return receipts;
    }
}

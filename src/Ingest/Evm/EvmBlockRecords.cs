using System.Globalization;
using System.Text.Json;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Ingest.Evm;

/// <summary>Every record a block gives, in the chain's order. What cannot be decoded is handed on as it is, so that it ends in the dead letters.</summary>
internal static class EvmBlockRecords
{
    /// <summary>The records of a block.</summary>
    public static IEnumerable<SourceRecord> Of(EvmBlockContent content, EvmEventDecoder decoder)
    {
        for (var i = 0; i < content.Receipts.Count; i++)
        {
            var receipt = content.Receipts[i];
            var transaction = content.Block.Transactions[i];
            if (!receipt.IsSuccess)
            {
                var place = Place(content.Block, transaction.Hash, "r");
                var record = Attempt(() => decoder.DecodeReverted(transaction, content.Block, receipt), () => Raw(transaction));
                if (record is not null)
                    yield return new(record, place);
                continue;
            }
            foreach (var log in receipt.Logs)
            {
                var place = Place(content.Block, log.TransactionHash, log.LogIndex.ToString(CultureInfo.InvariantCulture));
                var record = Attempt(() => decoder.DecodeLog(log, content.Block, receipt), () => Raw(log));
                if (record is not null)
                    yield return new(record, place);
            }
        }
    }

    /// <summary>The record of a chain that left the path it had shown as final.</summary>
    public static SourceRecord Reorganization(string chain, string observerNode, EvmFork fork)
    {
        var id = $"reorganization:{fork.Expected.Hash}:{fork.ObservedHash}";
        var record = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["schema"] = "sentinel.ledger-transaction.v1",
            ["id"] = id,
            ["time"] = EvmFields.Timestamp(fork.ObservedAt),
            ["chain"] = chain,
            ["block"] = fork.Expected.Number,
            ["node"] = observerNode,
            // Nobody's account: consensus itself moved.
            ["actor"] = default(EvmAddress).Did,
            ["contract"] = "ConsensusLayer",
            ["method"] = "reorganization",
            ["status"] = "success",
            ["args"] = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["depth"] = fork.Depth,
                ["expectedParent"] = fork.Expected.Hash,
                ["observedParent"] = fork.ObservedHash,
            },
        });
        return new(record, id);
    }

    private static byte[]? Attempt(Func<byte[]?> decode, Func<byte[]> otherwise)
    {
        try
        {
            return decode();
        }
        catch (EvmFormatException)
        {
            // The raw record has no schema, so the intake refuses it and keeps it with the reason: nothing is lost in silence.
            return otherwise();
        }
    }

    private static byte[] Raw(EvmLog log) => JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
    {
        ["address"] = log.Address.Text,
        ["topics"] = log.Topics,
        ["data"] = Hex.Data(log.Data),
        ["transactionHash"] = log.TransactionHash,
        ["logIndex"] = log.LogIndex,
    });

    private static byte[] Raw(EvmTransaction transaction) => JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
    {
        ["from"] = transaction.From.Text,
        ["to"] = transaction.To?.Text ?? "",
        ["input"] = Hex.Data(transaction.Input),
        ["transactionHash"] = transaction.Hash,
    });

    private static string Place(EvmBlock block, string transactionHash, string index) =>
        string.Create(CultureInfo.InvariantCulture, $"block {block.Number} {transactionHash}:{index}");
}

/// <summary>A fork below blocks that had been read.</summary>
/// <param name="Expected">The last block read, which is no longer on the chain.</param>
/// <param name="ObservedHash">What stands at its height now; the node's newest block when the chain is shorter.</param>
/// <param name="ObservedAt">Block time of that.</param>
/// <param name="Ancestor">The newest block both have; null when none is kept.</param>
/// <param name="Depth">Blocks that were read and are gone; at least so many when there is no ancestor.</param>
internal sealed record EvmFork(
    EvmBlockRef Expected, string ObservedHash, DateTimeOffset ObservedAt, EvmBlockRef? Ancestor, long Depth);

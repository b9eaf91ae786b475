using System.Globalization;
using System.Text.Json;
using SentinelHealth.Ingest.Ledgers;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Ingest.Evm;

/// <summary>What a block's transactions mean, in the chain's order. What cannot be decoded is handed on as it is, so that it ends in the dead letters.</summary>
internal static class EvmBlockRecords
{
    /// <summary>A block in the words every ledger shares.</summary>
    public static LedgerBlock Of(EvmBlockContent content, EvmEventDecoder decoder) => new(
        HeaderOf(content.Block),
        [.. content.Receipts.Select((receipt, i) =>
            TransactionOf(content.Block, content.Block.Transactions[i], receipt, decoder))]);

    public static LedgerHeader HeaderOf(EvmBlock block) => new(block.Number, block.Hash, block.ParentHash, block.At);

    private static LedgerTransaction TransactionOf(
        EvmBlock block, EvmTransaction transaction, EvmReceipt receipt, EvmEventDecoder decoder)
    {
        var records = new List<SourceRecord>();
        if (receipt.IsSuccess)
        {
            foreach (var log in receipt.Logs)
            {
                var place = Place(block, log.TransactionHash, log.LogIndex.ToString(CultureInfo.InvariantCulture));
                if (Attempt(() => decoder.DecodeLog(log, block, receipt), () => Raw(log)) is { } record)
                    records.Add(new(record, place));
            }
        }
        else if (Attempt(() => decoder.DecodeReverted(transaction, block, receipt), () => Raw(transaction)) is { } record)
            records.Add(new(record, Place(block, transaction.Hash, "r")));
        return new LedgerTransaction(transaction.Hash, receipt.IsSuccess ? "success" : "reverted", records);
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

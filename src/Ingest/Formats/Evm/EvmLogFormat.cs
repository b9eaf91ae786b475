using System.Text.Json;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Evm;
using SentinelHealth.Ingest.Formats.Records;

namespace SentinelHealth.Ingest.Formats.Evm;

/// <summary>
/// A log as <c>eth_getLogs</c> and <c>eth_subscribe</c> give it, with the block's time: of the reference contracts and of the
/// standard ones. The contract is told by the event, since a record says nothing about what stands at an address.
/// </summary>
internal sealed class EvmLogFormat : IRecordFormat
{
    private static readonly Dictionary<string, ContractAbi> ByTopic = Shipped();

    public bool Recognizes(JsonElement record) =>
        record.Member("topics").ValueKind == JsonValueKind.Array && record.Member("address").ValueKind == JsonValueKind.String;

    public void Read(JsonElement record, RecordScope scope)
    {
        var original = JsonReading.Raw(record);
        if (record.Member("removed").Flag() == true)
        {
            scope.Refuse(new(RejectionReason.InvalidValue, "The log was taken back by a reorganization.", -1), original);
            return;
        }
        try
        {
            if (Decode(record) is { } native)
                scope.Emit(With(native, original.Span), original);
            else
                scope.Refuse(new(RejectionReason.UnknownSchema, "The event is not one of a known contract.", -1), original);
        }
        catch (EvmFormatException fault)
        {
            scope.Refuse(new(RejectionReason.InvalidValue, fault.Message, -1), original);
        }
    }

    private static byte[]? Decode(JsonElement record)
    {
        var log = EvmLog.Read(record);
        var known = log.Topics.Count == 0 ? null : ByTopic.GetValueOrDefault(log.Topics[0]);
        var contract = known ?? ContractAbi.Standard(log.Address.Text);
        var block = new EvmBlock(log.Block, log.BlockHash, string.Empty, EvmJson.Time(record, "blockTimestamp"), []);
        var receipt = new EvmReceipt(log.TransactionHash, log.BlockHash, log.Block, true, 0, [log], null);
        return new EvmEventDecoder(string.Empty, [new(log.Address, contract)]).DecodeLog(log, block, receipt);
    }

    private static byte[] With(byte[] native, ReadOnlySpan<byte> original) =>
        NativeEnvelope.With(NativeEnvelope.With(native, "format"u8, "\"evm.log\""u8), "original"u8, original);

    private static Dictionary<string, ContractAbi> Shipped()
    {
        var contracts = new Dictionary<string, ContractAbi>(StringComparer.Ordinal);
        foreach (var contract in ContractAbi.ShippedNames.Select(ContractAbi.Load))
            foreach (var item in contract.Events)
                // Role bookkeeping of the shipped contracts is that of the standards, and those know better what it means.
                if (item.Inputs.Any(input => input.Name == "actor"))
                    contracts[item.Topic] = contract;
        return contracts;
    }
}

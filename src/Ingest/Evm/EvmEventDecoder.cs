using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace SentinelHealth.Ingest.Evm;

/// <summary>
/// Turns what a chain recorded into native <c>sentinel.ledger-transaction.v1</c> records. Driven by the contracts' own parameter
/// names, so a new method needs an event of its name and no code here.
/// </summary>
/// <remarks>
/// An event named <c>GrantConsent</c> is the method <c>grantConsent</c>. What the contract's own artifact does not
/// have may be an event of the common standards (Standards/standards.json). Events of the artifact without a node and an actor are
/// not acts of the network (role bookkeeping, the guard's own) and give no record. Pure; safe from many threads; O(bytes of the log).
/// </remarks>
public sealed class EvmEventDecoder
{
    private readonly string _chain;
    private readonly Dictionary<EvmAddress, ContractAbi> _contracts;

    /// <summary>A decoder for one chain.</summary>
    /// <param name="chain">The chain's name in the records.</param>
    /// <param name="contracts">The watched contracts by address.</param>
    public EvmEventDecoder(string chain, IEnumerable<KeyValuePair<EvmAddress, ContractAbi>> contracts)
    {
        _chain = chain;
        _contracts = new(contracts);
    }

    /// <summary>Whether a contract is watched.</summary>
    public bool Watches(EvmAddress contract) => _contracts.ContainsKey(contract);

    /// <summary>The record of a log; null when it is not an act of the network.</summary>
    /// <exception cref="EvmFormatException">A watched contract emitted something its artifact does not describe.</exception>
    public byte[]? DecodeLog(EvmLog log, EvmBlock block, EvmReceipt receipt)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(receipt);
        if (!_contracts.TryGetValue(log.Address, out var contract))
            return null;
        var item = log.Topics.Count == 0 ? null : contract.EventOf(log.Topics[0]);
        if (item is null && StandardEvent.Of(log) is { } standard)
            return Write(standard, contract, log, block, receipt);
        if (item is null && contract.IsStandardOnly)
            return null;
        if (item is null)
            throw new EvmFormatException($"{contract.Name} emitted an event that its artifact does not have.");
        if (!IsAct(item))
            return null;
        var fields = new EvmFields(item.Inputs, Values(item, log));
        var id = string.Create(CultureInfo.InvariantCulture, $"{log.TransactionHash}:{log.LogIndex}");
        return Write(new(id, contract.Name, MethodOf(item), log.LogIndex, null), fields, block, receipt);
    }

    /// <summary>
    /// The record of a reverted transaction, read from its calldata because a revert leaves no log; null when it did not call a
    /// watched contract's method. Role and organization are not in calldata and stay absent.
    /// </summary>
    /// <exception cref="EvmFormatException">The calldata names a method but does not hold its arguments.</exception>
    public byte[]? DecodeReverted(EvmTransaction transaction, EvmBlock block, EvmReceipt receipt)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (transaction.To is not { } to || !_contracts.TryGetValue(to, out var contract))
            return null;
        var item = contract.FunctionCalledBy(transaction.Input);
        if (item is null || !contract.Events.Any(candidate => IsAct(candidate) && MethodOf(candidate) == item.Name))
            return null;
        var fields = new EvmFields(item.Inputs, AbiDecoder.Decode(item.InputTypes, transaction.Input.AsSpan(4)));
        return Write(new($"{transaction.Hash}:r", contract.Name, item.Name, null, transaction.From), fields, block, receipt);
    }

    private static bool IsAct(AbiItem item) =>
        item.Inputs.Any(input => input.Name == "node") && item.Inputs.Any(input => input.Name == "actor");

    private static string MethodOf(AbiItem item) => char.ToLowerInvariant(item.Name[0]) + item.Name[1..];

    private static object[] Values(AbiItem item, EvmLog log)
    {
        var inData = AbiDecoder.Decode([.. item.Inputs.Where(input => !input.IsIndexed).Select(input => input.Type)], log.Data);
        if (log.Topics.Count != 1 + item.Inputs.Count(input => input.IsIndexed))
            throw new EvmFormatException($"The event {item.Name} came with {log.Topics.Count} topics.");
        var values = new object[item.Inputs.Count];
        var (topic, place) = (1, 0);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = item.Inputs[i].IsIndexed
                ? AbiDecoder.DecodeWord(item.Inputs[i].Type, Hex.ToBytes(log.Topics[topic++]))
                : inData[place++];
        }
        return values;
    }

    /// <summary>The standards know no nodes of a consortium: what they say is said by the chain itself.</summary>
    private byte[] Write(StandardEvent standard, ContractAbi contract, EvmLog log, EvmBlock block, EvmReceipt receipt)
    {
        var values = Values(standard.Item, log);
        var id = string.Create(CultureInfo.InvariantCulture, $"{log.TransactionHash}:{log.LogIndex}");
        var act = new Act(id, contract.Name, standard.Method, log.LogIndex, standard.ActorOf(values, receipt.From))
        {
            Node = $"system:{(_chain.Length > 0 ? _chain : "chain")}",
            Amount = standard.AmountOf(values),
        };
        return Write(act, new EvmFields(standard.Item.Inputs, standard.Named(values)), block, receipt);
    }

    private byte[] Write(in Act act, EvmFields fields, EvmBlock block, EvmReceipt receipt)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("schema", "sentinel.ledger-transaction.v1");
        writer.WriteString("id", act.Id);
        writer.WriteString("time", EvmFields.Timestamp(block.At));
        if (_chain.Length > 0)
            writer.WriteString("chain", _chain);
        writer.WriteNumber("block", block.Number);
        writer.WriteString("blockHash", block.Hash);
        if (act.LogIndex is { } logIndex)
            writer.WriteNumber("logIndex", logIndex);
        if (act.Sender is { } sender)
            writer.WriteString("actor", sender.Did);
        writer.WriteString("contract", act.Contract);
        writer.WriteString("method", act.Method);
        writer.WriteString("status", receipt.IsSuccess ? "success" : "reverted");
        // A log that came without its receipt says nothing about gas.
        if (receipt.GasUsed > 0)
            writer.WriteNumber("gasUsed", receipt.GasUsed);
        if (act.Node is { } node)
            writer.WriteString("node", node);
        if (act.Amount is { } amount)
            writer.WriteNumber("amount", amount);
        fields.WriteCommon(writer);
        writer.WriteStartObject("args");
        fields.WriteArguments(writer);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private readonly record struct Act(string Id, string Contract, string Method, long? LogIndex, EvmAddress? Sender)
    {
        public string? Node { get; init; }

        public double? Amount { get; init; }
    }
}

using SentinelHealth.Ingest.Evm;

namespace SentinelHealth.Response.Ledgers;

/// <summary>Which contract anchors, and from which account.</summary>
public sealed record EvmEvidenceAnchorsOptions
{
    /// <summary>The node, or the signer in front of it.</summary>
    public required JsonRpcOptions Node { get; init; }

    /// <summary>Address of the anchor contract, 0x-hex.</summary>
    public required string ContractAddress { get; init; }

    /// <summary>The account with the recorder's role; its key stays in the node or signer.</summary>
    public required string RecorderAccount { get; init; }

    /// <summary>How long to wait for a sent transaction. Default 30 s.</summary>
    public TimeSpan ReceiptTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Blocks on top of an anchor before it counts. Default 0.</summary>
    public int ConfirmationBlocks { get; init; }
}

/// <summary>The anchor contract on an EVM chain. A size is asked for before it is sent, so that none is sent twice.</summary>
/// <remarks>Safe from many threads; anchors go out one at a time.</remarks>
public sealed class EvmEvidenceAnchors : IEvidenceAnchors, IDisposable
{
    private const string Contract = "EvidenceAnchor";

    private readonly EvmEvidenceAnchorsOptions _options;
    private readonly TimeProvider _clock;
    private readonly JsonRpcClient _rpc;
    private readonly EvmContract _contract;
    private readonly EvmGuardReader _reader;
    private readonly EvmAddress _recorder;
    private readonly EvmOutbox? _outbox;
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>Makes it. Nothing is sent until it is asked.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <param name="options">Which contract, and from which account.</param>
    /// <param name="clock">How long to wait is measured by it.</param>
    /// <param name="ledger">
    /// The ledger whose automation is the recorder, so that orders and anchors of one account take their numbers from one place and are
    /// signed alike; null for an account of the anchors' own, whose numbers the node gives.
    /// </param>
    public EvmEvidenceAnchors(EvmEvidenceAnchorsOptions options, TimeProvider clock, EvmLedger? ledger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _clock) = (options, clock);
        _rpc = new JsonRpcClient(options.Node);
        _contract = new EvmContract(_rpc, EvmAddress.Parse(options.ContractAddress), ContractAbi.Load(Contract));
        _reader = new EvmGuardReader(_rpc, _contract);
        _recorder = EvmAddress.Parse(options.RecorderAccount);
        _outbox = ledger?.AutomationOutbox.Account == _recorder ? ledger.AutomationOutbox : null;
    }

    /// <inheritdoc/>
    public async Task<AnchorReply> AnchorAsync(EvidenceAnchor anchor, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(anchor);
        byte[] calldata, log;
        try
        {
            log = Hex.ToBytes(anchor.Log, 32);
            calldata = _contract.Abi.EncodeCall("anchorEvidence", log, anchor.Size, Hex.ToBytes(anchor.Root, 32));
        }
        catch (EvmFormatException fault)
        {
            return new AnchorReply.Refused($"The anchor cannot stand on the chain: {fault.Message}");
        }
        await _oneAtATime.WaitAsync(cancel);
        try
        {
            var mayBePending = _outbox is null
                ? await _reader.MayBePendingAsync(_recorder, log, cancel) : await _outbox.MayBePendingAsync(log, cancel);
            return mayBePending
                ? new AnchorReply.Unknown("An anchor of this log may still be waiting to be mined.")
                : await KnownAsync(anchor, cancel) ?? await SendAsync(anchor, calldata, cancel);
        }
        catch (Exception fault) when (IsLedgerFault(fault))
        {
            return new AnchorReply.Unknown(fault.Message);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<AnchorReceipt?> LatestAnchorAsync(string log, CancellationToken cancel)
    {
        try
        {
            var values = await _contract.ReadAsync("latest", cancel, Hex.ToBytes(log, 32));
            var size = Convert.ToInt64(values[0].ToString(), System.Globalization.CultureInfo.InvariantCulture);
            return size == 0 ? null : await ReceiptAsync(new EvidenceAnchor(log, size, Hex.Data((byte[])values[3])), cancel);
        }
        catch (Exception fault) when (IsLedgerFault(fault))
        {
            throw new LedgerUnavailableException(fault.Message, fault);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rpc.Dispose();
        _oneAtATime.Dispose();
    }

    private async Task<AnchorReply?> KnownAsync(EvidenceAnchor anchor, CancellationToken cancel)
    {
        var root = await _contract.ReadAsync("rootAt", cancel, Hex.ToBytes(anchor.Log), anchor.Size);
        return ((byte[])root[0]).AsSpan().SequenceEqual(Hex.ToBytes(anchor.Root))
            ? new AnchorReply.Anchored(await ReceiptAsync(anchor, cancel))
            : null;
    }

    private async Task<AnchorReply> SendAsync(EvidenceAnchor anchor, byte[] calldata, CancellationToken cancel)
    {
        if (await _contract.RehearseAsync(_recorder, calldata, cancel) is { } error)
            return error.IsRevert
                ? new AnchorReply.Refused(_contract.Abi.DescribeRevert(error.Data))
                : new AnchorReply.Unknown($"The node answered with error {error.Code}: {error.Message}");
        var receipt = await MinedAsync(anchor, calldata, cancel);
        if (receipt is not { IsSuccess: true })
            return new AnchorReply.Unknown("The anchor's transaction is not on the chain.");
        return await KnownAsync(anchor, cancel)
            ?? new AnchorReply.Unknown($"Transaction {receipt.TransactionHash} passed, and its anchor is not on the chain.");
    }

    private async Task<EvmReceipt?> MinedAsync(EvidenceAnchor anchor, byte[] calldata, CancellationToken cancel)
    {
        if (_outbox is not null)
            return await _outbox.WaitAsync(
                await _outbox.SendAsync(new EvmCall(_contract.Address, calldata, Hex.ToBytes(anchor.Log, 32)), cancel), cancel);
        var hash = await _contract.SendAsync(_recorder, calldata, gasLimit: null, cancel);
        return await EvmContract.WaitAsync(_rpc, hash, _options.ReceiptTimeout, _clock, cancel);
    }

    private async Task<AnchorReceipt> ReceiptAsync(EvidenceAnchor anchor, CancellationToken cancel)
    {
        var filter = new Dictionary<string, object>
        {
            ["address"] = _contract.Address.Text,
            ["fromBlock"] = "0x0",
            ["toBlock"] = "latest",
            ["topics"] = new object?[]
            {
                EvmGuardCalls.Topics(_contract.Abi, ["EvidenceAnchored"]), anchor.Log, "0x" + anchor.Size.ToString("x64", null),
            },
        };
        var logs = await _rpc.CallAsync("eth_getLogs", cancel, filter);
        var log = logs.EnumerateArray().Select(EvmLog.Read).FirstOrDefault()
            ?? throw new EvmFormatException("The contract keeps an anchor whose event the node does not show.");
        var receipt = EvmReceipt.Read(await _rpc.CallAsync("eth_getTransactionReceipt", cancel, log.TransactionHash))
            ?? throw new EvmFormatException("The node shows an event without its transaction.");
        var head = await _reader.HeadAsync(cancel);
        return head.Number - receipt.Block >= _options.ConfirmationBlocks
            ? new AnchorReceipt(anchor, await _reader.ReceiptAsync(receipt, null, cancel))
            : throw new EvmFormatException("The anchor is not final yet. Ask again.");
    }

    private static bool IsLedgerFault(Exception fault) =>
        fault is JsonRpcTransportException or JsonRpcErrorException or EvmFormatException or LedgerUnavailableException;
}

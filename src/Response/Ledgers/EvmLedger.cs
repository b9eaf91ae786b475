using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Evm;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Response.Ledgers;

/// <summary>
/// The guard contract on an EVM chain, over JSON-RPC. Keys stay in the node or the signer in front of it: orders are sent from
/// the configured accounts and signed there.
/// </summary>
/// <remarks>
/// Every order is rehearsed before it is sent, so a refusal costs nothing and comes with its reason. Orders under different keys go
/// out side by side, several in a block; an order whose key already has an effect is answered with that effect's receipt and nothing
/// is sent. What sticks is sent again under its number. Safe from many threads.
/// </remarks>
public sealed class EvmLedger : ILedger, IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>What the chain already says under an order's key; null when it says nothing.</summary>
    private delegate Task<LedgerReply?> AskKey(LedgerOrder order, CancellationToken cancel);

    private readonly EvmLedgerOptions _options;
    private readonly TimeProvider _clock;
    private readonly JsonRpcClient _rpc;
    private readonly EvmContract _guard;
    private readonly EvmGuardReader _reader;
    private readonly EvmOutbox _automation;
    private readonly EvmOutbox _restorer;
    private readonly EvmOutbox? _secondRestorer;
    private readonly List<IDisposable> _owned = [];
    private readonly KeyedGate _oneAtATime = new();

    /// <summary>Makes a ledger. Nothing is sent until it is asked.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public EvmLedger(EvmLedgerOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _clock = clock;
        _rpc = new JsonRpcClient(options.Node);
        _guard = new EvmContract(_rpc, EvmAddress.Parse(options.GuardAddress), ContractAbi.Load("SentinelGuard"));
        _reader = new EvmGuardReader(_rpc, _guard);
        _owned.Add(_rpc);
        var signer = SignerAt(_rpc, options.Web3Signer);
        _automation = OutboxOf(options.AutomationAccount, signer);
        _restorer = OutboxOf(options.RestorerAccount, signer);
        if (options.SecondRestorerAccount.Length > 0)
            _secondRestorer = OutboxOf(options.SecondRestorerAccount, SecondSigner(signer));
    }

    /// <summary>Raised with the order's key when the node has taken its transaction; on the caller's thread.</summary>
    public event Action<string>? Sent;

    /// <inheritdoc/>
    public Task<LedgerReply> ContainAsync(LedgerOrder order, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(order);
        return OrderAsync([_automation], order, () => EvmGuardCalls.Contain(_guard.Abi, order), AnswerContainedAsync, cancel);
    }

    /// <inheritdoc/>
    public Task<LedgerReply> RestoreAsync(LedgerOrder order, string orderedBy, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(order);
        return OrderByTwoAsync(order, () => EvmGuardCalls.Restore(_guard.Abi, order, orderedBy), AnswerRestoredAsync, cancel);
    }

    /// <inheritdoc/>
    public Task<LedgerReply> RenewAsync(LedgerOrder order, DateTimeOffset until, string orderedBy, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(order);
        return OrderByTwoAsync(
            order, () => EvmGuardCalls.Renew(_guard.Abi, order, until, orderedBy),
            (asked, token) => AnswerRenewedAsync(asked, until, token), cancel);
    }

    /// <inheritdoc/>
    public Task<LedgerReceipt?> FindAsync(string key, CancellationToken cancel) => ReadAsync<LedgerReceipt?>(async () =>
    {
        var word = Hex.ToBytes(key, 32);
        // First what is waiting, then what is done: a transaction mined in between is then seen as done instead of missed.
        var mayBePending = await _automation.MayBePendingAsync(word, cancel);
        if (await _reader.EffectAsync(word, cancel) is { } effect)
        {
            var receipt = await _reader.ContainmentAsync(word, effect, cancel);
            return await IsFinalAsync(receipt.Block, cancel)
                ? receipt : throw new LedgerUnavailableException("The effect under this key is not final yet. Ask again.");
        }
        return mayBePending
            ? throw new LedgerUnavailableException("A transaction under this key may still be waiting to be mined. Ask again.") : null;
    });

    /// <inheritdoc/>
    public Task<bool> IsContainedAsync(ActionKind kind, EntityRef target, CancellationToken cancel) => ReadAsync(async () =>
        EvmGuardCalls.Target(kind, target.Id) is not null
        && await _guard.ReadAsync(EvmGuardCalls.View(kind), cancel, target.Id) is [true]);

    /// <inheritdoc/>
    public Task<ValidatorSet> GetValidatorsAsync(CancellationToken cancel) => ReadAsync(() =>
        _options.ValidatorNodes.Count > 0
            ? _reader.QbftValidatorsAsync(_options.ValidatorNodes, cancel) : _reader.ValidatorsAsync(cancel));

    /// <inheritdoc/>
    public Task<LedgerHead> GetHeadAsync(CancellationToken cancel) => ReadAsync(async () =>
    {
        var head = await _reader.HeadAsync(cancel);
        return new LedgerHead(_options.Name, head.Number, head.Hash, head.At);
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var owned in _owned)
            owned.Dispose();
    }

    /// <summary>Where the transactions of the automation's account take their numbers, for whoever else sends from it.</summary>
    internal EvmOutbox AutomationOutbox => _automation;

    private T Own<T>(T owned) where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    private EvmOutbox OutboxOf(string account, IEvmSigner signer) =>
        Own(new EvmOutbox(_rpc, signer, EvmAddress.Parse(account), _options, _clock));

    private IEvmSigner SignerAt(JsonRpcClient node, Uri? web3Signer) =>
        web3Signer is null ? new NodeSigner(node) : Own(new Web3Signer(_rpc, web3Signer, _options.Node.Timeout));

    private IEvmSigner SecondSigner(IEvmSigner first) =>
        _options.SecondWeb3Signer is { } further ? SignerAt(_rpc, further)
        : _options.SecondSigner is { } speaker ? new NodeSigner(Own(new JsonRpcClient(speaker)))
        : first;

    private Task<LedgerReply> OrderByTwoAsync(
        LedgerOrder order, Func<byte[]> encode, AskKey answered, CancellationToken cancel) =>
        _secondRestorer is { } second
            ? OrderAsync([_restorer, second], order, encode, answered, cancel)
            : Task.FromResult<LedgerReply>(new LedgerReply.Refused("The guard takes two restorers, and only one is configured."));

    private async Task<LedgerReply> OrderAsync(
        IReadOnlyList<EvmOutbox> senders, LedgerOrder order, Func<byte[]> encode, AskKey answered, CancellationToken cancel)
    {
        byte[] calldata;
        try
        {
            calldata = encode();
        }
        catch (EvmFormatException fault)
        {
            return new LedgerReply.Refused($"The order cannot stand on the chain: {fault.Message}");
        }
        using var turn = await _oneAtATime.EnterAsync(order.Key, cancel);
        try
        {
            var call = new EvmCall(_guard.Address, calldata, Hex.ToBytes(order.Key));
            foreach (var sender in senders)
            {
                if (await sender.MayBePendingAsync(call.Key, cancel))
                    return new LedgerReply.Unknown("A transaction under this key may still be waiting to be mined.");
            }
            if (await answered(order, cancel) is { } known)
                return known;
            if (senders.Count > 1 && await ConsentAsync(senders[0], call, cancel) is { } failed)
                return failed;
            return await SubmitAsync(senders[^1], order, call, answered, cancel);
        }
        catch (Exception fault) when (IsLedgerFault(fault) || fault is LedgerUnavailableException)
        {
            return new LedgerReply.Unknown(fault.Message);
        }
    }

    /// <summary>The first of two senders says yes; null when that is on the chain.</summary>
    private async Task<LedgerReply?> ConsentAsync(EvmOutbox from, EvmCall call, CancellationToken cancel)
    {
        if (await RehearseAsync(from.Account, call.Data, cancel) is { } refused)
            return refused;
        var receipt = await from.WaitAsync(await from.SendAsync(call, cancel), cancel);
        return receipt is { IsSuccess: true } ? null : new LedgerReply.Unknown("The first of two consents is not on the chain.");
    }

    /// <summary>What the guard or the node says against a call before it is sent; null when nothing.</summary>
    private async Task<LedgerReply?> RehearseAsync(EvmAddress from, byte[] calldata, CancellationToken cancel)
    {
        if (await _guard.RehearseAsync(from, calldata, cancel) is not { } error)
            return null;
        // A contract's refusal is final. Anything else is the node's own trouble, and nothing has been sent.
        return error.IsRevert
            ? new LedgerReply.Refused(_guard.Abi.DescribeRevert(error.Data))
            : new LedgerReply.Unknown($"The node answered with error {error.Code}: {error.Message}");
    }

    private async Task<LedgerReply> SubmitAsync(
        EvmOutbox from, LedgerOrder order, EvmCall call, AskKey answered, CancellationToken cancel)
    {
        if (await RehearseAsync(from.Account, call.Data, cancel) is { } refused)
            return refused;
        var transit = await from.SendAsync(call, cancel);
        Sent?.Invoke(order.Key);
        if (await from.WaitAsync(transit, cancel) is not { } receipt)
            return new LedgerReply.Unknown($"Transaction {transit.Hashes[^1]} was not mined within {_options.ReceiptTimeout.TotalSeconds:0.#} s.");
        var hash = receipt.TransactionHash;
        if (!await BecomesFinalAsync(receipt.Block, cancel))
            return new LedgerReply.Unknown($"Transaction {hash} did not become final in time.");
        if (await answered(order, cancel) is { } reply)
            return reply;
        // Passed in rehearsal and reverted in its block: the state changed in between, and the rehearsal now says how.
        var reason = receipt.IsSuccess ? null : await _guard.RehearseAsync(from.Account, call.Data, cancel);
        return receipt.IsSuccess
            ? new LedgerReply.Unknown($"Transaction {hash} passed, and its effect is not on the chain.")
            : new LedgerReply.Refused(_guard.Abi.DescribeRevert(reason?.Data ?? []));
    }

    /// <summary>The answer when the key already has an effect; null when it has none.</summary>
    private async Task<LedgerReply?> AnswerContainedAsync(LedgerOrder order, CancellationToken cancel)
    {
        var key = Hex.ToBytes(order.Key);
        if (await _reader.EffectAsync(key, cancel) is not { } effect)
            return null;
        return IsOf(effect, order)
            ? new LedgerReply.Confirmed(await _reader.ContainmentAsync(key, effect, cancel))
            : new LedgerReply.Refused("The key was used for another target.");
    }

    /// <summary>The answer when what the key contained was already restored; null when it was not.</summary>
    private async Task<LedgerReply?> AnswerRestoredAsync(LedgerOrder order, CancellationToken cancel)
    {
        var key = Hex.ToBytes(order.Key);
        return await _reader.EffectAsync(key, cancel) is { IsRestored: true } effect && IsOf(effect, order)
            ? new LedgerReply.Confirmed(await _reader.RestorationAsync(key, effect, cancel))
            : null;
    }

    /// <summary>The answer when what the key contained ends then already; null when it does not.</summary>
    private async Task<LedgerReply?> AnswerRenewedAsync(LedgerOrder order, DateTimeOffset until, CancellationToken cancel)
    {
        var key = Hex.ToBytes(order.Key);
        return await _reader.EffectAsync(key, cancel) is { IsRestored: false } effect && IsOf(effect, order)
            && effect.Until.ToUnixTimeSeconds() == until.ToUnixTimeSeconds()
            ? new LedgerReply.Confirmed(await _reader.ContainmentAsync(key, effect, cancel))
            : null;
    }

    private static bool IsOf(EvmGuardEffect effect, LedgerOrder order) =>
        effect.Kind == EvmGuardEffect.NumberOf(order.Kind)
        && EvmGuardCalls.Target(order.Kind, order.Target.Id) is { } target && effect.Target.AsSpan().SequenceEqual(target);

    private async Task<bool> IsFinalAsync(long block, CancellationToken cancel) =>
        (await _reader.HeadAsync(cancel)).Number - block >= _options.ConfirmationBlocks;

    private async Task<bool> BecomesFinalAsync(long block, CancellationToken cancel)
    {
        var started = _clock.GetTimestamp();
        while (!await IsFinalAsync(block, cancel))
        {
            if (_clock.GetElapsedTime(started) >= _options.ReceiptTimeout)
                return false;
            await Task.Delay(PollInterval, _clock, cancel);
        }
        return true;
    }

    private static async Task<T> ReadAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception fault) when (IsLedgerFault(fault))
        {
            throw new LedgerUnavailableException(fault.Message, fault);
        }
    }

    private static bool IsLedgerFault(Exception fault) =>
        fault is JsonRpcTransportException or JsonRpcErrorException or EvmFormatException;
}

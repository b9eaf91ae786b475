using System.Text.Json;

namespace SentinelHealth.Ingest.Evm;

/// <summary>How the blocks of a simulated network get their times.</summary>
public enum EvmBlockTimes
{
    /// <summary>The node's own clock.</summary>
    OfNode,

    /// <summary>The events' times, as far as block times may only grow by whole seconds. The node must start before the first event.</summary>
    OfEvents,
}

/// <summary>A transaction that was sent and mined.</summary>
/// <param name="TransactionHash">Its hash, 0x-hex.</param>
/// <param name="EventId">The identifier the ledger source gives its event.</param>
/// <param name="IsSuccess">Whether the network accepted it.</param>
public sealed record EvmSent(string TransactionHash, string EventId, bool IsSuccess);

/// <summary>
/// Replays native ledger events on a development node as real transactions of the events' own actors. The node must let any
/// address send (anvil's <c>--auto-impersonate</c>) and charge no gas.
/// </summary>
/// <remarks>
/// Onboarding that the events take for granted (roles, organizations, governors, founding nodes) is done as it is needed, by the
/// administrator. Events of status <c>reverted</c> are sent with too little gas, so that they are mined and fail. One caller at a
/// time: transactions keep the order of the calls.
/// </remarks>
public sealed class EvmNetworkWriter
{
    private const long GasLimit = 2_000_000;
    private const int RememberedMax = 100_000;
    private static readonly TimeSpan ReceiptTimeout = TimeSpan.FromSeconds(60);

    private readonly JsonRpcClient _rpc;
    private readonly EvmDeployment _deployment;
    private readonly TimeProvider _clock;
    private readonly EvmBlockTimes _times;
    private readonly Dictionary<string, EvmContract> _contracts = new(StringComparer.Ordinal);
    private readonly EvmEventDecoder _decoder;
    private readonly HashSet<string> _done = new(StringComparer.Ordinal);
    private long _lastSecond;

    /// <summary>Makes a writer for a deployed network. Nothing is sent until the first event.</summary>
    public EvmNetworkWriter(JsonRpcClient rpc, EvmDeployment deployment, EvmBlockTimes times, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(deployment);
        (_rpc, _deployment, _times, _clock) = (rpc, deployment, times, clock);
        foreach (var (name, address) in deployment.Contracts)
            _contracts[name] = new EvmContract(rpc, EvmAddress.Parse(address), ContractAbi.Load(name));
        _decoder = new EvmEventDecoder("", _contracts.Values.Select(contract => KeyValuePair.Create(contract.Address, contract.Abi)));
    }

    /// <summary>Sends one event and waits until it is mined; null when the record is no transaction of this network's contracts.</summary>
    /// <exception cref="EvmFormatException">A value does not fit the contract's parameter.</exception>
    /// <exception cref="JsonException">The record is not JSON.</exception>
    /// <exception cref="JsonRpcErrorException">The node refused.</exception>
    /// <exception cref="JsonRpcTransportException">There was no usable answer.</exception>
    public async Task<EvmSent?> SendAsync(ReadOnlyMemory<byte> record, CancellationToken cancel)
    {
        using var document = JsonDocument.Parse(record);
        var act = document.RootElement;
        if (EvmArguments.Text(act, "contract") is not { } name || !_contracts.TryGetValue(name, out var contract)
            || contract.Abi.Function(EvmArguments.Text(act, "method") ?? "") is not { } function)
        {
            return null;
        }
        var actor = EvmAddress.Parse(EvmArguments.Text(act, "actor") ?? "");
        await OnboardAsync(act, actor, name, function.Name, cancel);
        if (_times == EvmBlockTimes.OfEvents)
            await SetBlockTimeAsync(act, cancel);
        var calldata = contract.Abi.EncodeCall(function.Name, EvmArguments.Read(function, act));
        var gas = EvmArguments.Text(act, "status") == "reverted" ? TooLittleGas(calldata) : GasLimit;
        var receipt = await MineAsync(contract, actor, calldata, gas, cancel);
        return new(receipt.TransactionHash, EventIdOf(receipt), receipt.IsSuccess);
    }

    private async Task<EvmReceipt> MineAsync(
        EvmContract contract, EvmAddress from, byte[] calldata, long gas, CancellationToken cancel)
    {
        var hash = await contract.SendAsync(from, calldata, gas, cancel);
        return await EvmContract.WaitAsync(_rpc, hash, ReceiptTimeout, _clock, cancel)
            ?? throw new JsonRpcTransportException("A transaction was not mined in time.");
    }

    private async Task OnboardAsync(JsonElement act, EvmAddress actor, string contract, string method, CancellationToken cancel)
    {
        var (role, organization) = (EvmArguments.Text(act, "actorRole"), EvmArguments.Text(act, "organization"));
        await OnceAsync($"{actor} {role} {organization}", "IdentityRegistry", "enroll", cancel, actor, role, organization);
        if (contract == "Governance")
            await OnceAsync($"{actor} governs", "Governance", "appoint", cancel, actor);
        if (method == "setRole")
        {
            var registrar = Keccak256.Hash("REGISTRAR_ROLE");
            await OnceAsync($"{actor} registers", "IdentityRegistry", "grantRole", cancel, registrar, actor);
        }
        if (contract == "NodeRegistry" && EvmArguments.Argument(act, "nodeId") is { } nodeId && method is "vote" or "removeNode"
            && (await _contracts[contract].ReadAsync("standingOf", cancel, nodeId))[0].Equals(System.Numerics.BigInteger.Zero))
        {
            var owner = EvmArguments.Argument(act, "nodeOrganization");
            await OnceAsync($"{nodeId} founded", "NodeRegistry", "found", cancel, nodeId, owner);
        }
    }

    /// <summary>Does an onboarding step unless it was done lately. Doing one again is harmless, so forgetting is too.</summary>
    private async Task OnceAsync(string step, string contract, string function, CancellationToken cancel, params object?[] values)
    {
        if (_done.Contains(step))
            return;
        if (_done.Count >= RememberedMax)
            _done.Clear();
        var at = _contracts[contract];
        var calldata = at.Abi.EncodeCall(function, values);
        var receipt = await MineAsync(at, EvmAddress.Parse(_deployment.AdminAccount), calldata, GasLimit, cancel);
        if (!receipt.IsSuccess)
            throw new JsonRpcErrorException($"The network refused {contract}.{function} to its administrator.");
        _done.Add(step);
    }

    private async Task SetBlockTimeAsync(JsonElement act, CancellationToken cancel)
    {
        var at = EvmArguments.Instant(EvmArguments.Text(act, "time"));
        var newest = EvmBlock.Read(await _rpc.CallAsync("eth_getBlockByNumber", cancel, "latest", false));
        _lastSecond = Math.Max(at, Math.Max(_lastSecond, newest?.At.ToUnixTimeSeconds() ?? 0) + 1);
        await _rpc.CallAsync("evm_setNextBlockTimestamp", cancel, _lastSecond);
    }

    private string EventIdOf(EvmReceipt receipt)
    {
        var at = new EvmBlock(receipt.Block, receipt.BlockHash, "", DateTimeOffset.UnixEpoch, []);
        var log = receipt.Logs.FirstOrDefault(log => _decoder.DecodeLog(log, at, receipt) is not null);
        return $"{receipt.TransactionHash}:{(log is null ? "r" : log.LogIndex)}";
    }

    /// <summary>Enough for a transaction to be accepted (its data alone, by the dearer of the two tariffs) and not enough to do anything.</summary>
    private static long TooLittleGas(byte[] calldata)
    {
        var zeros = calldata.LongCount(value => value == 0);
        var others = calldata.Length - zeros;
        return 21_000 + Math.Max((4 * zeros) + (16 * others), (10 * zeros) + (40 * others)) + 500;
    }
}

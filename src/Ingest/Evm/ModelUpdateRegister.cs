using System.Numerics;
using System.Text.Json;

namespace SentinelHealth.Ingest.Evm;

/// <summary>Updates of shared models as they stand on the ledger's <c>ModelRegistry</c>: who gave which, by digest.</summary>
/// <remarks>The node signs; one or two requests a call.</remarks>
public sealed class ModelUpdateRegister
{
    private static readonly TimeSpan ReceiptTimeout = TimeSpan.FromSeconds(60);

    private readonly JsonRpcClient _rpc;
    private readonly EvmContract _registry;
    private readonly AbiItem _submitted;
    private readonly long _firstBlock;
    private readonly TimeProvider _clock;

    /// <summary>Makes a register of a deployed network.</summary>
    public ModelUpdateRegister(JsonRpcClient rpc, EvmDeployment deployment, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(deployment);
        (_rpc, _clock, _firstBlock) = (rpc, clock, deployment.FirstBlock);
        _registry = new EvmContract(rpc, deployment.AddressOf("ModelRegistry"), ContractAbi.Load("ModelRegistry"));
        _submitted = _registry.Abi.Events.Single(item => item.Name == "SubmitUpdate");
    }

    /// <summary>Registers an update and waits until it is mined. Returns the transaction's hash.</summary>
    /// <param name="from">An account that the node signs for.</param>
    /// <param name="node">Whose update it is, at most 32 bytes.</param>
    /// <param name="model">The model, at most 32 bytes.</param>
    /// <param name="round">The round.</param>
    /// <param name="digest">What identifies the update's bytes.</param>
    /// <param name="cancel">Stops waiting; the transaction may be mined all the same.</param>
    /// <exception cref="EvmFormatException">A name is too long for the contract.</exception>
    /// <exception cref="JsonRpcErrorException">The node refused.</exception>
    /// <exception cref="JsonRpcTransportException">There was no usable answer, or the transaction was not mined or was reverted.</exception>
    public async Task<string> RegisterAsync(
        EvmAddress from, string node, string model, long round, string digest, CancellationToken cancel)
    {
        var calldata = _registry.Abi.EncodeCall(
            "submitUpdate", EvmWord.Pack(node), EvmWord.Pack(model), round, 0L, 0L, digest);
        var hash = await _registry.SendAsync(from, calldata, gasLimit: null, cancel);
        var receipt = await EvmContract.WaitAsync(_rpc, hash, ReceiptTimeout, _clock, cancel);
        return receipt is { IsSuccess: true }
            ? hash
            : throw new JsonRpcTransportException($"Transaction {hash} was not mined in time, or it was reverted.");
    }

    /// <summary>Whether an update with this digest was registered for this round.</summary>
    /// <exception cref="JsonRpcErrorException">The node refused.</exception>
    /// <exception cref="JsonRpcTransportException">There was no usable answer.</exception>
    /// <exception cref="EvmFormatException">The node's answer is not what the contract writes.</exception>
    public async Task<bool> IsRegisteredAsync(string node, string model, long round, string digest, CancellationToken cancel)
    {
        var filter = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["address"] = _registry.Address.Text,
            ["fromBlock"] = Hex.Quantity(_firstBlock),
            ["toBlock"] = "latest",
            ["topics"] = new[] { _submitted.Topic, Hex.Data(EvmWord.Pack(node)), null, Hex.Data(EvmWord.Pack(model)) },
        };
        var logs = await _rpc.CallAsync("eth_getLogs", cancel, filter);
        var plain = _submitted.Inputs.Where(input => !input.IsIndexed).ToList();
        var (roundAt, digestAt) = (plain.FindIndex(input => input.Name == "round"), plain.FindIndex(input => input.Name == "provenance"));
        return logs.EnumerateArray().Select(log => AbiDecoder.Decode([.. plain.Select(input => input.Type)], DataOf(log)))
            .Any(values => (BigInteger)values[roundAt] == round && values[digestAt] as string == digest);
    }

    private static byte[] DataOf(JsonElement log) => Hex.ToBytes(EvmContract.AsText(log.GetProperty("data")));
}

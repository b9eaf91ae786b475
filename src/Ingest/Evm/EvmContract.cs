using System.Text.Json;

namespace SentinelHealth.Ingest.Evm;

/// <summary>A contract at an address on one node. Transactions are signed by the node (or a signer behind it): no key is held here.</summary>
/// <remarks>Safe from many threads. One or two requests a call.</remarks>
public sealed class EvmContract(JsonRpcClient rpc, EvmAddress address, ContractAbi abi)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Where it is.</summary>
    public EvmAddress Address { get; } = address;

    /// <summary>What it understands.</summary>
    public ContractAbi Abi { get; } = abi;

    /// <summary>Reads without changing anything.</summary>
    /// <exception cref="JsonRpcErrorException">The contract or the node refused.</exception>
    /// <exception cref="JsonRpcTransportException">There was no usable answer.</exception>
    /// <exception cref="EvmFormatException">The answer is not what the function returns, as when no contract is there.</exception>
    public async Task<object[]> ReadAsync(string function, CancellationToken cancel, params object?[] values)
    {
        var result = await rpc.CallAsync("eth_call", cancel, Transaction(null, Abi.EncodeCall(function, values)), "latest");
        return Abi.DecodeResult(function, Hex.ToBytes(AsText(result)));
    }

    /// <summary>What a transaction would do now, without sending it: null when it would pass, else the node's error.</summary>
    /// <exception cref="JsonRpcTransportException">There was no usable answer.</exception>
    public async Task<JsonRpcError?> RehearseAsync(EvmAddress from, byte[] calldata, CancellationToken cancel)
    {
        var reply = await rpc.BatchAsync([new("eth_call", Transaction(from, calldata), "latest")], cancel);
        return reply[0].Error;
    }

    /// <summary>Sends a transaction and returns its hash as soon as the node has taken it.</summary>
    /// <exception cref="JsonRpcErrorException">The node refused it.</exception>
    /// <exception cref="JsonRpcTransportException">There was no usable answer: it may or may not have been sent.</exception>
    public async Task<string> SendAsync(EvmAddress from, byte[] calldata, long? gasLimit, CancellationToken cancel)
    {
        var transaction = Transaction(from, calldata);
        if (gasLimit is { } limit)
            transaction["gas"] = Hex.Quantity(limit);
        // Consortium networks run without gas prices; a node with one refuses this, which is visible, instead of spending.
        transaction["gasPrice"] = "0x0";
        var hash = await rpc.CallAsync("eth_sendTransaction", cancel, transaction);
        return Hex.Data(Hex.ToBytes(AsText(hash), 32));
    }

    /// <summary>Waits for a transaction's receipt; null when it has none after the given time.</summary>
    /// <exception cref="JsonRpcTransportException">There was no usable answer.</exception>
    public static async Task<EvmReceipt?> WaitAsync(
        JsonRpcClient rpc, string transactionHash, TimeSpan atMost, TimeProvider clock, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(rpc);
        ArgumentNullException.ThrowIfNull(clock);
        var started = clock.GetTimestamp();
        while (true)
        {
            var receipt = EvmReceipt.Read(await rpc.CallAsync("eth_getTransactionReceipt", cancel, transactionHash));
            if (receipt is not null || clock.GetElapsedTime(started) >= atMost)
                return receipt;
            await Task.Delay(PollInterval, clock, cancel);
        }
    }

    private Dictionary<string, object> Transaction(EvmAddress? from, byte[] calldata)
    {
        var transaction = new Dictionary<string, object>(StringComparer.Ordinal) { ["to"] = Address.Text, ["data"] = Hex.Data(calldata) };
        if (from is { } sender)
            transaction["from"] = sender.Text;
        return transaction;
    }

    internal static string? AsText(JsonElement result) => result.ValueKind == JsonValueKind.String ? result.GetString() : null;
}

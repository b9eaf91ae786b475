using SentinelHealth.Ingest.Evm;

namespace SentinelHealth.Response.Ledgers;

/// <summary>One call of a contract, with everything that makes it a transaction but the signature.</summary>
/// <param name="From">The account it is from.</param>
/// <param name="To">The contract.</param>
/// <param name="Data">Calldata.</param>
/// <param name="Nonce">Its number among the account's transactions: at most one of a number is ever mined.</param>
/// <param name="GasMax">Gas it may use.</param>
/// <param name="GasPriceWei">What it pays for each, in wei; 0 on a network without gas prices.</param>
internal sealed record UnsignedTransaction(
    EvmAddress From, EvmAddress To, byte[] Data, long Nonce, long GasMax, long GasPriceWei);

/// <summary>Who signs transactions and hands them to the node. No key is held in this process.</summary>
internal interface IEvmSigner
{
    /// <summary>Signs and hands over. The hash tells it from every other.</summary>
    /// <exception cref="JsonRpcErrorException">The node or the signer refused it; it is not on its way.</exception>
    /// <exception cref="JsonRpcTransportException">There was no usable answer: it may or may not be on its way.</exception>
    Task<string> SendAsync(UnsignedTransaction transaction, CancellationToken cancel);
}

/// <summary>The node, or a signer that stands in front of it and speaks as one, signs: <c>eth_sendTransaction</c>.</summary>
internal sealed class NodeSigner(JsonRpcClient rpc) : IEvmSigner
{
    public async Task<string> SendAsync(UnsignedTransaction transaction, CancellationToken cancel)
    {
        var members = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["from"] = transaction.From.Text,
            ["to"] = transaction.To.Text,
            ["data"] = Hex.Data(transaction.Data),
            ["nonce"] = Hex.Quantity(transaction.Nonce),
            ["gas"] = Hex.Quantity(transaction.GasMax),
            ["gasPrice"] = Hex.Quantity(transaction.GasPriceWei),
        };
        var hash = await rpc.CallAsync("eth_sendTransaction", cancel, members);
        return Hex.Data(Hex.ToBytes(hash.ValueKind == System.Text.Json.JsonValueKind.String ? hash.GetString() : null, 32));
    }
}

using System.Globalization;
using System.Net.Http.Json;
using System.Numerics;
using System.Text.Json;
using SentinelHealth.Ingest.Evm;

namespace SentinelHealth.Response.Ledgers;

/// <summary>
/// Keys stay in Web3Signer, which signs bytes (<c>/api/v1/eth1/sign</c>); the transaction is put together here and goes to the node
/// signed (<c>eth_sendRawTransaction</c>). Transactions are of the first kind with a chain identifier (EIP-155), which every node takes.
/// </summary>
/// <remarks>Safe from many threads. Which key belongs to an account is asked once.</remarks>
internal sealed class Web3Signer : IEvmSigner, IDisposable
{
    private const int SignatureBytes = 65;
    private const int ReplyBytesMax = 64 * 1024;

    // The order of the curve secp256k1. Nodes refuse the larger of the two values that sign the same.
    private static readonly BigInteger CurveOrder =
        BigInteger.Parse("0FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private readonly JsonRpcClient _node;
    private readonly HttpClient _http;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private Dictionary<EvmAddress, string> _keys = [];
    private long? _chainId;

    public Web3Signer(JsonRpcClient node, Uri endpoint, TimeSpan timeout)
    {
        _node = node;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = !endpoint.IsLoopback };
        _http = new HttpClient(handler)
        {
            BaseAddress = endpoint,
            Timeout = timeout,
            MaxResponseContentBufferSize = ReplyBytesMax,
        };
    }

    public void Dispose()
    {
        _http.Dispose();
        _gate.Dispose();
    }

    public async Task<string> SendAsync(UnsignedTransaction transaction, CancellationToken cancel)
    {
        var (key, chainId) = await KeyAsync(transaction.From, cancel);
        byte[][] members =
        [
            RlpWriter.Number(transaction.Nonce), RlpWriter.Number(transaction.GasPriceWei), RlpWriter.Number(transaction.GasMax),
            RlpWriter.Text(Hex.ToBytes(transaction.To.Text)), RlpWriter.Number(0), RlpWriter.Text(transaction.Data),
        ];
        var unsigned = RlpWriter.List([.. members, RlpWriter.Number(chainId), RlpWriter.Number(0), RlpWriter.Number(0)]);
        var (r, s, parity) = Parts(await SignAsync(key, unsigned, cancel));
        const int parityOffset = 35;
        var v = (2 * chainId) + parityOffset + parity;
        var signed = RlpWriter.List([.. members, RlpWriter.Number(v), RlpWriter.Number(r), RlpWriter.Number(s)]);
        var hash = await _node.CallAsync("eth_sendRawTransaction", cancel, Hex.Data(signed));
        return Hex.Data(Hex.ToBytes(hash.ValueKind == JsonValueKind.String ? hash.GetString() : null, 32));
    }

    /// <summary>Both numbers of a signature, with the smaller of the two that sign the same, and which of two points it is about.</summary>
    internal static (byte[] R, byte[] S, int Parity) Parts(byte[] signature)
    {
        if (signature.Length != SignatureBytes)
            throw new JsonRpcErrorException($"The signer answered {signature.Length} bytes, not a signature of {SignatureBytes}.");
        const int plain = 27;
        var parity = signature[64] >= plain ? signature[64] - plain : signature[64];
        if (parity is not (0 or 1))
            throw new JsonRpcErrorException("The signer's signature does not say which point it is about.");
        var s = new BigInteger(signature.AsSpan(32, 32), isUnsigned: true, isBigEndian: true);
        if (s <= CurveOrder / 2)
            return (signature[..32], signature[32..64], parity);
        return (signature[..32], (CurveOrder - s).ToByteArray(isUnsigned: true, isBigEndian: true), 1 - parity);
    }

    private async Task<(string Key, long ChainId)> KeyAsync(EvmAddress account, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            if (!_keys.ContainsKey(account))
                _keys = await KeysAsync(cancel);
            _chainId ??= Hex.ToLong((await _node.CallAsync("eth_chainId", cancel)).GetString());
            return _keys.TryGetValue(account, out var key) ? (key, _chainId.Value)
                : throw new JsonRpcErrorException($"The signer has no key of {account.Text}.");
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<Dictionary<EvmAddress, string>> KeysAsync(CancellationToken cancel)
    {
        var listed = JsonSerializer.Deserialize<string[]>(await AskAsync(HttpMethod.Get, "api/v1/eth1/publicKeys", null, cancel)) ?? [];
        var keys = new Dictionary<EvmAddress, string>();
        foreach (var key in listed)
        {
            var bytes = Hex.ToBytes(key);
            // With or without the byte that says it is uncompressed; the address is the end of the hash of the point.
            keys[EvmAddress.Parse(Hex.Data(Keccak256.Hash(bytes.AsSpan(bytes.Length - 64)).AsSpan(12)))] = key;
        }
        return keys;
    }

    private async Task<byte[]> SignAsync(string key, byte[] message, CancellationToken cancel)
    {
        var text = await AskAsync(HttpMethod.Post, $"api/v1/eth1/sign/{key}", JsonContent.Create(new { data = Hex.Data(message) }), cancel);
        return Hex.ToBytes(text.Trim());
    }

    private async Task<string> AskAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancel)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = content };
            using var response = await _http.SendAsync(request, cancel);
            // Nothing has been sent to the node yet, so whatever goes wrong here is a refusal and not an unknown outcome.
            return response.IsSuccessStatusCode
                ? await response.Content.ReadAsStringAsync(cancel)
                : throw new JsonRpcErrorException($"The signer answered HTTP {(int)response.StatusCode}.");
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            throw new JsonRpcErrorException("The signer could not be reached.", fault);
        }
    }
}

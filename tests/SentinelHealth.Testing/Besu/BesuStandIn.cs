using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SentinelHealth.Ingest.Evm;
using SentinelHealth.Response.Ledgers;

namespace SentinelHealth.Testing.Besu;

/// <summary>
/// What stands for a Besu validator with Web3Signer in front of it: the signer's HTTP interface and its <c>eth_sendTransaction</c>, Besu's
/// <c>perm_*</c> with its answers and errors, and <c>qbft_getValidatorsByBlockNumber</c>. Everything else goes to a real EVM node, which
/// checks the signatures, because it knows none of these keys.
/// </summary>
public sealed class BesuStandIn : IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly HttpClient _node = new();
    private readonly Uri _upstream;
    private readonly IReadOnlyList<SigningKey> _keys;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _serving;
    private readonly Lock _gate = new();

    private BesuStandIn(HttpListener listener, Uri endpoint, Uri upstream, IReadOnlyList<SigningKey> keys)
    {
        (_listener, Endpoint, _upstream, _keys) = (listener, endpoint, upstream, keys);
        _serving = ServeAsync();
    }

    /// <summary>Where it listens.</summary>
    public Uri Endpoint { get; }

    /// <summary>Nodes allowed to connect, as the node answers them.</summary>
    public List<string> Nodes { get; } = [];

    /// <summary>Accounts allowed to send.</summary>
    public List<string> Accounts { get; } = [];

    /// <summary>The accounts that make blocks.</summary>
    public List<string> Validators { get; } = [];

    /// <summary>So many of the next changes to a list are answered with HTTP 503.</summary>
    public int PermissionFailures { get; set; }

    /// <summary>Whether every connection is closed without an answer.</summary>
    public bool IsDown { get; set; }

    /// <summary>Every method asked for, in order.</summary>
    public List<string> Methods { get; } = [];

    public static BesuStandIn Start(Uri upstream, params SigningKey[] keys)
    {
        for (var attempt = 1; ; attempt++)
        {
            var endpoint = new Uri($"http://127.0.0.1:{FreePort()}/");
            var listener = new HttpListener { Prefixes = { endpoint.AbsoluteUri } };
            try
            {
                listener.Start();
                return new BesuStandIn(listener, endpoint, upstream, keys);
            }
            catch (HttpListenerException) when (attempt < 3)
            {
                // Somebody took the port between the probe and now.
                listener.Close();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Close();
        await ((Task)_serving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _node.Dispose();
        _stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            var context = await _listener.GetContextAsync();
            _ = Task.Run(() => AnswerAsync(context), CancellationToken.None);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            if (IsDown)
            {
                context.Response.Abort();
                return;
            }
            using var reader = new StreamReader(context.Request.InputStream);
            var body = await reader.ReadToEndAsync();
            var (status, text) = await AnswerAsync(context.Request.HttpMethod, context.Request.Url!.AbsolutePath, body);
            context.Response.StatusCode = status;
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
            context.Response.Close();
        }
        catch (Exception fault) when (fault is HttpListenerException or IOException or ObjectDisposedException)
        {
            // The client or the test has gone.
        }
    }

    private async Task<(int Status, string Body)> AnswerAsync(string method, string path, string body)
    {
        const string signing = "/api/v1/eth1/sign/";
        if (method == "GET")
            return path == "/api/v1/eth1/publicKeys"
                ? (200, JsonSerializer.Serialize(_keys.Select(key => Hex.Data(key.PublicKey)))) : (404, "");
        if (path.StartsWith(signing, StringComparison.Ordinal))
        {
            var key = _keys.FirstOrDefault(key => Hex.Data(key.PublicKey) == path[signing.Length..]);
            var message = JsonNode.Parse(body)!["data"]!.GetValue<string>();
            return key is null ? (404, "") : (200, Hex.Data(key.Sign(Hex.ToBytes(message))));
        }
        var request = JsonNode.Parse(body)!;
        if (request is not JsonArray calls)
            return await CallAsync(request);
        var answers = new List<string>();
        foreach (var call in calls)
            answers.Add((await CallAsync(call!)).Body);
        return (200, $"[{string.Join(',', answers)}]");
    }

    private async Task<(int Status, string Body)> CallAsync(JsonNode call)
    {
        var method = call["method"]!.GetValue<string>();
        lock (_gate)
            Methods.Add(method);
        if (method == "qbft_getValidatorsByBlockNumber")
            return (200, Result(call, new JsonArray([.. Validators.Select(account => (JsonNode)account)])));
        if (method.StartsWith("perm_", StringComparison.Ordinal))
        {
            lock (_gate)
                return Permission(call, method);
        }
        if (method == "eth_sendTransaction"
            && _keys.FirstOrDefault(key => key.Account == EvmAddress.Parse(Member(call, "from"))) is { } signer)
            return (200, await ForwardAsync(await SignedAsync(call, signer)));
        return (200, await ForwardAsync(call.ToJsonString()));
    }

    private (int Status, string Body) Permission(JsonNode call, string method)
    {
        var (list, name) = method.Contains("Nodes", StringComparison.Ordinal) ? (Nodes, "node") : (Accounts, "account");
        if (method.StartsWith("perm_get", StringComparison.Ordinal))
            return (200, Result(call, new JsonArray([.. list.Select(entry => (JsonNode)entry)])));
        if (PermissionFailures > 0)
        {
            PermissionFailures--;
            return (503, "");
        }
        var entries = call["params"]![0]!.AsArray().Select(entry => entry!.GetValue<string>()).ToList();
        var isAdding = method.StartsWith("perm_add", StringComparison.Ordinal);
        // Besu takes all of them or none.
        if (isAdding && entries.Exists(list.Contains))
            return (200, Error(call, $"Cannot add an existing {name} to allowlist"));
        if (!isAdding && !entries.TrueForAll(list.Contains))
            return (200, Error(call, $"Cannot remove an absent {name} from allowlist"));
        if (isAdding)
            list.AddRange(entries);
        else
            list.RemoveAll(entries.Contains);
        return (200, Result(call, "Success"));
    }

    /// <summary>What the signer in front of a node does: signs, and hands over what is signed.</summary>
    private async Task<string> SignedAsync(JsonNode call, SigningKey key)
    {
        var chain = JsonNode.Parse(await ForwardAsync("""{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}"""));
        var chainId = Hex.ToLong(chain!["result"]!.GetValue<string>());
        byte[][] members =
        [
            RlpWriter.Number(Hex.ToLong(Member(call, "nonce"))), RlpWriter.Number(Hex.ToLong(Member(call, "gasPrice"))),
            RlpWriter.Number(Hex.ToLong(Member(call, "gas"))), RlpWriter.Text(Hex.ToBytes(Member(call, "to"))), RlpWriter.Number(0),
            RlpWriter.Text(Hex.ToBytes(Member(call, "data"))),
        ];
        byte[][] chainOnly = [RlpWriter.Number(chainId), RlpWriter.Number(0), RlpWriter.Number(0)];
        var signature = key.Sign(RlpWriter.List([.. members, .. chainOnly]));
        var (r, s, parity) = Web3Signer.Parts(signature);
        var v = (2 * chainId) + 35 + parity;
        var raw = RlpWriter.List([.. members, RlpWriter.Number(v), RlpWriter.Number(r), RlpWriter.Number(s)]);
        return new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = call["id"]!.DeepClone(),
            ["method"] = "eth_sendRawTransaction",
            ["params"] = new JsonArray(Hex.Data(raw)),
        }.ToJsonString();
    }

    private async Task<string> ForwardAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _node.PostAsync(_upstream, content);
        return await response.Content.ReadAsStringAsync();
    }

    private static string Member(JsonNode call, string name) => call["params"]![0]![name]!.GetValue<string>();

    private static string Result(JsonNode call, JsonNode result) =>
        new JsonObject { ["jsonrpc"] = "2.0", ["id"] = call["id"]!.DeepClone(), ["result"] = result }.ToJsonString();

    private static string Error(JsonNode call, string message) => new JsonObject
    {
        ["jsonrpc"] = "2.0",
        ["id"] = call["id"]!.DeepClone(),
        ["error"] = new JsonObject { ["code"] = -32000, ["message"] = message },
    }.ToJsonString();

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}

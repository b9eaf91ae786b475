using System.Net.Http.Headers;
using System.Text.Json;

namespace SentinelHealth.Ingest.Evm;

/// <summary>JSON-RPC 2.0 over HTTP to one node, with a time limit and a size limit on every answer.</summary>
/// <remarks>Safe from many threads. Follows no redirects: a node does not send its clients elsewhere.</remarks>
public sealed class JsonRpcClient : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly JsonRpcOptions _options;
    private readonly HttpClient _http;

    /// <summary>Makes a client. Nothing is sent until the first call.</summary>
    public JsonRpcClient(JsonRpcOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !options.Endpoint.IsLoopback,
            ConnectTimeout = options.Timeout,
            // A node that moved behind the same name is found again within this time.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Calls one method and returns its result, which may be JSON null.</summary>
    /// <exception cref="JsonRpcErrorException">The node answered with an error.</exception>
    /// <exception cref="JsonRpcTransportException">There was no usable answer.</exception>
    public async Task<JsonElement> CallAsync(string method, CancellationToken cancel, params object?[] parameters)
    {
        var answer = await PostAsync(Request(1, method, parameters), cancel);
        return Reply(answer).Value();
    }

    /// <summary>Calls several methods in one request and returns their replies in the order of the calls.</summary>
    /// <exception cref="JsonRpcTransportException">There was no usable answer; an error of one call is in its reply instead.</exception>
    public async Task<IReadOnlyList<JsonRpcReply>> BatchAsync(IReadOnlyList<JsonRpcCall> calls, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(calls);
        if (calls.Count == 0)
            return [];
        var body = calls.Select((call, i) => Request(i + 1, call.Method, call.Parameters)).ToArray();
        var answer = await PostAsync(body, cancel);
        if (answer.ValueKind != JsonValueKind.Array || answer.GetArrayLength() != calls.Count)
            throw new JsonRpcTransportException("The node did not answer each call of a batch once.");
        var replies = new JsonRpcReply?[calls.Count];
        foreach (var item in answer.EnumerateArray())
        {
            var reply = Reply(item);
            if (reply.Id < 1 || reply.Id > calls.Count || replies[reply.Id - 1] is not null)
                throw new JsonRpcTransportException("The node answered a call that was not asked, or one twice.");
            replies[reply.Id - 1] = reply;
        }
        return [.. replies.Select(reply => reply!.Value)];
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static Dictionary<string, object?> Request(int id, string method, object?[] parameters) =>
        new(StringComparer.Ordinal) { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = parameters };

    private async Task<JsonElement> PostAsync(object body, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(_options.Timeout);
        try
        {
            using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body));
            content.Headers.ContentType = Json;
            using var request = new HttpRequestMessage(HttpMethod.Post, _options.Endpoint) { Content = content };
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            var bytes = await ReadBoundedAsync(response, limit.Token);
            // Some nodes send a JSON-RPC error with a 4xx or 5xx; anything else with such a status is not an answer.
            return bytes.Length == 0 && !response.IsSuccessStatusCode
                ? throw new JsonRpcTransportException($"The node answered HTTP {(int)response.StatusCode}.")
                : JsonSerializer.Deserialize<JsonElement>(bytes);
        }
        catch (OperationCanceledException fault) when (!cancel.IsCancellationRequested)
        {
            throw new JsonRpcTransportException($"The node did not answer within {_options.Timeout.TotalSeconds:0.#} s.", fault);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            throw new JsonRpcTransportException("The node could not be reached.", fault);
        }
        catch (JsonException fault)
        {
            throw new JsonRpcTransportException("The node's answer is not JSON.", fault);
        }
    }

    private async Task<byte[]> ReadBoundedAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        if (response.Content.Headers.ContentLength > _options.ReplyBytesMax)
            throw new JsonRpcTransportException($"The node's answer is over {_options.ReplyBytesMax} bytes.");
        using var stream = await response.Content.ReadAsStreamAsync(cancel);
        using var kept = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancel)) > 0)
        {
            if (kept.Length + read > _options.ReplyBytesMax)
                throw new JsonRpcTransportException($"The node's answer is over {_options.ReplyBytesMax} bytes.");
            kept.Write(buffer, 0, read);
        }
        return kept.ToArray();
    }

    private static JsonRpcReply Reply(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object)
            throw new JsonRpcTransportException("The node's answer is not a JSON-RPC reply.");
        var id = answer.TryGetProperty("id", out var given) && given.ValueKind == JsonValueKind.Number && given.TryGetInt32(out var number)
            ? number : 0;
        if (answer.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object)
            return new(id, default, JsonRpcError.Read(error));
        return answer.TryGetProperty("result", out var result)
            ? new(id, result, null)
            : throw new JsonRpcTransportException("The node's answer has neither a result nor an error.");
    }
}

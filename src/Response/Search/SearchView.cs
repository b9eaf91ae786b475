using System.Text.Json;
using System.Text.Json.Nodes;

namespace SentinelHealth.Response.Search;

/// <summary>The view of a search ended: it was away for too long, or the nodes that held it are.</summary>
internal sealed class ViewGoneException(string message) : Exception(message);

/// <summary>
/// A state of an index that several searches see alike ("point in time"). Each answer may bring another name for it, and the newest is
/// the one that counts.
/// </summary>
internal sealed class SearchView : IAsyncDisposable
{
    private const string KeepAlive = "1m";
    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(2);

    private readonly SearchTransport _transport;
    private readonly SearchEngineKind _kind;
    private string _id;

    private SearchView(SearchTransport transport, SearchEngineKind kind, string id) =>
        (_transport, _kind, _id) = (transport, kind, id);

    public static async Task<SearchView> OpenAsync(
        SearchTransport transport, SearchEngineKind kind, string index, CancellationToken cancel)
    {
        var path = kind == SearchEngineKind.OpenSearch
            ? $"/{index}/_search/point_in_time?keep_alive={KeepAlive}" : $"/{index}/_pit?keep_alive={KeepAlive}";
        var reply = Checked(await transport.SendAsync(new SearchRequest(HttpMethod.Post, path, default), cancel));
        using var body = JsonDocument.Parse(reply.Body);
        var id = body.RootElement.GetProperty(kind == SearchEngineKind.OpenSearch ? "pit_id" : "id").GetString()!;
        return new SearchView(transport, kind, id);
    }

    /// <summary>Searches in the view.</summary>
    /// <exception cref="ViewGoneException">It has ended.</exception>
    public async Task<JsonDocument> SearchAsync(JsonObject body, CancellationToken cancel)
    {
        body["pit"] = new JsonObject { ["id"] = _id, ["keep_alive"] = KeepAlive };
        var reply = await _transport.SendAsync(
            new SearchRequest(HttpMethod.Post, "/_search", JsonSerializer.SerializeToUtf8Bytes(body)), cancel);
        // Nothing but the view can be absent: no index is named.
        if (reply.Status == 404)
            throw new ViewGoneException(SearchError.Of(reply));
        var answer = JsonDocument.Parse(Checked(reply).Body);
        if (answer.RootElement.TryGetProperty("pit_id", out var id) && id.GetString() is { Length: > 0 } newest)
            _id = newest;
        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        var request = _kind == SearchEngineKind.OpenSearch
            ? Delete("/_search/point_in_time", new JsonObject { ["pit_id"] = new JsonArray(_id) })
            : Delete("/_pit", new JsonObject { ["id"] = _id });
        using var limit = new CancellationTokenSource(CloseWithin);
        try
        {
            await _transport.SendAsync(request, limit.Token);
        }
        catch (Exception fault) when (fault is SearchUnavailableException or OperationCanceledException)
        {
            // It ends by itself a minute after it was last used.
        }
    }

    private static SearchRequest Delete(string path, JsonObject body) =>
        new(HttpMethod.Delete, path, JsonSerializer.SerializeToUtf8Bytes(body));

    private static SearchReply Checked(SearchReply reply)
    {
        if (reply.IsGood)
            return reply;
        throw reply.Status is 408 or 429 or >= 500
            ? new SearchUnavailableException(SearchError.Of(reply), reply.RetryAfter)
            : new SearchRefusedException(reply.Status, SearchError.Of(reply));
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Text;
using SentinelHealth.Response.Search;
using SentinelHealth.Testing.Search;

namespace SentinelHealth.Response.Tests.Search;

/// <summary>The stand-in refuses what the engines' documentation says is refused: else passing against it would mean nothing.</summary>
public sealed class StandInTests : IAsyncLifetime
{
    private readonly HttpClient _client = new();
    private SearchBench _bench = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _bench = await SearchBench.OpenAsync();
        await _bench.DrainAsync(Cancel);
        _client.BaseAddress = _bench.Engine.Address;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _bench.DisposeAsync();
    }

    [Fact]
    public async Task Chunks()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/_bulk") { Content = Body("{}\n") };
        request.Headers.TransferEncodingChunked = true;

        using var answer = await _client.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.LengthRequired, answer.StatusCode);
    }

    [Theory]
    [InlineData("/_bulk", "{\"create\":{\"_index\":\"sentinel-events\",\"_id\":\"1\"}}\n{}", "application/x-ndjson", 400)]
    [InlineData("/_bulk", "{\"upsert\":{\"_index\":\"sentinel-events\",\"_id\":\"1\"}}\n{}\n", "application/x-ndjson", 400)]
    [InlineData("/_bulk", "{}\n", "text/plain", 406)]
    [InlineData("/_search", "{\"pit\":{\"id\":\"never\"}}", "application/json", 404)]
    [InlineData("/sentinel-events/_pit", "", "", 400)]
    [InlineData("/sentinel-events/_search/point_in_time?keep_alive=1m", "", "", 400)]
    [InlineData("/nowhere/_pit?keep_alive=1m", "", "", 404)]
    public async Task Requests_of_a_wrong_shape(string path, string body, string type, int status)
    {
        using var answer = await _client.PostAsync(path, body.Length == 0 ? null : Body(body, type), Cancel);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("{\"index\":{\"_index\":\"sentinel-events\",\"_id\":\"1\"}}", "{\"@timestamp\":\"2026-11-02T08:00:00.000Z\"}", "only write ops with an op_type of create")]
    [InlineData("{\"create\":{\"_index\":\"sentinel-events\",\"_id\":\"1\"}}", "{}", "@timestamp")]
    [InlineData("{\"create\":{\"_index\":\"sentinel-events\",\"_id\":\"1\"}}", "{\"@timestamp\":\"yesterday\"}", "not a date")]
    [InlineData("{\"create\":{\"_index\":\"sentinel-events\",\"_id\":\"1\"}}", "{\"@timestamp\":\"2026-11-02T08:00:00.000Z\",\"SentinelHealth\":{\"new\":1}}", "strict_dynamic_mapping_exception")]
    [InlineData("{\"create\":{\"_index\":\"sentinel-events\",\"_id\":\"1\"}}", "{\"@timestamp\":\"2026-11-02T08:00:00.000Z\",\"user\":{\"id\":{}}}", "object where a value")]
    [InlineData("{\"index\":{\"_index\":\"sentinel-alerts\",\"_id\":\"1\",\"version\":1,\"version_type\":\"internal\"}}", "{}", "internal versioning")]
    [InlineData("{\"index\":{\"_index\":\"nowhere\",\"_id\":\"1\"}}", "{}", "no such index")]
    public async Task Documents_that_do_not_fit(string action, string document, string reason)
    {
        using var answer = await _client.PostAsync("/_bulk", Body($"{action}\n{document}\n"), Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(reason, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"query\":{\"match\":{\"user.id\":\"a\"}}", "unknown query")]
    [InlineData("\"query\":{\"wildcard\":{\"SentinelHealth.block\":\"1*\"}}", "keyword fields")]
    [InlineData("\"query\":{\"term\":{\"event.original\":\"x\"}}", "not indexed")]
    [InlineData("\"size\":10001", "Result window is too large")]
    [InlineData("\"sort\":[{\"@timestamp\":\"desc\"}],\"search_after\":[1,2]", "search_after has 2 value(s) but sort has 1")]
    [InlineData("\"from\":3", "unknown field [from]")]
    public async Task Searches_that_it_does_not_do(string part, string reason)
    {
        var item = new BulkItem("1", "{\"@timestamp\":\"2026-11-02T08:00:00.000Z\",\"SentinelHealth\":{\"block\":1},\"event\":{\"original\":\"x\"}}"u8.ToArray());
        using var written = await _client.PostAsync("/_bulk", Body(Encoding.UTF8.GetString(Bulk.Of("sentinel-events", [item]).Body.Span)), Cancel);
        await using var view = await SearchView.OpenAsync(_bench.Search.Transport, SearchEngineKind.Elasticsearch, "sentinel-events", Cancel);
        var body = System.Text.Json.Nodes.JsonNode.Parse("{" + part + "}")!.AsObject();

        var fault = await Assert.ThrowsAsync<SearchRefusedException>(async () =>
            (await view.SearchAsync(body, Cancel)).Dispose());

        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_name_of_a_view_but_one()
    {
        await using var view = await SearchView.OpenAsync(_bench.Search.Transport, SearchEngineKind.Elasticsearch, "sentinel-events", Cancel);
        var first = new System.Text.Json.Nodes.JsonObject();
        (await view.SearchAsync(first, Cancel)).Dispose();

        using var answer = await _client.PostAsync("/_search", Body(first.ToJsonString(), "application/json"), Cancel);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("a*", "abc", true)]
    [InlineData("*b*", "abc", true)]
    [InlineData("a?c", "a😀c", true)]
    [InlineData("a\\*c", "abc", false)]
    [InlineData("a\\*c", "a*c", true)]
    [InlineData("?*", "", false)]
    [InlineData("", "", true)]
    public void Patterns(string pattern, string text, bool fits) => Assert.Equal(fits, StandInQuery.Glob(pattern, text));

    private static ByteArrayContent Body(string text, string type = "application/x-ndjson") =>
        new(Encoding.UTF8.GetBytes(text)) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
}

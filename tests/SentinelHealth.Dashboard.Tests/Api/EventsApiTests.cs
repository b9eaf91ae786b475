using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using SentinelHealth.Dashboard.Security;

namespace SentinelHealth.Dashboard.Tests.Api;

public sealed class EventsApiTests : IAsyncLifetime
{
    private const string Good =
        """{"schema":"sentinel.ledger-transaction.v1","id":"0x01:0","time":"2026-11-02T08:14:03.120Z","node":"node:hospital-a-1","actor":"did:ethr:0x12","contract":"NodeRegistry","method":"heartbeat","status":"success"}""";

    private TestServer _server = null!;
    private HttpClient _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _gateway = _server.Client(Roles.Ingest);
    }

    public async ValueTask DisposeAsync()
    {
        _gateway.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("application/x-ndjson", "{0}\n{0}\n", 2)]
    [InlineData("application/json", "[{0},{0},{0}]", 3)]
    [InlineData("application/json", "{0}", 1)]
    public async Task Events_are_taken_in_three_layouts(string type, string layout, int events)
    {
        var (status, answer) = await PostAsync(layout.Replace("{0}", Good, StringComparison.Ordinal), type);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(events, answer.GetProperty("accepted").GetInt32());
        Assert.Equal(events, _server.Intake.Accepted.Count);
    }

    [Fact]
    public async Task A_bad_record_among_good_ones_is_named_by_its_place_and_reason()
    {
        var (status, answer) = await PostAsync($"{Good}\n{{\"schema\":\"x\"}}\n{Good}\n", "application/x-ndjson");

        var rejection = answer.GetProperty("rejections")[0];
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((3, 2, 1), (answer.GetProperty("received").GetInt32(), answer.GetProperty("accepted").GetInt32(), answer.GetProperty("deadLettered").GetInt32()));
        Assert.Equal((1, "unknownSchema"), (rejection.GetProperty("index").GetInt32(), rejection.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task The_source_is_the_senders_token_and_never_the_record()
    {
        await PostAsync(Good, "application/json");

        Assert.Equal("token test", _server.Intake.Accepted.Single().Source);
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("   \n ", 400)]
    [InlineData("[", 400)]
    [InlineData("[{\"a\":1},", 400)]
    public async Task A_body_without_an_envelope_is_refused_and_says_so(string body, int status)
    {
        var (answered, problem) = await PostAsync(body, "application/json");

        Assert.Equal(status, (int)answered);
        Assert.True(problem.TryGetProperty("title", out _));
    }

    [Theory]
    [InlineData("multipart/form-data")]
    [InlineData("application/xml")]
    public async Task Other_media_types_are_refused(string type)
    {
        var (status, _) = await PostAsync(Good, type);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, status);
        Assert.Empty(_server.Intake.Accepted);
    }

    [Fact]
    public async Task Hostile_records_are_refused_one_by_one_and_the_server_lives()
    {
        string[] hostile =
        [
            "null", "[]", "42", "\"text\"", "{", "{}", new string('[', 5_000), "{\"schema\":" + new string('{', 5_000), "\u0000",
            Good.Replace("2026-11-02", "9999-99-99", StringComparison.Ordinal), Good.Replace("\"id\":\"0x01:0\"", "\"id\":{}", StringComparison.Ordinal),
            Good.Replace("\"status\":\"success\"", "\"status\":\"success\",\"status\":\"success\"", StringComparison.Ordinal),
        ];

        var (status, answer) = await PostAsync(string.Join('\n', hostile.Append(Good)), "application/x-ndjson");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((hostile.Length, 1), (answer.GetProperty("deadLettered").GetInt32(), answer.GetProperty("accepted").GetInt32()));
    }

    [Fact]
    public async Task A_body_over_the_limit_is_too_large()
    {
        var (status, _) = await PostAsync(new string('\n', TestServer.BodyBytesMax) + Good, "application/x-ndjson");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
    }

    private async Task<(HttpStatusCode, JsonElement)> PostAsync(string body, string type)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = new(type);
        using var answer = await _gateway.PostAsync("/api/v1/events", content);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }
}

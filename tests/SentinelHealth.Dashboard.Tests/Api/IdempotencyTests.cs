using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Dashboard.Tests.Fakes;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Dashboard.Tests.Api;

public sealed class IdempotencyTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _server.Cases.Actions.Add(Sample.Action());
        _client = _server.Client(Roles.Administrator);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_same_order_under_the_same_key_is_carried_out_once_and_answered_alike()
    {
        var (first, firstBody) = await OrderAsync("key-1", "They asked.");
        var (second, secondBody) = await OrderAsync("key-1", "They asked.");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal(firstBody, secondBody);
        Assert.Single(_server.Responder.Orders);
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.True(second.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(first.Content.Headers.ContentType, second.Content.Headers.ContentType);
    }

    [Fact]
    public async Task Another_order_under_the_same_key_is_refused()
    {
        await OrderAsync("key-1", "They asked.");
        var (other, body) = await OrderAsync("key-1", "They insisted.");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Contains("another order", body, StringComparison.Ordinal);
        Assert.Single(_server.Responder.Orders);
    }

    [Fact]
    public async Task Another_key_is_another_order()
    {
        await OrderAsync("key-1", "They asked.");
        await OrderAsync("key-2", "They asked.");

        Assert.Equal(2, _server.Responder.Orders.Count);
    }

    [Fact]
    public async Task A_refusal_that_may_pass_frees_the_key()
    {
        _server.Responder.Outcome = new OrderOutcome(false, "Not now.");
        var (refused, _) = await OrderAsync("key-1", "They asked.");
        _server.Responder.Outcome = new OrderOutcome(true, "Done.");
        var (accepted, _) = await OrderAsync("key-1", "They asked.");

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.OK), (refused.StatusCode, accepted.StatusCode));
    }

    [Fact]
    public async Task A_key_is_forgotten_after_a_day()
    {
        await OrderAsync("key-1", "They asked.");
        _server.Clock.Advance(AnswerStore.Kept + TimeSpan.FromSeconds(1));
        var (other, _) = await OrderAsync("key-1", "They insisted.");

        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task A_secret_in_an_answer_is_repeated_and_not_readable_in_the_store()
    {
        var (_, first) = await PostAsync("/api/v1/tokens", "key-1", new { name = "siem", role = "viewer" });
        var (_, second) = await PostAsync("/api/v1/tokens", "key-1", new { name = "siem", role = "viewer" });
        using var answer = JsonDocument.Parse(first);
        var secret = answer.RootElement.GetProperty("secret").GetString()!;

        Assert.Equal(first, second);
        Assert.Equal(2, _server.Services.GetRequiredService<ApiTokens>().All().Count);
        var files = _server.FilesAround()
            .Where(file => Path.GetFileName(file).StartsWith(AnswerStore.FileName, StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.DoesNotContain(secret, ReadShared(file), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("ends in a tab\t.")]
    public async Task What_cannot_be_a_key_is_refused(string key)
    {
        var (answer, _) = await OrderAsync(key, "They asked.");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(_server.Responder.Orders);
    }

    [Fact]
    public async Task Two_callers_do_not_share_keys()
    {
        await OrderAsync("key-1", "They asked.");
        var token = _server.Services.GetRequiredService<ApiTokens>().Create("another", Roles.Responder);
        using var other = _server.Client();
        other.DefaultRequestHeaders.Authorization = new("Bearer", token);

        using var request = RequestOf("/api/v1/actions/0x01/undo", "key-1", new { reason = "They asked." });
        using var answer = await other.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(2, _server.Responder.Orders.Count);
    }

    private Task<(HttpResponseMessage Answer, string Body)> OrderAsync(string key, string reason) =>
        PostAsync("/api/v1/actions/0x01/undo", key, new { reason });

    private async Task<(HttpResponseMessage Answer, string Body)> PostAsync(string path, string key, object body)
    {
        using var request = RequestOf(path, key, body);
        var answer = await _client.SendAsync(request);
        return (answer, await answer.Content.ReadAsStringAsync());
    }

    private static HttpRequestMessage RequestOf(string path, string key, object body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return request;
    }

    private static string ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
        return reader.ReadToEnd();
    }
}

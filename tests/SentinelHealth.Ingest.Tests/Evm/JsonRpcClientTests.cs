using System.Net;
using System.Net.Sockets;
using System.Text;
using SentinelHealth.Ingest.Evm;

namespace SentinelHealth.Ingest.Tests.Evm;

/// <summary>A node that lies, babbles or says nothing is an error of its own kind and never more.</summary>
public sealed class JsonRpcClientTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_result_is_returned_as_it_came()
    {
        var result = await CallAsync("""{"jsonrpc":"2.0","id":1,"result":"0x10"}""");

        Assert.Equal("0x10", result);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":{"code":3,"message":"execution reverted","data":"0xd93c0665"}}""", 3, 4)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":{"code":3,"message":"reverted","data":{"data":"0xd93c0665"}}}""", 3, 4)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no such method","data":"words"}}""", -32601, 0)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":{}}""", 0, 0)]
    public async Task An_error_keeps_its_code_and_revert_data(string answer, int code, int dataBytes)
    {
        var fault = await Assert.ThrowsAsync<JsonRpcErrorException>(() => CallAsync(answer));

        Assert.Equal(code, fault.Error.Code);
        Assert.Equal(dataBytes, fault.Error.Data.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"jsonrpc":"2.0","id":1}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":""")]
    public async Task What_is_no_reply_is_no_answer(string answer)
    {
        await Assert.ThrowsAsync<JsonRpcTransportException>(() => CallAsync(answer));
    }

    [Theory]
    [InlineData("""[{"id":1,"result":"a"}]""")]
    [InlineData("""[{"id":1,"result":"a"},{"id":1,"result":"b"}]""")]
    [InlineData("""[{"id":1,"result":"a"},{"id":7,"result":"b"}]""")]
    [InlineData("""{"id":1,"result":"a"}""")]
    public async Task A_batch_that_does_not_answer_each_call_once_is_no_answer(string answer)
    {
        await Assert.ThrowsAsync<JsonRpcTransportException>(() => BatchAsync(answer));
    }

    [Fact]
    public async Task Replies_of_a_batch_take_the_order_of_the_calls()
    {
        var replies = await BatchAsync("""[{"id":2,"error":{"code":-1,"message":"no"}},{"id":1,"result":"a"}]""");

        Assert.Equal("a", replies[0].Value().GetString());
        Assert.Equal(-1, replies[1].Error!.Code);
    }

    [Fact]
    public async Task An_answer_over_the_limit_is_cut_off_whether_announced_or_not()
    {
        var huge = $$"""{"id":1,"result":"{{new string('x', 70_000)}}"}""";

        await Assert.ThrowsAsync<JsonRpcTransportException>(() => CallAsync(huge));
        await Assert.ThrowsAsync<JsonRpcTransportException>(() => CallAsync(huge, announceLength: false));
    }

    [Fact]
    public async Task A_node_that_says_nothing_is_given_up_after_the_time_limit()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var client = Client(silent);

        var fault = await Assert.ThrowsAsync<JsonRpcTransportException>(() => client.CallAsync("eth_chainId", Cancel));

        Assert.Contains("did not answer within", fault.Message, StringComparison.Ordinal);
    }

    private static async Task<string?> CallAsync(string answer, bool announceLength = true)
    {
        using var node = new TcpListener(IPAddress.Loopback, 0);
        var serving = ServeAsync(node, answer, announceLength);
        using var client = Client(node);
        var result = await client.CallAsync("eth_chainId", Cancel);
        await serving;
        return result.GetString();
    }

    private static async Task<IReadOnlyList<JsonRpcReply>> BatchAsync(string answer)
    {
        using var node = new TcpListener(IPAddress.Loopback, 0);
        var serving = ServeAsync(node, answer, announceLength: true);
        using var client = Client(node);
        var replies = await client.BatchAsync([new("eth_chainId"), new("eth_blockNumber")], Cancel);
        await serving;
        return replies;
    }

    private static JsonRpcClient Client(TcpListener node) => new(new JsonRpcOptions
    {
        Endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)node.LocalEndpoint).Port}"),
        Timeout = TimeSpan.FromSeconds(2),
        ReplyBytesMax = 64 * 1024,
    });

    /// <summary>Answers one request with the given bytes and closes.</summary>
    private static Task ServeAsync(TcpListener node, string answer, bool announceLength)
    {
        node.Start();
        return Task.Run(async () =>
        {
            using var connection = await node.AcceptTcpClientAsync(Cancel);
            var stream = connection.GetStream();
            var heard = new StringBuilder();
            var buffer = new byte[4096];
            // The end of the request's JSON is the end of the request.
            while (!heard.ToString().TrimEnd().EndsWith('}') && !heard.ToString().TrimEnd().EndsWith(']'))
                heard.Append(Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer, Cancel)));
            var length = announceLength ? $"Content-Length: {Encoding.UTF8.GetByteCount(answer)}\r\n" : "";
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\n{length}Connection: close\r\n\r\n{answer}"), Cancel);
        }, Cancel);
    }
}

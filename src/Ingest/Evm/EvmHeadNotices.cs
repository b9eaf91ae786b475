using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace SentinelHealth.Ingest.Evm;

/// <summary>
/// A node's own word that it has a new block (<c>eth_subscribe newHeads</c>). A notice is a hint to look, never data: what it
/// says is not read, so a lost, repeated or forged one can neither lose nor repeat a block.
/// </summary>
/// <remarks>While the subscription stands the node is polled twenty times more slowly, in case notices stop without the connection ending.</remarks>
internal sealed class EvmHeadNotices : IDisposable
{
    private const int NoticeBytesMax = 256 * 1024;
    private const int SlowPolls = 20;
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryFirst = TimeSpan.FromSeconds(1), RetryLongest = TimeSpan.FromMinutes(5);

    private readonly EvmEndpoint _endpoint;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _disposed = new();
    private readonly Channel<bool> _news =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Task? _listening;

    public EvmHeadNotices(EvmEndpoint endpoint, TimeProvider clock, ILogger logger)
    {
        _endpoint = endpoint;
        _clock = clock;
        _logger = logger;
        Endpoint = endpoint.Node.Endpoint.Authority;
    }

    public string Endpoint { get; }

    /// <summary>Whether the node has accepted the subscription that stands now. Readable from any thread.</summary>
    public bool IsSubscribed { get; private set; }

    /// <summary>Returns on a notice, or after the interval while there is no subscription.</summary>
    public async Task WaitAsync(TimeSpan pollInterval, CancellationToken cancel)
    {
        if (_endpoint.Notices == EvmNoticeMode.WhereOffered)
            _listening ??= Task.Run(() => ListenAsync(_disposed.Token), CancellationToken.None);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var notice = _news.Reader.WaitToReadAsync(patience.Token).AsTask();
        var interval = Task.Delay(IsSubscribed ? pollInterval * SlowPolls : pollInterval, _clock, patience.Token);
        await Task.WhenAny(notice, interval);
        await patience.CancelAsync();
        await Task.WhenAll(notice, interval).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _news.Reader.TryRead(out _);
        cancel.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        _disposed.Cancel();
        // Ends by itself: every wait in it carries the token.
        _listening?.ContinueWith(
            static (_, source) => ((CancellationTokenSource)source!).Dispose(), _disposed, TaskScheduler.Default);
    }

    private async Task ListenAsync(CancellationToken cancel)
    {
        var retry = new ResiliencePipelineBuilder { TimeProvider = _clock }.AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = args => ValueTask.FromResult(!cancel.IsCancellationRequested),
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = RetryFirst,
            MaxDelay = RetryLongest,
        }).Build();
        try
        {
            // Each subscription that stood starts the waits anew: only refusals in a row make them longer.
            while (true)
                await retry.ExecuteAsync(async token => await SubscribeAsync(token), cancel);
        }
        catch (Exception) when (cancel.IsCancellationRequested)
        {
            // However the connection felt about it, the reader was disposed of.
        }
    }

    /// <summary>Listens until the connection ends; fails when it never came to a subscription.</summary>
    private async Task SubscribeAsync(CancellationToken cancel)
    {
        using var socket = new ClientWebSocket();
        if (_endpoint.NoticeAddress.IsLoopback)
            socket.Options.Proxy = null;
        socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(15);
        socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(15);
        using (var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel))
        {
            limit.CancelAfter(ConnectLimit);
            await socket.ConnectAsync(_endpoint.NoticeAddress, limit.Token);
            var request = """{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]}"""u8.ToArray();
            await socket.SendAsync(request, WebSocketMessageType.Text, endOfMessage: true, limit.Token);
            if (!IsAccepted(await ReceiveAsync(socket, limit.Token)))
                throw new JsonRpcTransportException("The node refused the subscription.");
        }
        try
        {
            IsSubscribed = true;
            _logger.NoticesBegin(Endpoint);
            // What came between the last poll and the subscription is found by looking once.
            while (_news.Writer.TryWrite(true) && await ReceiveAsync(socket, cancel) is not null)
                continue;
        }
        catch (Exception fault) when (fault is WebSocketException or IOException or JsonRpcTransportException)
        {
            _logger.NoticesEnd(Endpoint, fault.Message);
        }
        finally
        {
            IsSubscribed = false;
            _news.Writer.TryWrite(true);
        }
        // A node that accepts and hangs up at once must not be asked in a busy loop.
        await Task.Delay(RetryFirst, _clock, cancel);
    }

    private static bool IsAccepted(byte[]? answer)
    {
        try
        {
            return answer is not null
                && JsonSerializer.Deserialize<JsonElement>(answer) is { ValueKind: JsonValueKind.Object } reply
                && reply.TryGetProperty("result", out var result) && result.ValueKind == JsonValueKind.String;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>One message; null when the node ends the connection.</summary>
    private static async Task<byte[]?> ReceiveAsync(ClientWebSocket socket, CancellationToken cancel)
    {
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), cancel);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            message.Write(buffer.AsSpan(0, part.Count));
            if (message.Length > NoticeBytesMax)
                throw new JsonRpcTransportException("The node's notice is too long.");
            if (part.EndOfMessage)
                return message.ToArray();
        }
    }
}

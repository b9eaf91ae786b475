using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SentinelHealth.Benchmarks.Pages;

/// <summary>
/// An open page without a browser: it gets the page, starts its circuit as the browser's script does, and says of each drawing that it
/// was drawn, so that the program does for it all that it does for a browser, and the machine next to nothing.
/// </summary>
/// <remarks>Speaks the protocol of Blazor's script of .NET 9 and 10 (<c>blazorpack</c> over a web socket). Scripts a page asks for answer nothing.</remarks>
internal sealed partial class CircuitClient : IAsyncDisposable
{
    private const byte EndOfHandshake = 0x1E;
    private const int Invocation = 1, Completion = 3, Ping = 6, Close = 7, MessageBytesMax = 4 << 20;

    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(15);

    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _isStarted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _listening = Task.CompletedTask, _pinging = Task.CompletedTask;
    private long _drawnCount, _calls;

    /// <summary>Drawings received and acknowledged.</summary>
    public long DrawnCount => Interlocked.Read(ref _drawnCount);

    /// <summary>Opens a page in the name of whoever is signed in.</summary>
    /// <param name="http">Has the session's cookie.</param>
    /// <param name="cookies">The same, for the socket.</param>
    /// <param name="page">The page.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<CircuitClient> OpenAsync(
        HttpClient http, CookieContainer cookies, Uri page, CancellationToken cancel)
    {
        var html = await http.GetStringAsync(page, cancel);
        var markers = Markers().Matches(html).Select(match => match.Groups["json"].Value)
            .Where(json => json.Contains("descriptor", StringComparison.Ordinal)).ToList();
        if (markers.Count == 0)
            throw new InvalidDataException($"{page} holds no interactive component.");
        var client = new CircuitClient();
        await client.StartAsync(page, cookies, markers, State().Match(html).Groups["state"].Value, cancel);
        return client;
    }

    /// <summary>Throws what ended it early.</summary>
    public void CheckAlive()
    {
        if (_listening.IsCompleted)
            throw new InvalidOperationException("A circuit ended.", _listening.Exception);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_listening, _pinging).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _socket.Dispose();
        _sending.Dispose();
        _end.Dispose();
    }

    private async Task StartAsync(Uri page, CookieContainer cookies, List<string> markers, string state, CancellationToken cancel)
    {
        _socket.Options.Cookies = cookies;
        _socket.Options.SetRequestHeader("Origin", page.GetLeftPart(UriPartial.Authority));
        await _socket.ConnectAsync(new UriBuilder(page) { Scheme = "ws", Path = "/_blazor", Query = "" }.Uri, cancel);
        await _socket.SendAsync("{\"protocol\":\"blazorpack\",\"version\":1}\u001e"u8.ToArray(), WebSocketMessageType.Text, true, cancel);
        _listening = Task.Run(() => ListenAsync(_end.Token), CancellationToken.None);
        _pinging = Task.Run(() => PingAsync(_end.Token), CancellationToken.None);
        var root = page.GetLeftPart(UriPartial.Authority) + "/";
        await SendAsync(Call("0", "StartCircuit", 4).Text(root).Text(page.ToString()).Text("[]").Text(state), cancel);
        var first = await Task.WhenAny(_isStarted.Task, _listening).WaitAsync(TimeSpan.FromMinutes(1), cancel);
        await first;
        CheckAlive();
        var operations = markers.Select((json, i) => $$"""{"type":"add","ssrComponentId":{{i + 1}},"marker":{{json}}}""");
        var batch = $$"""{"batchId":1,"operations":[{{string.Join(',', operations)}}]}""";
        await SendAsync(Call(null, "UpdateRootComponents", 2).Text(batch).Text(state), cancel);
    }

    private async Task ListenAsync(CancellationToken cancel)
    {
        var (buffer, filled, isGreeted) = (new byte[64 * 1024], 0, false);
        while (true)
        {
            if (filled == buffer.Length)
                Array.Resize(ref buffer, Math.Min(MessageBytesMax, buffer.Length * 2));
            var part = await _socket.ReceiveAsync(buffer.AsMemory(filled), cancel);
            if (part.MessageType == WebSocketMessageType.Close)
                throw new InvalidOperationException($"The program closed a circuit: {_socket.CloseStatusDescription}");
            filled += part.Count;
            var taken = 0;
            if (!isGreeted && Array.IndexOf(buffer, EndOfHandshake, 0, filled) is >= 0 and var end)
                (isGreeted, taken) = (true, end + 1);
            while (isGreeted && TryFrame(buffer.AsSpan(taken, filled - taken), out var head, out var length))
            {
                await TakeAsync(new PackReader(buffer.AsSpan(taken + head, length)).Read(), cancel);
                taken += head + length;
            }
            buffer.AsSpan(taken, filled - taken).CopyTo(buffer);
            filled -= taken;
        }
    }

    private static bool TryFrame(ReadOnlySpan<byte> bytes, out int head, out int length)
    {
        (head, length) = (0, 0);
        while (head < bytes.Length)
        {
            var part = bytes[head];
            length |= (part & 0x7F) << (7 * head++);
            if ((part & 0x80) == 0)
                return bytes.Length - head >= length;
        }
        return false;
    }

    private async Task TakeAsync(object? message, CancellationToken cancel)
    {
        var items = (List<object?>)message!;
        switch ((long)items[0]!)
        {
            case Completion when (long)items[3]! == 1:
                throw new InvalidOperationException($"A circuit refused: {items[4]}");
            case Completion:
                if (items.Count < 5 || items[4] is not string)
                    throw new InvalidOperationException("The circuit was not started.");
                _isStarted.TrySetResult();
                break;
            case Close:
                throw new InvalidOperationException($"The program closed a circuit: {items[1]}");
            case Invocation:
                await AnswerAsync((string)items[3]!, (List<object?>)items[4]!, cancel);
                break;
        }
    }

    private async Task AnswerAsync(string target, List<object?> arguments, CancellationToken cancel)
    {
        switch (target)
        {
            case "JS.RenderBatch":
                await SendAsync(Call(null, "OnRenderCompleted", 2).Number((long)arguments[0]!).Nil(), cancel);
                Interlocked.Increment(ref _drawnCount);
                break;
            case "JS.BeginInvokeJS":
                var (handle, name, given) = ((long)arguments[0]!, (string)arguments[1]!, arguments[2] as string ?? "[]");
                await SendAsync(Call(null, "EndInvokeJSFromDotNet", 3).Number(handle).True()
                    .Text(string.Create(CultureInfo.InvariantCulture, $"[{handle},true,null]")), cancel);
                // A list that draws what is in view wants to be told how much that is.
                if (name.EndsWith("Virtualize.init", StringComparison.Ordinal))
                    await SendAsync(Call(null, "BeginInvokeDotNetFromJS", 5)
                        .Text((++_calls).ToString(CultureInfo.InvariantCulture)).Nil().Text("OnSpacerBeforeVisible")
                        .Number(ReferenceIn(given)).Text("[0,1000,900]"), cancel);
                break;
            case "JS.Error":
                throw new InvalidOperationException($"A circuit failed: {arguments[0]}");
        }
    }

    private static long ReferenceIn(string arguments)
    {
        using var document = JsonDocument.Parse(arguments);
        return document.RootElement[0].GetProperty("__dotNetObject").GetInt64();
    }

    private async Task PingAsync(CancellationToken cancel)
    {
        while (true)
        {
            await Task.Delay(PingEvery, cancel);
            await SendAsync(new PackWriter().Array(1).Number(Ping), cancel);
        }
    }

    private static PackWriter Call(string? id, string target, int arguments) =>
        new PackWriter().Array(5).Number(Invocation).EmptyMap().Text(id).Text(target).Array(arguments);

    private async Task SendAsync(PackWriter message, CancellationToken cancel)
    {
        await _sending.WaitAsync(cancel);
        try
        {
            await _socket.SendAsync(message.Framed(), WebSocketMessageType.Binary, true, cancel);
        }
        finally
        {
            _sending.Release();
        }
    }

    [GeneratedRegex("<!--Blazor:(?<json>\\{.*?\\})-->", RegexOptions.Singleline)]
    private static partial Regex Markers();

    [GeneratedRegex("<!--Blazor-Server-Component-State:(?<state>[^>]*?)-->")]
    private static partial Regex State();
}

using System.Net;
using System.Net.Sockets;

namespace SentinelHealth.Testing.Storage;

/// <summary>Where a wire is cut.</summary>
public enum CutPoint
{
    /// <summary>What was said never arrives.</summary>
    BeforeTheServer,

    /// <summary>It arrives, and the answer never comes back.</summary>
    BeforeTheAnswer,
}

/// <summary>A wire between a program and a server's socket that is cut once, at the first message that holds a text after it was told to.</summary>
public sealed class CuttingWire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ends = new();
    private readonly string _socket;
    private readonly (CutPoint Point, byte[] Text) _cut;
    private readonly Task _accepting;
    private int _cuts;
    private volatile bool _isCut;

    public CuttingWire(string socket, CutPoint point, ReadOnlySpan<byte> text)
    {
        (_socket, _cut) = (socket, (point, text.ToArray()));
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whether it has been cut.</summary>
    public bool IsCut => _isCut;

    public void CutNext() => Volatile.Write(ref _cuts, 1);

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ends.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_ends.IsCancellationRequested)
            _ = CarryAsync(await _listener.AcceptSocketAsync(_ends.Token));
    }

    private async Task CarryAsync(Socket program)
    {
        using (program)
        using (var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            await server.ConnectAsync(new UnixDomainSocketEndPoint(_socket), _ends.Token);
            var back = CopyAsync(server, program);
            await ForwardAsync(program, server);
            await back.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ForwardAsync(Socket program, Socket server)
    {
        var buffer = new byte[64 * 1024];
        for (int count; (count = await ReceiveAsync(program, buffer)) > 0;)
        {
            var said = buffer.AsMemory(0, count);
            var cuts = said.Span.IndexOf(_cut.Text) >= 0 && Interlocked.CompareExchange(ref _cuts, 0, 1) == 1;
            if (cuts)
            {
                _isCut = true;
                program.Dispose();
            }
            if (!cuts || _cut.Point == CutPoint.BeforeTheAnswer)
                await server.SendAsync(said, _ends.Token);
            if (cuts)
                break;
        }
        server.Shutdown(SocketShutdown.Send);
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        for (int count; (count = await ReceiveAsync(from, buffer)) > 0;)
            await to.SendAsync(buffer.AsMemory(0, count), _ends.Token);
        to.Shutdown(SocketShutdown.Send);
    }

    private async Task<int> ReceiveAsync(Socket socket, byte[] buffer)
    {
        try
        {
            return await socket.ReceiveAsync(buffer, _ends.Token);
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            return 0;
        }
    }
}

using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Response.Notifications;

/// <summary>How syslog travels.</summary>
public enum SyslogTransport
{
    /// <summary>RFC 5426: a datagram, which may be lost unnoticed.</summary>
    Udp,

    /// <summary>RFC 6587 with counted octets.</summary>
    Tcp,

    /// <summary>RFC 5425: the same inside TLS, with the server's certificate checked.</summary>
    Tls,
}

/// <summary>Sends notices as CEF in RFC 5424, a connection for each: there are few of them.</summary>
public sealed class SyslogChannel(string name, string host, int port, SyslogTransport transport) : INoticeChannel
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly string Version = typeof(SyslogChannel).Assembly.GetName().Version?.ToString(3) ?? "0";

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public async Task SendAsync(PlannedNotice notice, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(notice);
        var message = Encoding.UTF8.GetBytes(NoticeText.Syslog(notice, Environment.MachineName, Version));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        if (transport == SyslogTransport.Udp)
        {
            using var socket = new UdpClient();
            await socket.SendAsync(message, host, port, patience.Token);
            return;
        }
        using var client = new TcpClient();
        await client.ConnectAsync(host, port, patience.Token);
        await using Stream stream =
            transport == SyslogTransport.Tls ? await SecuredAsync(client, patience.Token) : client.GetStream();
        byte[] framed = [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{message.Length} ")), .. message];
        await stream.WriteAsync(framed, patience.Token);
        await stream.FlushAsync(patience.Token);
    }

    private async Task<SslStream> SecuredAsync(TcpClient client, CancellationToken cancel)
    {
        var secured = new SslStream(client.GetStream());
        await secured.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, cancel);
        return secured;
    }
}

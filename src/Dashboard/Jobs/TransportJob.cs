using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Response.Compliance;

namespace SentinelHealth.Dashboard.Jobs;

/// <summary>A connection of the monitor: to whom and where.</summary>
internal sealed record Connection(string Name, Uri Address);

/// <summary>
/// Looks once a day with what the monitor's own connections are protected: protocol, signature of the certificate, key. Nothing is sent but
/// the handshake; what is not encrypted and not on this machine is a finding, too.
/// </summary>
internal sealed partial class TransportJob(
    ObservedIndex observed, IReadOnlyList<Connection> connections, TimeProvider clock, ILogger<TransportJob> logger)
        : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromDays(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Looks at every connection once.</summary>
    public async Task LookAsync(CancellationToken cancel)
    {
        foreach (var connection in connections)
        {
            try
            {
                foreach (var algorithm in await AlgorithmsOfAsync(connection.Address, cancel))
                    observed.Add(new AlgorithmSeen(
                        $"Connection to {connection.Name}", algorithm, 1, clock.GetUtcNow(), clock.GetUtcNow(), connection.Address.Authority));
            }
            catch (Exception fault) when (
                fault is IOException or SocketException or System.Security.Authentication.AuthenticationException
                or OperationCanceledException && !cancel.IsCancellationRequested)
            {
                // Whoever is away is looked at tomorrow; that the connection is down is told elsewhere.
                NotSeen(logger, connection.Name, fault);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        await Task.Yield();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stopping);
            }
            catch (Exception fault) when (!stopping.IsCancellationRequested)
            {
                // The next look tries again.
                NotSeen(logger, "the connections", fault);
            }
            await Task.Delay(LookEvery, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<IReadOnlyList<string>> AlgorithmsOfAsync(Uri address, CancellationToken cancel)
    {
        if (address.Scheme is not ("https" or "wss" or "tls"))
            return address.IsLoopback ? [] : ["plaintext"];
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        using var client = new TcpClient();
        await client.ConnectAsync(address.IdnHost, address.Port, patience.Token);
#pragma warning disable CA5359 // Only looked at: whether to trust the certificate is for the connection that carries data.
        await using var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.IdnHost },
            patience.Token);
        using var certificate = stream.RemoteCertificate is { } shown ? new X509Certificate2(shown) : null;
        return certificate is null ? [stream.SslProtocol.ToString()]
            : [stream.SslProtocol.ToString(), SignatureOf(certificate), KeyOf(certificate)];
    }

    private static string SignatureOf(X509Certificate2 certificate) =>
        certificate.SignatureAlgorithm.FriendlyName ?? certificate.SignatureAlgorithm.Value ?? "unknown";

    private static string KeyOf(X509Certificate2 certificate)
    {
        using var rsa = certificate.GetRSAPublicKey();
        using var elliptic = certificate.GetECDsaPublicKey();
        return rsa is not null ? FormattableString.Invariant($"RSA{rsa.KeySize}")
            : elliptic is not null ? FormattableString.Invariant($"P-{elliptic.KeySize}")
            : certificate.PublicKey.Oid.FriendlyName ?? certificate.PublicKey.Oid.Value ?? "unknown";
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "How {Connection} is protected could not be seen.")]
    private static partial void NotSeen(ILogger logger, string connection, Exception fault);
}

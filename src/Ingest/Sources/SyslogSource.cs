using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;

namespace SentinelHealth.Ingest.Sources;

/// <summary>Listens for syslog (RFC 5424) over TCP or TLS; the bodies are audit messages or any other accepted format.</summary>
/// <remarks>
/// Syslog has no acknowledgement: a message counts from the moment it was read here, and what a broken connection had in flight is the
/// sender's to repeat; deduplication removes the repeats. While the intake fails, messages are held and the sender is made to wait by
/// the connection's own flow control. Bounded in connections, and for each in messages and bytes held (I7).
/// </remarks>
public sealed class SyslogSource : ISource
{
    private const int HeadBytesMax = 4 * 1024, BatchBytesMax = 4 * 1024 * 1024, HandshakeShare = 10;
    private static readonly TimeSpan HeldWaitMax = TimeSpan.FromSeconds(30), HeldWaitFirst = TimeSpan.FromMilliseconds(500);

    private readonly SyslogSourceOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<SyslogSource> _logger;
    private readonly TaskCompletionSource<IPEndPoint> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A source that is not yet listening.</summary>
    /// <param name="options">Where, and the bounds.</param>
    /// <param name="clock">Times silence and waits.</param>
    /// <param name="logger">Told of connections that fail.</param>
    /// <exception cref="ValidationException">An option is out of its range.</exception>
    public SyslogSource(SyslogSourceOptions options, TimeProvider clock, ILogger<SyslogSource> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        if (options.ClientAuthority is not null && options.Certificate is null)
            throw new ValidationException("Client certificates need TLS, and so a certificate of the server.");
        if (options.Certificate is { HasPrivateKey: false })
            throw new ValidationException("The server's certificate comes without its key.");
        _options = options;
        _clock = clock;
        _logger = logger;
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <summary>Where it listens, once it does.</summary>
    public Task<IPEndPoint> ListeningAt => _listening.Task;

    /// <inheritdoc/>
    public async Task RunAsync(IIntake intake, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(intake);
        using var listener = new TcpListener(_options.ListenAt);
        listener.Start();
        _listening.TrySetResult((IPEndPoint)listener.LocalEndpoint);
        _logger.SyslogListens(Name, listener.LocalEndpoint.ToString()!);
        var open = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(cancel);
                open.RemoveAll(connection => connection.IsCompleted);
                if (open.Count < _options.ConnectionsMax)
                    open.Add(Task.Run(() => ServeAsync(client, intake, cancel), CancellationToken.None));
                else
                    Refuse(client, open.Count);
            }
        }
        finally
        {
            // What they have read is handed over before the source counts as stopped.
            await Task.WhenAll(open);
        }
    }

    private void Refuse(TcpClient client, int connections)
    {
        using (client)
            _logger.SyslogFull(Name, AddressOf(client), connections);
    }

    /// <summary>One connection from its first byte to its last. Its faults are its own.</summary>
    private async Task ServeAsync(TcpClient client, IIntake intake, CancellationToken cancel)
    {
        using var owned = client;
        var address = AddressOf(client);
        try
        {
            await using var stream = await OpenAsync(client, cancel);
            await ReadAsync(stream, address, intake, cancel);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            _logger.SyslogConnectionLost(Name, address, $"It was silent for {_options.IdleMax}.");
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception fault) when (fault is IOException or SocketException or AuthenticationException)
        {
            _logger.SyslogConnectionLost(Name, address, fault.Message);
        }
    }

    private async Task<Stream> OpenAsync(TcpClient client, CancellationToken cancel)
    {
        if (_options.Certificate is not { } certificate)
            return client.GetStream();
        var secure = new SslStream(client.GetStream());
        using var patience = new CancellationTokenSource(_options.IdleMax / HandshakeShare, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        try
        {
            await secure.AuthenticateAsServerAsync(TlsOptions(certificate), either.Token);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }

    private SslServerAuthenticationOptions TlsOptions(System.Security.Cryptography.X509Certificates.X509Certificate2 certificate)
    {
        var tls = new SslServerAuthenticationOptions
        {
            ServerCertificate = certificate,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateRequired = _options.ClientAuthority is not null,
        };
        if (_options.ClientAuthority is not { } authority)
            return tls;
        tls.CertificateChainPolicy = new()
        {
            TrustMode = System.Security.Cryptography.X509Certificates.X509ChainTrustMode.CustomRootTrust,
            RevocationMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck,
            CustomTrustStore = { authority },
        };
        tls.RemoteCertificateValidationCallback = (_, shown, _, faults) => shown is not null && faults == SslPolicyErrors.None;
        return tls;
    }

    private async Task ReadAsync(Stream stream, string address, IIntake intake, CancellationToken cancel)
    {
        var frames = new SyslogFrameReader(stream, _options.MessageBytesMax, HeadBytesMax);
        var batch = new RecordBatch(_options.BatchMessagesMax, BatchBytesMax);
        for (var number = 1L; await NextAsync(frames, cancel) is { } frame; number++)
        {
            batch.Add(RecordOf(frame, $"{address} message {number}"));
            if (!batch.IsFull && frames.HasMore)
                continue;
            await HandOverAsync(batch, intake, cancel);
        }
    }

    private async Task<SyslogFrame?> NextAsync(SyslogFrameReader frames, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource(_options.IdleMax, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        return await frames.ReadAsync(either.Token);
    }

    private static SourceRecord RecordOf(SyslogFrame frame, string place)
    {
        var payload = frame.Message.ToArray();
        if (frame.Oversized is { } oversized)
            return new(payload, place)
            {
                Refused = new(new(Events.RejectionReason.TooLarge, "The message is longer than the limit.", -1), oversized.Bytes, oversized.Sha256),
            };
        if (!frame.IsBroken)
            return new(payload, place);
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(payload));
        return new(payload, place)
        {
            Refused = new(
                new(Events.RejectionReason.InvalidValue, "The stream has no message here, so the connection was closed.", -1), payload.Length, digest),
        };
    }

    /// <summary>Until it is durable: the sender cannot be asked for it again.</summary>
    private async Task HandOverAsync(RecordBatch batch, IIntake intake, CancellationToken cancel)
    {
        for (var wait = HeldWaitFirst; ; wait = wait * 2 < HeldWaitMax ? wait * 2 : HeldWaitMax)
        {
            try
            {
                await intake.AcceptAsync(Name, batch.Records, cancel);
                batch.Clear();
                return;
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                _logger.SyslogBatchHeld(Name, wait, fault);
                await Task.Delay(wait, _clock, cancel);
            }
        }
    }

    private static string AddressOf(TcpClient client) => client.Client.RemoteEndPoint?.ToString() ?? "unknown";
}

using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Ingest.Tests.Formats.Records;

namespace SentinelHealth.Ingest.Tests.Sources;

public sealed class SyslogSourceTests
{
    private static readonly byte[] Message = GoldenRecords.Bytes("syslog/dicom.txt");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_of_several_connections_reach_the_intake_in_their_order()
    {
        var intake = new HoldingIntake();
        await using var run = await Running.StartAsync(Options(), intake);
        for (var connection = 0; connection < 3; connection++)
        {
            using var client = await run.ConnectAsync();
            await client.GetStream().WriteAsync(Frame(Message), Cancel);
            await client.GetStream().WriteAsync(Frame(Message), Cancel);
        }

        var records = await intake.TakeAsync(6);

        Assert.All(records, record => Assert.Equal(Message, record.Payload.ToArray()));
        Assert.Equal(3, records.Count(record => record.Place.EndsWith("message 1", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_is_no_message_is_one_dead_letter_and_ends_the_connection()
    {
        var intake = new HoldingIntake();
        await using var run = await Running.StartAsync(Options(), intake);
        using var client = await run.ConnectAsync();

        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), Cancel);
        var record = Assert.Single(await intake.TakeAsync(1));

        Assert.NotNull(record.Refused);
        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], Cancel));
    }

    [Fact]
    public async Task While_the_intake_fails_messages_are_held_and_not_lost()
    {
        var intake = new HoldingIntake { FailuresLeft = 1 };
        await using var run = await Running.StartAsync(Options(), intake);
        using var client = await run.ConnectAsync();

        await client.GetStream().WriteAsync(Frame(Message), Cancel);

        Assert.Single(await intake.TakeAsync(1));
        Assert.Equal(0, intake.FailuresLeft);
    }

    [Fact]
    public async Task A_connection_too_many_is_closed()
    {
        var intake = new HoldingIntake();
        await using var run = await Running.StartAsync(Options() with { ConnectionsMax = 1 }, intake);
        using var first = await run.ConnectAsync();
        await first.GetStream().WriteAsync(Frame(Message), Cancel);
        await intake.TakeAsync(1);
        using var second = await run.ConnectAsync();

        Assert.Equal(0, await second.GetStream().ReadAsync(new byte[1], Cancel));
    }

    [Fact]
    public async Task Over_tls_a_client_with_a_certificate_of_the_authority_is_heard_and_one_without_is_not()
    {
        using var authority = Certificates.Authority();
        using var server = Certificates.SignedBy(authority, "localhost");
        using var known = Certificates.SignedBy(authority, "ehr-a");
        using var other = Certificates.Authority();
        using var stranger = Certificates.SignedBy(other, "ehr-a");
        var intake = new HoldingIntake();
        var options = Options() with { Certificate = server, ClientAuthority = authority };
        await using var run = await Running.StartAsync(options, intake);

        await run.TrySendTlsAsync(null, authority, Frame(Message));
        await run.TrySendTlsAsync(stranger, authority, Frame(Message));
        await run.SendTlsAsync(known, authority, Frame("<1>1 - - - - - - {}"u8.ToArray()));

        // Only the last one got through, so its message is the first and only one.
        Assert.Equal("<1>1 - - - - - - {}", Encoding.UTF8.GetString(Assert.Single(await intake.TakeAsync(1)).Payload.Span));
    }

    [Fact]
    public void Client_certificates_without_tls_are_a_mistake()
    {
        using var authority = Certificates.Authority();

        Assert.Throws<ValidationException>(() => Source(Options() with { ClientAuthority = authority }));
    }

    private static SyslogSourceOptions Options() => new() { Name = "atna", ListenAt = new IPEndPoint(IPAddress.Loopback, 0) };

    private static SyslogSource Source(SyslogSourceOptions options) =>
        new(options, TimeProvider.System, NullLogger<SyslogSource>.Instance);

    private static byte[] Frame(byte[] message) => [.. Encoding.ASCII.GetBytes($"{message.Length} "), .. message];

    /// <summary>A source at work, stopped at the end of the test.</summary>
    private sealed class Running(SyslogSource source, IPEndPoint address, Task work, CancellationTokenSource stop)
        : IAsyncDisposable
    {
        public static async Task<Running> StartAsync(SyslogSourceOptions options, IIntake intake)
        {
            var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            var source = Source(options);
            var work = source.RunAsync(intake, stop.Token);
            return new Running(source, await source.ListeningAt, work, stop);
        }

        public async Task<TcpClient> ConnectAsync()
        {
            var client = new TcpClient();
            await client.ConnectAsync(address, Cancel);
            return client;
        }

        /// <summary>A refused client learns of it when it shakes hands, when it writes, or never; all are the same here.</summary>
        public async Task TrySendTlsAsync(X509Certificate2? certificate, X509Certificate2 authority, byte[] bytes)
        {
            try
            {
                await SendTlsAsync(certificate, authority, bytes);
            }
            catch (Exception fault) when (fault is IOException or System.Security.Authentication.AuthenticationException)
            {
                Assert.NotEmpty(fault.Message);
            }
        }

        public async Task SendTlsAsync(X509Certificate2? certificate, X509Certificate2 authority, byte[] bytes)
        {
            using var client = await ConnectAsync();
            await using var secure = new SslStream(client.GetStream());
            var options = new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                CertificateChainPolicy = new()
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                    CustomTrustStore = { authority },
                },
                ClientCertificates = certificate is null ? null : [certificate],
            };
            await secure.AuthenticateAsClientAsync(options, Cancel);
            await secure.WriteAsync(bytes, Cancel);
            await secure.ShutdownAsync();
        }

        public async ValueTask DisposeAsync()
        {
            Assert.Equal("atna", source.Name);
            await stop.CancelAsync();
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stop.Dispose();
        }
    }

    private sealed class HoldingIntake : IIntake
    {
        private readonly System.Threading.Channels.Channel<SourceRecord> _records =
            System.Threading.Channels.Channel.CreateUnbounded<SourceRecord>();

        public int FailuresLeft { get; set; }

        public ValueTask<IntakeResult> AcceptAsync(string source, IReadOnlyList<SourceRecord> batch, CancellationToken cancel)
        {
            if (FailuresLeft > 0)
            {
                FailuresLeft--;
                throw new IOException("The disk is full.");
            }
            foreach (var record in batch)
                Assert.True(_records.Writer.TryWrite(record));
            return ValueTask.FromResult(new IntakeResult(batch.Count, batch.Count, 0, new List<DeadLetter>()));
        }

        public async Task<IReadOnlyList<SourceRecord>> TakeAsync(int count)
        {
            var taken = new List<SourceRecord>();
            while (taken.Count < count)
                taken.Add(await _records.Reader.ReadAsync(Cancel));
            return taken;
        }
    }

    private static class Certificates
    {
        private static readonly DateTimeOffset From = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), To = From.AddYears(100);

        public static X509Certificate2 Authority()
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=Test authority", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            return request.CreateSelfSigned(From, To);
        }

        public static X509Certificate2 SignedBy(X509Certificate2 authority, string name)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(name);
            request.CertificateExtensions.Add(names.Build());
            using var signed = request.Create(authority, From, To.AddDays(-1), RandomNumberGenerator.GetBytes(8));
            using var withKey = signed.CopyWithPrivateKey(key);
            return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
        }
    }
}

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Dashboard.Compliance;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Jobs;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Ingest.Kafka;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Jobs;

public sealed class TransportJobTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ObservedIndex _observed;

    public TransportJobTests() => _observed = new ObservedIndex(_folder.File(ObservedIndex.FileName), new ManualClock());

    public void Dispose()
    {
        _observed.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_protects_a_connection_is_seen_and_judged()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=node.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, certificate, cancel);

        await LookAsync(new Uri($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"));
        await serving;

        var findings = ControlFolder.Algorithms(ControlFolder.Shipped).Judge(_observed.Algorithms());
        Assert.Contains(findings, finding => finding is { Seen.Algorithm: "RSA2048", Standing: AlgorithmStanding.Classical });
        Assert.Contains(findings, finding => finding.Seen.Algorithm.StartsWith("Tls1", StringComparison.Ordinal));
        Assert.DoesNotContain(findings, finding => finding.Standing == AlgorithmStanding.Unlisted);
    }

    [Fact]
    public async Task A_connection_without_encryption_is_a_finding_unless_it_stays_on_this_machine()
    {
        await LookAsync(new Uri("http://node.example:8545/"), new Uri("http://127.0.0.1:8545/"));

        var finding = Assert.Single(ControlFolder.Algorithms(ControlFolder.Shipped).Judge(_observed.Algorithms()));
        Assert.Equal((AlgorithmStanding.Weak, "node.example:8545"), (finding.Standing, finding.Seen.Example));
    }

    [Fact]
    public void Brokers_ports_and_channels_are_looked_at_as_the_settings_have_them()
    {
        var settings = new SentinelSettings
        {
            Kafka = new KafkaConnection { BootstrapServers = "b-1:9093,b-2:9093", Security = KafkaSecurity.Tls },
            Sources = new SourcesSection
            {
                Syslog =
                [
                    new SyslogSourceSection { Name = "open", ListenAt = "0.0.0.0:5140" },
                    new SyslogSourceSection { Name = "closed", ListenAt = "0.0.0.0:6514", CertificateFile = "a.pem", KeyFile = "a.key" },
                ],
            },
            Notify = new NotifySection
            {
                Channels =
                [
                    new ChannelSection { Name = "siem", Kind = ChannelKind.Syslog, Host = "siem.example" },
                    new ChannelSection { Name = "mail", Kind = ChannelKind.Email, Host = "relay.example" },
                    new ChannelSection { Name = "bare", Kind = ChannelKind.Email, Host = "relay.example", IsEncrypted = false },
                ],
            },
        };

        Assert.Equal(
            ["tcp://0.0.0.0:5140/", "tls://127.0.0.1:6514/", "tls://b-1:9093/", "tls://b-2:9093/", "tls://siem.example:6514/", "tcp://relay.example:587/"],
            ConnectionList.Of(settings).Select(connection => connection.Address.ToString()));
    }

    private async Task LookAsync(params Uri[] addresses)
    {
        using var job = new TransportJob(
            _observed, [.. addresses.Select(address => new Connection("a node", address))], new ManualClock(),
                NullLogger<TransportJob>.Instance);
        await job.LookAsync(TestContext.Current.CancellationToken);
    }

    private static async Task ServeAsync(TcpListener listener, X509Certificate2 certificate, CancellationToken cancel)
    {
        using var client = await listener.AcceptTcpClientAsync(cancel);
        await using var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, cancel);
    }
}

using System.Net;
using SentinelHealth.Dashboard.Jobs;
using SentinelHealth.Ingest.Kafka;
using SentinelHealth.Response.Notifications;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>The connections a monitor of these settings has, in and out, so that somebody can look how each is protected.</summary>
/// <remarks>Mail is left out where STARTTLS is demanded, because it begins in the open and is encrypted before anything is said.</remarks>
internal static class ConnectionList
{
    private const string Encrypted = "tls", Open = "tcp";

    public static IReadOnlyList<Connection> Of(SentinelSettings settings) =>
    [
        .. settings.Sources.Evm.SelectMany(source => source.Others.Select(other => other.Endpoint).Prepend(source.Endpoint)
            .OfType<Uri>().Select(address => new Connection($"the source {source.Name}", address))),
        .. settings.Sources.Syslog.Select(port => new Connection($"the syslog port {port.Name}", AddressOf(port))),
        .. settings.Kafka is { } kafka ? Brokers(kafka) : [],
        .. settings.Ledger.Evm?.Endpoint is { } ledger ? [new Connection("the ledger", ledger)] : Array.Empty<Connection>(),
        .. settings.Search.Engine == SearchEngineChoice.None ? []
            : settings.Search.Addresses.Select(address => new Connection($"the search engine {address}", new Uri(address))),
        .. settings.Notify.Channels.Select(AddressOf).OfType<Connection>(),
    ];

    private static IEnumerable<Connection> Brokers(KafkaConnection kafka) =>
        kafka.BootstrapServers.Split(',').Select(broker => new Connection(
            $"the broker {broker}", new Uri($"{(kafka.Security == KafkaSecurity.Plaintext ? Open : Encrypted)}://{broker}")));

    /// <summary>Our own port: what is encrypted is looked at from here, what is not counts by where it can be reached from.</summary>
    private static Uri AddressOf(SyslogSourceSection port)
    {
        var at = IPEndPoint.Parse(port.ListenAt);
        var isEncrypted = port.CertificateFile.Length > 0;
        var isAnywhere = at.Address.Equals(IPAddress.Any) || at.Address.Equals(IPAddress.IPv6Any);
        return new Uri($"{(isEncrypted ? Encrypted : Open)}://{(isEncrypted && isAnywhere ? new IPEndPoint(IPAddress.Loopback, at.Port) : at)}");
    }

    private static Connection? AddressOf(ChannelSection channel) => channel.Kind switch
    {
        ChannelKind.Webhook => new Connection($"the channel {channel.Name}", channel.Url!),
        ChannelKind.Syslog => new Connection($"the channel {channel.Name}", new UriBuilder(
            channel.Transport == SyslogTransport.Tls ? Encrypted : Open, channel.Host, channel.PortOrUsual).Uri),
        ChannelKind.Email when !channel.IsEncrypted => new Connection(
            $"the channel {channel.Name}", new UriBuilder(Open, channel.Host, channel.PortOrUsual).Uri),
        _ => null,
    };
}

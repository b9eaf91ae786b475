using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SentinelHealth.Ingest.Evm;
using SentinelHealth.Ingest.Kafka;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>Makes the sources that the settings name.</summary>
internal static class SourceFactory
{
    /// <summary>Sources that are not yet reading; their positions are kept in the data folder.</summary>
    public static IReadOnlyList<ISource> Create(
        SourcesSection settings, KafkaConnection? kafka, string dataFolder, TimeProvider clock, ILoggerFactory logs)
    {
        var positions = Directory.CreateDirectory(Path.Combine(dataFolder, "positions")).FullName;
        var files = settings.Files.Select(file => (ISource)new FileSource(
            new FileSourceOptions { Name = file.Name, Path = file.Path, PositionPath = Path.Combine(positions, file.Name + ".file") },
            clock, logs.CreateLogger<FileSource>()));
        var networks = settings.Evm.Select(network => Network(network, positions, clock, logs));
        var syslog = settings.Syslog.Select(port => Port(port, clock, logs));
        var topics = settings.Kafka.Select(topic => new KafkaSource(kafka!, topic, clock, logs.CreateLogger<KafkaSource>()));
        return [.. files, .. networks, .. topics, .. syslog];
    }

    private static SyslogSource Port(SyslogSourceSection port, TimeProvider clock, ILoggerFactory logs)
    {
        try
        {
            var options = new SyslogSourceOptions
            {
                Name = port.Name,
                ListenAt = IPEndPoint.Parse(port.ListenAt),
                Certificate = port.CertificateFile.Length > 0
                    ? X509Certificate2.CreateFromPemFile(port.CertificateFile, port.KeyFile) : null,
                ClientAuthority = port.ClientAuthorityFile.Length > 0
                    ? X509Certificate2.CreateFromPem(File.ReadAllText(port.ClientAuthorityFile)) : null,
                ConnectionsMax = port.ConnectionsMax,
                MessageBytesMax = port.MessageBytesMax,
                IdleMax = port.IdleMax,
            };
            return new SyslogSource(options, clock, logs.CreateLogger<SyslogSource>());
        }
        catch (CryptographicException fault)
        {
            throw new InvalidDataException($"The certificates of the syslog source {port.Name} cannot be read: {fault.Message}", fault);
        }
    }

    private static LedgerSource Network(EvmSourceSection network, string positions, TimeProvider clock, ILoggerFactory logs)
    {
        var deployment = LedgerFactory.ReadDeployment(network.DeploymentFile);
        var options = new EvmLedgerSourceOptions
        {
            Ledger = new LedgerSourceOptions
            {
                Name = network.Name,
                Chain = network.Chain.Length > 0 ? network.Chain : deployment.ChainId.ToString(CultureInfo.InvariantCulture),
                FirstBlock = network.StartBlock ?? deployment.FirstBlock,
                CheckpointPath = Path.Combine(positions, network.Name + ".cursor"),
                ConfirmationBlocks = network.ConfirmationBlocks,
                BlocksPerRangeMax = network.BlocksPerRangeMax,
                PollInterval = network.PollInterval,
                EndpointLagBlocksMax = network.EndpointLagBlocksMax,
            },
            Endpoints =
            [
                Endpoint(network, network.Endpoint!, network.WebSocket),
                .. network.Others.Select(other => Endpoint(network, other.Endpoint!, other.WebSocket)),
            ],
            Contracts = deployment.Contracts,
        };
        return EvmLedgerSource.Create(options, clock, logs.CreateLogger<LedgerSource>());
    }

    private static EvmEndpoint Endpoint(EvmSourceSection network, Uri address, Uri? webSocket) =>
        new() { Node = new JsonRpcOptions { Endpoint = address }, WebSocket = webSocket, Notices = network.Notices };
}

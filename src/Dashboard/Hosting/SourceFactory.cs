using System.Globalization;
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
        var topics = settings.Kafka.Select(topic => new KafkaSource(kafka!, topic, clock, logs.CreateLogger<KafkaSource>()));
        return [.. files, .. networks, .. topics];
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

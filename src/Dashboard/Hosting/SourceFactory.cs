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
        var nodes = settings.Evm.Select(node => Node(node, positions, clock, logs));
        var topics = settings.Kafka.Select(topic => new KafkaSource(kafka!, topic, clock, logs.CreateLogger<KafkaSource>()));
        return [.. files, .. nodes, .. topics];
    }

    private static EvmLedgerSource Node(EvmSourceSection node, string positions, TimeProvider clock, ILoggerFactory logs)
    {
        var deployment = LedgerFactory.ReadDeployment(node.DeploymentFile);
        var options = new EvmLedgerSourceOptions
        {
            Name = node.Name,
            Node = new JsonRpcOptions { Endpoint = node.Endpoint! },
            Chain = node.Chain.Length > 0 ? node.Chain : deployment.ChainId.ToString(CultureInfo.InvariantCulture),
            Contracts = deployment.Contracts,
            FirstBlock = deployment.FirstBlock,
            CursorPath = Path.Combine(positions, node.Name + ".cursor"),
            ConfirmationBlocks = node.ConfirmationBlocks,
            PollInterval = node.PollInterval,
        };
        return new EvmLedgerSource(options, clock, logs.CreateLogger<EvmLedgerSource>());
    }
}

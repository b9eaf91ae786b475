using System.CommandLine;
using BenchmarkDotNet.Running;
using SentinelHealth.Benchmarks;
using SentinelHealth.Benchmarks.Access;
using SentinelHealth.Benchmarks.Bulk;
using SentinelHealth.Benchmarks.Calibration;
using SentinelHealth.Benchmarks.Cluster;
using SentinelHealth.Benchmarks.Conservation;
using SentinelHealth.Benchmarks.Decoding;
using SentinelHealth.Benchmarks.Evidence;
using SentinelHealth.Benchmarks.Fuzzing;
using SentinelHealth.Benchmarks.Kafka;
using SentinelHealth.Benchmarks.Pages;
using SentinelHealth.Benchmarks.Response;
using SentinelHealth.Benchmarks.Search;
using SentinelHealth.Benchmarks.Sigma;
using SentinelHealth.Benchmarks.Snapshots;
using SentinelHealth.Benchmarks.Streams;
using SentinelHealth.Benchmarks.Throughput;

if (args.Length == 0)
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).RunAllJoined();
    return 0;
}

RootCommand root = new("Measures SentinelHealth.")
{
    ThroughputCommand.Create(), QualityCommand.Create(), NabCommand.Create(), SeriesThroughputCommand.Create(),
    FuzzCommand.Create(), StreamCommand.Create(), GuaranteeCommand.Create(), NewcomersCommand.Create(),
    DecodeThroughputCommand.Create(),
    KafkaThroughputCommand.Create(), KafkaConservationCommand.Create(), KafkaWorkerCommand.Create(),
    ClusterChaosCommand.Create(), ClusterLoadCommand.Create(),
    ConservationCommand.Create(), ConservationWorkerCommand.Create(), HttpBulkCommand.Create(),
    SigmaThroughputCommand.Create(), SigmaCorrelationCommand.Create(),
    SystemSimulationCommand.Create(),
    ResponseSimulationCommand.Create(), ResponseChaosCommand.Create(), ResponseChaosWorkerCommand.Create(),
    ResponseLatencyCommand.Create(), GuardGasCommand.Create(),
    EvidenceThroughputCommand.Create(), EvidenceMutationCommand.Create(),
    AccessThroughputCommand.Create(), AccessHttpCommand.Create(), PageSpeedCommand.Create(), PageLoadCommand.Create(),
    SearchFeedCommand.Create(), SnapshotStoreCommand.Create(), ActorStateCommand.Create(),
};
return await root.Parse(args).InvokeAsync();

using Confluent.Kafka;
using SentinelHealth.Testing;

namespace SentinelHealth.Benchmarks.Cluster;

/// <summary>The log topic of a cluster, asked without a line of the product.</summary>
internal static class ClusterLog
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>A client that reads where it is told to and commits nothing.</summary>
    public static IConsumer<byte[], byte[]> Consumer(SentinelCluster cluster)
    {
        var config = new ConsumerConfig { BootstrapServers = cluster.Brokers.Bootstrap, GroupId = "oracle", EnableAutoCommit = false };
        return new ConsumerBuilder<byte[], byte[]>(config).SetLogHandler((_, _) => { }).Build();
    }

    /// <summary>The offset after the last entry of each partition.</summary>
    public static Dictionary<int, long> Ends(SentinelCluster cluster, int partitions)
    {
        using var consumer = Consumer(cluster);
        return Enumerable.Range(0, partitions).ToDictionary(
            partition => partition,
            partition => consumer
                .QueryWatermarkOffsets(new TopicPartition(SentinelCluster.LogTopic, partition), Patience).High.Value);
    }

    /// <summary>Entries of all partitions, copies among them.</summary>
    public static long Entries(SentinelCluster cluster, int partitions) => Ends(cluster, partitions).Values.Sum();
}

using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace SentinelHealth.Ingest.Kafka;

/// <summary>Looks whether the brokers can be reached with the settings, without changing anything.</summary>
public static class KafkaProbe
{
    /// <summary>One sentence about the cluster.</summary>
    /// <param name="connection">The brokers.</param>
    /// <param name="topics">Topics that must exist.</param>
    /// <exception cref="IOException">The brokers do not answer, refuse us, or lack a topic.</exception>
    /// <exception cref="DllNotFoundException">The native library is missing.</exception>
    public static string Ask(KafkaConnection connection, IEnumerable<string> topics)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(topics);
        using var producer = new ProducerBuilder<byte[], byte[]>(KafkaClients.Producer(connection))
            .SetLogHandler((_, message) => KafkaClients.Tell(NullLogger.Instance, message))
            .Build();
        try
        {
            foreach (var topic in topics)
                KafkaClients.PartitionsOf(producer.Handle, topic, connection.StartTimeout);
            using var admin = new DependentAdminClientBuilder(producer.Handle).Build();
            return $"{admin.GetMetadata(connection.StartTimeout).Brokers.Count} brokers answer";
        }
        catch (KafkaException fault)
        {
            throw new IOException($"{connection.BootstrapServers}: {fault.Error.Reason}", fault);
        }
    }
}

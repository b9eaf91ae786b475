using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Ingest.Kafka;

/// <summary>What an appender has to know of the log before its first append.</summary>
/// <param name="Partitions">How many partitions the topic has.</param>
/// <param name="Window">The newest records' digests.</param>
internal sealed record LogTail(int Partitions, DedupeWindow Window)
{
    /// <summary>
    /// Newest records of a partition whose digests are read at the start. They spare the log most repetitions after a crash; those
    /// further back are recognized by the readers, whose window is larger.
    /// </summary>
    private const int RecordsMax = 10_000;

    /// <summary>Digests remembered for all partitions.</summary>
    private const int IdsMax = 1_000_000;

    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);

    /// <exception cref="IOException">The brokers do not answer, or the topic does not exist.</exception>
    public static LogTail Read(KafkaConnection connection, KafkaEventLogOptions options, TimeProvider clock, ILogger logger)
    {
        var startedAt = clock.GetTimestamp();
        var config = KafkaClients.Member(connection, options.Group, "");
        config.EnableAutoCommit = false;
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config)
            .SetLogHandler((_, message) => KafkaClients.Tell(logger, message))
            .Build();
        try
        {
            var partitions = KafkaClients.PartitionsOf(consumer.Handle, options.Topic, connection.StartTimeout);
            var window = new DedupeWindow(IdsMax);
            var unread = new HashSet<int>();
            var starts = new List<TopicPartitionOffset>();
            for (var partition = 0; partition < partitions; partition++)
            {
                var at = new TopicPartition(options.Topic, partition);
                var ends = consumer.QueryWatermarkOffsets(at, connection.StartTimeout);
                if (ends.High.Value <= ends.Low.Value)
                    continue;
                unread.Add(partition);
                starts.Add(new TopicPartitionOffset(at, Math.Max(ends.Low.Value, ends.High.Value - RecordsMax)));
            }
            if (starts.Count > 0)
                consumer.Assign(starts);
            while (unread.Count > 0)
            {
                if (clock.GetElapsedTime(startedAt) > connection.StartTimeout * 2)
                    throw new IOException($"The end of the topic {options.Topic} could not be read in time.");
                if (consumer.Consume(PollTime) is not { } result)
                    continue;
                if (result.IsPartitionEOF)
                    unread.Remove(result.Partition.Value);
                else if (LogRecordKey.IsOurs(result.Message.Key))
                    window.Add(LogRecordKey.Digest(result.Message.Key));
            }
            return new LogTail(partitions, window);
        }
        catch (KafkaException fault)
        {
            throw new IOException($"The topic {options.Topic} cannot be used: {fault.Error.Reason}", fault);
        }
    }
}

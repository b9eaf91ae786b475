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
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(250);

    /// <exception cref="IOException">The brokers do not answer in time, or the topic does not exist.</exception>
    public static LogTail Read(KafkaConnection connection, KafkaEventLogOptions options, TimeProvider clock, ILogger logger)
    {
        var startedAt = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return ReadOnce(connection, options, logger, () => clock.GetElapsedTime(startedAt) > connection.StartTimeout * 2);
            }
            catch (KafkaException fault)
            {
                // A broker that has just gone has partitions without a leader; another takes them over in a moment.
                if (fault.Error.Code == ErrorCode.UnknownTopicOrPart || clock.GetElapsedTime(startedAt) > connection.StartTimeout)
                    throw new IOException($"The topic {options.Topic} cannot be used: {fault.Error.Reason}", fault);
                logger.ReadFailed(options.Topic, fault.Error.Reason);
                Thread.Sleep(RetryAfter);
            }
        }
    }

    private static LogTail ReadOnce(
        KafkaConnection connection, KafkaEventLogOptions options, ILogger logger, Func<bool> isTooLate)
    {
        var config = KafkaClients.Member(connection, options.Group, "");
        config.EnableAutoCommit = false;
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config)
            .SetLogHandler((_, message) => KafkaClients.Tell(logger, message))
            .Build();
        var partitions = KafkaClients.PartitionsOf(consumer.Handle, options.Topic, connection.StartTimeout);
        var starts = StartsOf(consumer, options.Topic, partitions, connection.StartTimeout);
        var unread = starts.Select(start => start.Partition.Value).ToHashSet();
        var window = new DedupeWindow(IdsMax);
        if (starts.Count > 0)
            consumer.Assign(starts);
        while (unread.Count > 0)
        {
            if (isTooLate())
                throw new IOException($"The end of the topic {options.Topic} could not be read in time.");
            if (consumer.Consume(PollTime) is not { } result)
                continue;
            if (result.IsPartitionEOF)
                unread.Remove(result.Partition.Value);
            else if (LogRecordKey.IsOurs(result.Message.Key) && LogRecordKey.Place(result.Message.Key) == LogRecordPlace.Own)
                // One with copies may lack some of them after a crash: repeated, it is written whole again, and readers pass over what they have.
                window.Add(LogRecordKey.Digest(result.Message.Key));
        }
        return new LogTail(partitions, window);
    }

    /// <summary>Where to begin in each partition that holds anything.</summary>
    private static List<TopicPartitionOffset> StartsOf(
        IConsumer<byte[], byte[]> consumer, string topic, int partitions, TimeSpan patience)
    {
        var starts = new List<TopicPartitionOffset>();
        for (var partition = 0; partition < partitions; partition++)
        {
            var at = new TopicPartition(topic, partition);
            var ends = consumer.QueryWatermarkOffsets(at, patience);
            if (ends.High.Value > ends.Low.Value)
                starts.Add(new TopicPartitionOffset(at, Math.Max(ends.Low.Value, ends.High.Value - RecordsMax)));
        }
        return starts;
    }
}

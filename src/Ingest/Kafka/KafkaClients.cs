using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace SentinelHealth.Ingest.Kafka;

/// <summary>Makes the clients with the settings that our promises rest on.</summary>
internal static class KafkaClients
{
    /// <summary>Fetched and not yet taken by us, for all partitions of a consumer together (I7).</summary>
    private const int PrefetchedKilobytesMax = 32 * 1024;

    private static readonly TimeSpan PollGapMax = TimeSpan.FromMinutes(5);

    /// <summary>Before a member that was thrown out joins again. Two namesakes would otherwise throw each other out at full speed.</summary>
    public static TimeSpan RejoinWait { get; } = TimeSpan.FromSeconds(2);

    /// <summary>Partitions as people read them.</summary>
    public static string Names(IEnumerable<TopicPartition> partitions) =>
        string.Join(", ", partitions.Select(at => $"{at.Topic}/{at.Partition.Value}"));

    /// <summary>Partitions as people read them.</summary>
    public static string Names(IEnumerable<TopicPartitionOffset> partitions) => Names(partitions.Select(at => at.TopicPartition));

    /// <summary>A member of a group that commits only what it is told to, and moves partitions one by one.</summary>
    public static ConsumerConfig Member(KafkaConnection connection, string group, string instanceId)
    {
        var config = Base(new ConsumerConfig(), connection);
        config.GroupId = group;
        if (instanceId.Length > 0)
            config.GroupInstanceId = instanceId;
        config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky;
        config.SessionTimeoutMs = (int)connection.SessionTimeout.TotalMilliseconds;
        config.HeartbeatIntervalMs = Math.Min(3_000, (int)connection.SessionTimeout.TotalMilliseconds / 3);
        config.MaxPollIntervalMs = (int)Math.Max(PollGapMax.TotalMilliseconds, connection.SessionTimeout.TotalMilliseconds);
        // Offsets are stored by us once a record is durable, and what is stored is committed in the background.
        config.EnableAutoOffsetStore = false;
        config.EnableAutoCommit = true;
        config.AutoCommitIntervalMs = 1_000;
        config.AutoOffsetReset = AutoOffsetReset.Earliest;
        config.IsolationLevel = IsolationLevel.ReadCommitted;
        config.CheckCrcs = true;
        config.AllowAutoCreateTopics = false;
        config.EnablePartitionEof = true;
        config.QueuedMaxMessagesKbytes = PrefetchedKilobytesMax;
        config.QueuedMinMessages = 100_000;
        // The library would otherwise look again only a second after its queue was full.
        config.FetchQueueBackoffMs = 20;
        config.FetchWaitMaxMs = 100;
        config.FetchErrorBackoffMs = 100;
        return config;
    }

    /// <summary>A producer whose repeats the brokers recognize and whose order they keep; it never gives a message up by itself.</summary>
    public static ProducerConfig Producer(KafkaConnection connection)
    {
        var config = Base(new ProducerConfig(), connection);
        config.EnableIdempotence = true;
        config.Acks = Acks.All;
        config.MaxInFlight = connection.RequestsInFlightMax;
        // A message given up between two that arrived would break the order of its key when it is repeated.
        config.MessageTimeoutMs = 0;
        config.LingerMs = 5;
        config.CompressionType = connection.Compression switch
        {
            KafkaCompression.Lz4 => CompressionType.Lz4,
            KafkaCompression.Zstd => CompressionType.Zstd,
            KafkaCompression.Gzip => CompressionType.Gzip,
            KafkaCompression.Snappy => CompressionType.Snappy,
            _ => CompressionType.None,
        };
        config.MessageMaxBytes = 16 * 1024 * 1024;
        config.AllowAutoCreateTopics = false;
        return config;
    }

    /// <summary>How many partitions a topic has.</summary>
    /// <exception cref="KafkaException">The brokers do not answer, or the topic does not exist.</exception>
    public static int PartitionsOf(Handle client, string topic, TimeSpan patience)
    {
        using var admin = new DependentAdminClientBuilder(client).Build();
        var found = admin.GetMetadata(topic, patience).Topics[0];
        return found.Error.IsError ? throw new KafkaException(found.Error) : found.Partitions.Count;
    }

    /// <summary>Passes the library's own words on. They hold addresses and states, never settings or records.</summary>
    public static void Tell(ILogger logger, LogMessage message)
    {
        if (message.Level <= SyslogLevel.Error)
            logger.KafkaError(message.Name, message.Message);
        else if (message.Level <= SyslogLevel.Warning)
            logger.KafkaWarning(message.Name, message.Message);
    }

    private static T Base<T>(T config, KafkaConnection connection) where T : ClientConfig
    {
        KafkaLibrary.Load();
        config.BootstrapServers = connection.BootstrapServers;
        config.ClientId = connection.ClientId;
        config.ReconnectBackoffMs = 100;
        config.ReconnectBackoffMaxMs = 5_000;
        config.SocketKeepaliveEnable = true;
        config.LogConnectionClose = false;
        if (connection.Security == KafkaSecurity.Plaintext)
            return config;
        config.SecurityProtocol = connection.Security == KafkaSecurity.Tls ? SecurityProtocol.Ssl : SecurityProtocol.SaslSsl;
        config.SslEndpointIdentificationAlgorithm = SslEndpointIdentificationAlgorithm.Https;
        if (connection.CaFile.Length > 0)
            config.SslCaLocation = connection.CaFile;
        if (connection.CertificateFile.Length > 0)
            (config.SslCertificateLocation, config.SslKeyLocation) = (connection.CertificateFile, connection.KeyFile);
        if (connection.KeyPassword.IsNamed)
            config.SslKeyPassword = connection.KeyPassword.Read();
        if (connection.Security == KafkaSecurity.SaslTls)
        {
            config.SaslMechanism = connection.Mechanism switch
            {
                KafkaSaslMechanism.ScramSha512 => SaslMechanism.ScramSha512,
                KafkaSaslMechanism.ScramSha256 => SaslMechanism.ScramSha256,
                _ => SaslMechanism.Plain,
            };
            (config.SaslUsername, config.SaslPassword) = (connection.User, connection.Password.Read());
        }
        return config;
    }
}

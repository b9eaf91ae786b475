using Microsoft.Extensions.Logging;

namespace SentinelHealth.Ingest.Kafka;

/// <summary>What the Kafka parts say in the log.</summary>
internal static partial class KafkaLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Kafka client {Client}: {Message}")]
    public static partial void KafkaError(this ILogger logger, string client, string message);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kafka client {Client}: {Message}")]
    public static partial void KafkaWarning(this ILogger logger, string client, string message);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Reader}: {Partitions} came to this member of {Group}.")]
    public static partial void PartitionsCame(this ILogger logger, string reader, string group, string partitions);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Reader}: {Partitions} went to another member of {Group}.")]
    public static partial void PartitionsWent(this ILogger logger, string reader, string group, string partitions);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Reader}: {Partitions} of {Group} were lost. What was under way on them is not committed; another member repeats it.")]
    public static partial void PartitionsLost(this ILogger logger, string reader, string group, string partitions);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reader}: reading failed ({Reason}); it is tried again.")]
    public static partial void ReadFailed(this ILogger logger, string reader, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Reader}: the member of {Group} cannot go on ({Reason}) and joins again in {Wait}.")]
    public static partial void MemberFailed(this ILogger logger, string reader, string group, string reason, TimeSpan wait);

    [LoggerMessage(Level = LogLevel.Error, Message = "The producer of {Client} cannot go on ({Reason}) and is made anew.")]
    public static partial void ProducerFailed(this ILogger logger, string client, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Source {Source} waits: the log takes no more for now, so its partitions are paused.")]
    public static partial void SourcePaused(this ILogger logger, string source);

    [LoggerMessage(Level = LogLevel.Information, Message = "Source {Source} goes on.")]
    public static partial void SourceResumed(this ILogger logger, string source);
}

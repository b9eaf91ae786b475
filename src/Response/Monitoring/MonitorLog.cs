using Microsoft.Extensions.Logging;

namespace SentinelHealth.Response.Monitoring;

/// <summary>What the pump says in the log.</summary>
internal static partial class MonitorLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Partition {Partition} continues after offset {Offset}: a snapshot of {Bytes} bytes and {CaughtUp} events read again, in {Seconds:0.000} s.")]
    public static partial void PartitionOpened(
        this ILogger logger, int partition, long offset, long bytes, long caughtUp, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The snapshot of partition {Partition} cannot be used ({Reason}); its log is read again from the start.")]
    public static partial void SnapshotRefused(this ILogger logger, int partition, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "No snapshot of partition {Partition} was left for who scores it next ({Reason}); they read on from the one before.")]
    public static partial void SnapshotNotLeft(this ILogger logger, int partition, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Entry {Offset} of partition {Partition} could not be decoded ({Reason}) and is in the dead letters.")]
    public static partial void EntryDeadLettered(this ILogger logger, int partition, long offset, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The log could not be observed; it is tried again in {Wait}.")]
    public static partial void ObserverFailed(this ILogger logger, TimeSpan wait, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What was known of sources' habits cannot be read ({Reason}) and is learned again.")]
    public static partial void HabitsNotRead(this ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is known of sources' habits could not be kept ({Reason}).")]
    public static partial void HabitsNotKept(this ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The snapshot of partition {Partition} has more than {BytesMax} bytes and is left out: a restart reads on from the one before. Part the log into more partitions.")]
    public static partial void SnapshotTooLarge(this ILogger logger, int partition, long bytesMax);

    [LoggerMessage(Level = LogLevel.Error, Message = "Partition {Partition} failed and waits, tried again from its last commit in {Wait} and then less often; the others go on.")]
    public static partial void PartitionFailed(this ILogger logger, int partition, TimeSpan wait, Exception fault);

    [LoggerMessage(Level = LogLevel.Information, Message = "Partition {Partition} begins again from what is stored: {Reason}")]
    public static partial void PartitionMoved(this ILogger logger, int partition, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Partition {Partition} goes on again.")]
    public static partial void PartitionRecovered(this ILogger logger, int partition);

    [LoggerMessage(Level = LogLevel.Information, Message = "How partition {Partition} is doing could not be told to the other processes ({Reason}).")]
    public static partial void PartitionNotTold(this ILogger logger, int partition, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Partition {Partition} could not be observed; it is tried again in {Wait} and then less often, and the others go on.")]
    public static partial void PartitionNotObserved(this ILogger logger, int partition, TimeSpan wait, Exception fault);

    [LoggerMessage(Level = LogLevel.Information, Message = "Partition {Partition} is observed again.")]
    public static partial void PartitionObserved(this ILogger logger, int partition);

    [LoggerMessage(Level = LogLevel.Error, Message = "The pump failed and starts again from its last commit in {Wait}.")]
    public static partial void PumpFailed(this ILogger logger, TimeSpan wait, Exception fault);
}

namespace SentinelHealth.Dashboard.Jobs;

/// <summary>What running the monitor says.</summary>
internal static partial class MonitorJobLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Stopping: sources first, then the pump.")]
    public static partial void MonitorStopping(this ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "Source {Source} has come to its end.")]
    public static partial void SourceEnded(this ILogger logger, string source);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The end of partition {Partition} is not known ({Reason}); the start does not wait for it.")]
    public static partial void EndNotKnown(this ILogger logger, int partition, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A silent source could not be told; the next look tries again.")]
    public static partial void SilenceNotStored(this ILogger logger, Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Alerts, actions or dead letters could not be sent to Kafka; next attempt in {Wait}.")]
    public static partial void PublishingFailed(this ILogger logger, TimeSpan wait, Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Source {Source} failed; next attempt in {Wait}.")]
    public static partial void SourceFailed(this ILogger logger, string source, TimeSpan wait, Exception fault);
}

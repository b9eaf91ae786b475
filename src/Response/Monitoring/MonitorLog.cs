using Microsoft.Extensions.Logging;

namespace SentinelHealth.Response.Monitoring;

/// <summary>What the pump says in the log.</summary>
internal static partial class MonitorLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Partition {Partition} continues after offset {Offset}; {CaughtUp} events were read again to restore the detectors.")]
    public static partial void PumpStarted(this ILogger logger, int partition, long offset, long caughtUp);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The detectors' snapshot cannot be used ({Reason}); the log is read again from its start.")]
    public static partial void SnapshotRefused(this ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Entry {Offset} of partition {Partition} could not be decoded ({Reason}) and is in the dead letters.")]
    public static partial void EntryDeadLettered(this ILogger logger, int partition, long offset, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The pump failed and starts again from its last commit in {Wait}.")]
    public static partial void PumpFailed(this ILogger logger, TimeSpan wait, Exception fault);
}

using Microsoft.Extensions.Logging;

namespace SentinelHealth.Ingest.Sources;

internal static partial class SyslogSourceLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Source {Source} listens for syslog at {Address}.")]
    public static partial void SyslogListens(this ILogger logger, string source, string address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Source {Source} closed a connection of {Address}: {Connections} are open already.")]
    public static partial void SyslogFull(this ILogger logger, string source, string address, int connections);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Source {Source} lost the connection of {Address}: {Reason}")]
    public static partial void SyslogConnectionLost(this ILogger logger, string source, string address, string reason);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Source {Source} could not make messages durable and holds them; the sender is made to wait {Wait}.")]
    public static partial void SyslogBatchHeld(this ILogger logger, string source, TimeSpan wait, Exception reason);
}

using Microsoft.Extensions.Logging;

namespace SentinelHealth.Ingest.Evm;

internal static partial class EvmHeadNoticesLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Endpoint} says by itself when it has a new block.")]
    public static partial void NoticesBegin(this ILogger logger, string endpoint);

    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Endpoint} no longer says when it has a new block ({Reason}); it is polled until it does.")]
    public static partial void NoticesEnd(this ILogger logger, string endpoint, string reason);
}

using Microsoft.Extensions.Logging;

namespace SentinelHealth.Ingest.Sources;

internal static partial class LedgerSourceLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Ledger source {Source} cannot read after block {Block} from {Endpoint}; it retries until it can.")]
    public static partial void LedgerUnreadable(this ILogger logger, Exception fault, string source, long block, string endpoint);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ledger source {Source} reads again, from block {Block}, through {Endpoint}.")]
    public static partial void LedgerReadable(this ILogger logger, string source, long block, string endpoint);

    [LoggerMessage(Level = LogLevel.Error, Message = "Ledger source {Source}: block {Block} is no longer on the chain; {DepthBlocks} blocks are read again.")]
    public static partial void LedgerReorganized(this ILogger logger, string source, long block, long depthBlocks);

    [LoggerMessage(Level = LogLevel.Error, Message = "Ledger source {Source}: {Endpoint} disagrees with the other endpoints about block {Block}.")]
    public static partial void EndpointForked(this ILogger logger, string source, string endpoint, long block);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Ledger source {Source}: {Endpoint} is {LagBlocks} blocks behind the other endpoints.")]
    public static partial void EndpointLags(this ILogger logger, string source, string endpoint, long lagBlocks);

    [LoggerMessage(Level = LogLevel.Error, Message = "Ledger source {Source}: no endpoint has block {Block}; nothing is read beyond it until one has.")]
    public static partial void LedgerHasGap(this ILogger logger, string source, long block);
}

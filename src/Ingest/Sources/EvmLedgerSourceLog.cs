using Microsoft.Extensions.Logging;

namespace SentinelHealth.Ingest.Sources;

internal static partial class EvmLedgerSourceLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Ledger source {Source} cannot read after block {Block}; it retries until it can.")]
    public static partial void LedgerUnreadable(this ILogger logger, Exception fault, string source, long block);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ledger source {Source} reads again, from block {Block}.")]
    public static partial void LedgerReadable(this ILogger logger, string source, long block);

    [LoggerMessage(Level = LogLevel.Error, Message = "Ledger source {Source}: block {Block} is no longer on the chain; {DepthBlocks} blocks are read again.")]
    public static partial void LedgerReorganized(this ILogger logger, string source, long block, long depthBlocks);
}

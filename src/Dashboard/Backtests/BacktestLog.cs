namespace SentinelHealth.Dashboard.Backtests;

internal static partial class BacktestLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "A backtest kept as {Path} cannot be read and is left out.")]
    public static partial void BacktestNotRead(this ILogger logger, string path, Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "The backtest {Id} could not be done.")]
    public static partial void BacktestFailed(this ILogger logger, string id, Exception fault);
}

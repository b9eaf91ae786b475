using Microsoft.Extensions.Logging;

namespace SentinelHealth.Benchmarks.Kafka;

/// <summary>Says warnings and worse on standard error, one line each, with the time and the process.</summary>
internal sealed class StandardErrorLogger<T> : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            Console.Error.WriteLine(
                $"{DateTime.UtcNow:HH:mm:ss} {Environment.ProcessId} {formatter(state, exception)} {exception?.Message}".ReplaceLineEndings(" "));
    }
}

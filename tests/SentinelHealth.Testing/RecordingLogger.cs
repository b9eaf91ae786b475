using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace SentinelHealth.Testing;

/// <summary>Remembers what was logged.</summary>
public sealed class RecordingLogger<T> : ILogger<T>
{
    private readonly ConcurrentQueue<string> _messages = new();

    public bool Said(string part) => _messages.Any(message => message.Contains(part, StringComparison.Ordinal));

    /// <summary>How many messages had this in them.</summary>
    public int Count(string part) => _messages.Count(message => message.Contains(part, StringComparison.Ordinal));

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        _messages.Enqueue(formatter(state, exception));
    }
}

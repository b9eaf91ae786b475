namespace SentinelHealth.Dashboard.Commands;

/// <summary>Wrong usage or unreadable input: one line on standard error, exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);

namespace SentinelHealth.Response.Storage;

/// <summary>A commit was refused because another process has taken the partition further: nothing of it was written.</summary>
public sealed class PositionMovedException : Exception
{
    /// <summary>For a partition.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="expected">The offset this process had read from.</param>
    /// <param name="found">The offset that is stored.</param>
    public PositionMovedException(int partition, long expected, long found)
        : base($"Partition {partition} was taken from offset {expected} to {found} by another process; the work here is dropped.")
    {
    }

    /// <summary>Without details.</summary>
    public PositionMovedException()
    {
    }

    /// <summary>With a message of its own.</summary>
    public PositionMovedException(string message) : base(message)
    {
    }

    /// <summary>With a message and a cause.</summary>
    public PositionMovedException(string message, Exception innerException) : base(message, innerException)
    {
    }
}

namespace SentinelHealth.Response.Storage.Engines;

/// <summary>Says which of the processes that share a store runs what only one may: deadlines, the outbox, daily jobs.</summary>
/// <remarks>Safe from many threads. Leading is never relied on for correctness: every change is made once by its own means.</remarks>
public interface ILeadership : IAsyncDisposable
{
    /// <summary>Whether this process leads, as far as it can be sure of now.</summary>
    bool IsLeader { get; }

    /// <summary>Waits until this process leads, or no longer does.</summary>
    /// <param name="isLeader">What to wait for.</param>
    /// <param name="cancel">Gives up.</param>
    Task BecomesAsync(bool isLeader, CancellationToken cancel);
}

/// <summary>A process that does not carry anything out never leads: it would keep those that do from it.</summary>
public sealed class NoLeadership : ILeadership
{
    /// <inheritdoc/>
    public bool IsLeader => false;

    /// <inheritdoc/>
    public Task BecomesAsync(bool isLeader, CancellationToken cancel) =>
        isLeader ? Task.Delay(Timeout.Infinite, cancel) : Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>The only process leads.</summary>
public sealed class SoleLeadership : ILeadership
{
    /// <inheritdoc/>
    public bool IsLeader => true;

    /// <inheritdoc/>
    public Task BecomesAsync(bool isLeader, CancellationToken cancel) =>
        isLeader ? Task.CompletedTask : Task.Delay(Timeout.Infinite, cancel);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Response.Monitoring;

/// <summary>Asks a log that may not answer: a partition whose broker has no leader is waited for a little, and then it is a fault like any other.</summary>
/// <remarks>A read that is given up loses nothing: the log goes on fetching, and whoever asks again finds what came meanwhile.</remarks>
internal sealed class PatientReader(IEventLog log, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>For a partition that has just failed: the others wait meanwhile.</summary>
    private static readonly TimeSpan ShortPatience = TimeSpan.FromMilliseconds(250);

    /// <summary>Reads as the log does.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="afterOffset">After which offset.</param>
    /// <param name="entriesMax">How many at most.</param>
    /// <param name="hasFailed">Whether it failed when it was tried last, and has not answered since.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    public async ValueTask<IReadOnlyList<LogEntry>> ReadAsync(
        int partition, long afterOffset, int entriesMax, bool hasFailed, CancellationToken cancel)
    {
        var patience = hasFailed ? ShortPatience : Patience;
        using var timer = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, timer.Token);
        try
        {
            return await log.ReadAsync(partition, afterOffset, entriesMax, either.Token);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new TimeoutException($"The log does not answer for partition {partition}: its broker may have no leader.");
        }
    }

    /// <summary>The partition's end, as the log tells it.</summary>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    public Task<long> EndAsync(int partition, CancellationToken cancel) =>
        log.EndOffsetAsync(partition, cancel).AsTask().WaitAsync(Patience, clock, cancel);
}

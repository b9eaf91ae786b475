using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Response.Monitoring;

/// <summary>Waits for whichever partition of a log has something to read first.</summary>
internal static class PartitionWait
{
    private static readonly TimeSpan StandByLook = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Completes when entries may exist beyond a position, partitions have changed, or it is the turn again of one that failed or rested. A wait that
    /// fails is a fault of its partition.
    /// </summary>
    public static async Task ForAnyAsync(
        IEventLog log, Func<int, long> positionOf, (TimeProvider Clock, PartitionTurns Turns) at, CancellationToken cancel)
    {
        var partitions = log.Partitions;
        var (ready, nextIn) = at.Turns.Standing(partitions);
        var pause = nextIn ?? Timeout.InfiniteTimeSpan;
        // With more members than partitions this one stands by; and where all of them wait, others may come.
        if (ready.Count == 0 && (pause < TimeSpan.Zero || pause > StandByLook))
            pause = StandByLook;
        // A wait is whole milliseconds: cut off, it would end a little early, and begin again at once, many times.
        if (pause > TimeSpan.Zero)
            pause = TimeSpan.FromMilliseconds(Math.Ceiling(pause.TotalMilliseconds));
        using var first = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var waits = ready
            .Select(partition => log.WaitForEntriesAsync(partition, positionOf(partition), first.Token).AsTask()).ToList();
        await Task.WhenAny(waits.Append(Task.Delay(pause, at.Clock, first.Token)));
        await first.CancelAsync();
        await Task.WhenAll(waits).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancel.ThrowIfCancellationRequested();
        foreach (var (partition, wait) in ready.Zip(waits).Where(each => each.Second.IsFaulted))
            await at.Turns.FailedAsync(partition, wait.Exception!.InnerException!, cancel);
    }
}

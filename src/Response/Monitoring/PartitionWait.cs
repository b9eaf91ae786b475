using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Response.Monitoring;

/// <summary>Waits for whichever partition of a log has something to read first.</summary>
internal static class PartitionWait
{
    private static readonly TimeSpan StandByLook = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Completes when entries may exist beyond a position, partitions have changed, or one that failed is to be tried again. A wait that fails
    /// is a fault of its partition.
    /// </summary>
    public static async Task ForAnyAsync(
        IEventLog log, Func<int, long> positionOf, (TimeProvider Clock, PartitionTurns Turns) at, CancellationToken cancel)
    {
        var partitions = log.Partitions;
        var well = partitions.Where(partition => !at.Turns.IsFailing(partition)).ToList();
        var pause = at.Turns.NextIn(partitions) ?? Timeout.InfiniteTimeSpan;
        // With more members than partitions this one stands by; and where all of them fail, others may come.
        if (well.Count == 0 && (pause < TimeSpan.Zero || pause > StandByLook))
            pause = StandByLook;
        using var first = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var waits = well
            .Select(partition => log.WaitForEntriesAsync(partition, positionOf(partition), first.Token).AsTask()).ToList();
        await Task.WhenAny(waits.Append(Task.Delay(pause, at.Clock, first.Token)));
        await first.CancelAsync();
        await Task.WhenAll(waits).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancel.ThrowIfCancellationRequested();
        foreach (var (partition, wait) in well.Zip(waits).Where(each => each.Second.IsFaulted))
            await at.Turns.FailedAsync(partition, wait.Exception!.InnerException!, cancel);
    }
}

using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Response.Monitoring;

/// <summary>Waits for whichever partition of a log has something to read first.</summary>
internal static class PartitionWait
{
    private static readonly TimeSpan StandByLook = TimeSpan.FromMilliseconds(250);

    /// <summary>Completes when entries may exist beyond a position, or partitions have changed; throws what a wait threw.</summary>
    public static async Task ForAnyAsync(IEventLog log, Func<int, long> positionOf, TimeProvider clock, CancellationToken cancel)
    {
        var partitions = log.Partitions;
        if (partitions.Count == 0)
        {
            // More members than partitions: this one stands by.
            await Task.Delay(StandByLook, clock, cancel);
            return;
        }
        using var first = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var waits = partitions
            .Select(partition => log.WaitForEntriesAsync(partition, positionOf(partition), first.Token).AsTask()).ToList();
        await Task.WhenAny(waits);
        await first.CancelAsync();
        await Task.WhenAll(waits).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (waits.FirstOrDefault(wait => wait.IsFaulted) is { } faulted)
            await faulted;
        cancel.ThrowIfCancellationRequested();
    }
}

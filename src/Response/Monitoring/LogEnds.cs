using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Response.Monitoring;

/// <summary>Where the partitions of a log end, as far as it can be known: one that does not answer ends where it did, and the others are told.</summary>
/// <remarks>Not thread-safe. At most one question of each partition is under way, however long it takes.</remarks>
internal sealed class LogEnds(IEventLog log, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Dictionary<int, long> _known = [];
    private readonly Dictionary<int, Task<long>> _asked = [];

    /// <summary>Asks for all of them at once.</summary>
    /// <returns>The last known end of each, -1 when none is; and why it is not known now, empty when it is.</returns>
    public async Task<IReadOnlyDictionary<int, (long End, string Fault)>> ReadAsync(
        IReadOnlyCollection<int> partitions, CancellationToken cancel)
    {
        foreach (var partition in partitions)
        {
            if (!_asked.TryGetValue(partition, out var asked) || asked.IsCompleted)
                _asked[partition] = log.EndOffsetAsync(partition, CancellationToken.None).AsTask();
        }
        await ((Task)Task.WhenAll(partitions.Select(partition => _asked[partition])))
            .WaitAsync(Patience, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancel.ThrowIfCancellationRequested();
        return partitions.ToDictionary(partition => partition, OutcomeOf);
    }

    private (long End, string Fault) OutcomeOf(int partition)
    {
        var asked = _asked[partition];
        if (asked.IsCompletedSuccessfully)
            return (_known[partition] = asked.Result, "");
        var fault = asked.Exception?.InnerException;
        if (fault is not (null or IOException or TimeoutException))
            throw fault;
        return (_known.GetValueOrDefault(partition, -1), fault?.Message ?? "The log does not answer.");
    }
}

namespace SentinelHealth.Detection.Ordering;

/// <summary>
/// Puts records back into event-time order: each is held until the newest time seen is more than an allowed lateness ahead of it.
/// </summary>
/// <remarks>
/// Any arrival order within the lateness comes out the same (ties by the place in the ledger, then by identifier hash, then by arrival). A record later than that
/// takes its place at the watermark and counts as late; it is never dropped. The order is that of <see cref="OrderedScoring"/>.
/// Bounded: at the bound the oldest comes out early. O(log held) a record.
/// </remarks>
/// <typeparam name="T">What is carried along.</typeparam>
public sealed class ReorderBuffer<T>(TimeSpan lateness, int recordsMax)
{
    private readonly PriorityQueue<T, EventRank> _held = new();
    private readonly PartitionWatermark _watermark = new(lateness);
    private long _releasedMs = long.MinValue;
    private long _arrivals;

    /// <summary>Records held now.</summary>
    public int Count => _held.Count;

    /// <summary>Records that came later than allowed, or after a later one had to be released at the bound.</summary>
    public long LateCount { get; private set; }

    /// <summary>Takes a record in.</summary>
    public void Add(T record, DateTimeOffset occurredAt, LedgerPlace ledger, ulong idKey)
    {
        var atMs = _watermark.Observe(occurredAt.ToUnixTimeMilliseconds(), out var isLate);
        if (isLate || atMs < _releasedMs)
            LateCount++;
        // What is late keeps the order in which it came.
        _held.Enqueue(record, new EventRank(atMs, isLate ? default : ledger, isLate ? 0 : idKey, 0, _arrivals++));
    }

    /// <summary>The next record that may come out, in order.</summary>
    public bool TryTake(out T record)
    {
        if (_held.TryPeek(out record!, out var rank) && (rank.AtMs < _watermark.Ms || _held.Count > recordsMax))
            return Take(out record);
        return false;
    }

    /// <summary>The next record whatever the time: for the end of input.</summary>
    public bool TryDrain(out T record)
    {
        if (_held.Count > 0)
            return Take(out record);
        record = default!;
        return false;
    }

    private bool Take(out T record)
    {
        _held.TryDequeue(out record!, out var rank);
        _releasedMs = Math.Max(_releasedMs, rank.AtMs);
        return true;
    }
}

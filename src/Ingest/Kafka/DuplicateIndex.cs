namespace SentinelHealth.Ingest.Kafka;

/// <summary>Tells whether a record of a partition is the repetition of one at most so many offsets before it.</summary>
/// <remarks>
/// The answer depends on the partition's content alone, so that every reader, and every restart, gives the same one. Entries are
/// observed in the order of their offsets. O(1) an entry; at most one key an offset of the window (I7). One thread at a time.
/// </remarks>
internal sealed class DuplicateIndex(int offsetsMax)
{
    private readonly Dictionary<UInt128, long> _lastSeen = [];
    private readonly Queue<(long Offset, UInt128 Key)> _byAge = new();

    /// <summary>Where to begin reading so that the answers from <paramref name="offset"/> on are right.</summary>
    public long WarmUpFrom(long offset) => Math.Max(0, offset - offsetsMax);

    public bool Observe(long offset, UInt128 key)
    {
        while (_byAge.TryPeek(out var oldest) && oldest.Offset < offset - offsetsMax)
        {
            _byAge.Dequeue();
            if (_lastSeen.TryGetValue(oldest.Key, out var last) && last == oldest.Offset)
                _lastSeen.Remove(oldest.Key);
        }
        var isDuplicate = _lastSeen.ContainsKey(key);
        _lastSeen[key] = offset;
        _byAge.Enqueue((offset, key));
        return isDuplicate;
    }

    public void Clear()
    {
        _lastSeen.Clear();
        _byAge.Clear();
    }
}

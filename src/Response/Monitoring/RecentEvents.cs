namespace SentinelHealth.Response.Monitoring;

/// <summary>The latest raw records by event key, so that an alert can keep what it rests on. Bounded in number and bytes; the oldest go first.</summary>
/// <remarks>O(1). Holds the log's own memory, no copies. One thread.</remarks>
internal sealed class RecentEvents(int eventsMax, long bytesMax)
{
    private readonly Dictionary<ulong, ReadOnlyMemory<byte>> _records = [];
    private readonly Queue<ulong> _order = new();

    public long Bytes { get; private set; }

    public int Count => _records.Count;

    public void Add(ulong key, ReadOnlyMemory<byte> record)
    {
        if (!_records.TryAdd(key, record))
            return;
        _order.Enqueue(key);
        Bytes += record.Length;
        while (_records.Count > eventsMax || Bytes > bytesMax)
        {
            if (_records.Remove(_order.Dequeue(), out var oldest))
                Bytes -= oldest.Length;
        }
    }

    /// <summary>Removes records. O(all of them).</summary>
    public void Forget(Predicate<ReadOnlyMemory<byte>> isOf)
    {
        for (var left = _order.Count; left > 0; left--)
        {
            var key = _order.Dequeue();
            if (!isOf(_records[key]))
                _order.Enqueue(key);
            else if (_records.Remove(key, out var gone))
                Bytes -= gone.Length;
        }
    }

    public bool TryGet(ulong key, out ReadOnlyMemory<byte> record) => _records.TryGetValue(key, out record);
}

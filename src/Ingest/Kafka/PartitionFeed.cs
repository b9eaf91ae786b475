using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Ingest.Kafka;

/// <summary>What has been fetched of one partition and not been read yet. Guarded by its reader's gate.</summary>
internal sealed class PartitionFeed(KafkaEventLogOptions options)
{
    private readonly Queue<LogEntry> _entries = new();
    private readonly DuplicateIndex _index = new(options.DedupeOffsetsMax);
    private long _bytes;
    private long _expected = -1;
    private long _next;
    private long _tail;
    private long _gapSeenAt = -1;
    private bool _isAtEnd;

    /// <summary>Where the fetching has to go first; null when it is on its way.</summary>
    public long? SeekTo { get; private set; }

    /// <summary>Whether fetching is paused; kept by whoever pauses. Null while nobody has looked at it.</summary>
    public bool? IsPaused { get; set; }

    public bool HasEntries => _entries.Count > 0;

    /// <summary>Whether nobody has asked for entries yet, or the buffer is full. Between full and half full nothing changes.</summary>
    public bool ShouldPause => _expected < 0 || IsAbove(1.0);

    public bool ShouldResume => _expected >= 0 && !IsAbove(0.5);

    /// <summary>The reader wants what begins at an offset. Anything but the next one makes the fetching go there.</summary>
    public void Expect(long offset)
    {
        if (offset == _expected)
            return;
        (_expected, _tail) = (offset, offset);
        _entries.Clear();
        (_bytes, _isAtEnd) = (0, false);
        SeekTo = _index.WarmUpFrom(offset);
    }

    /// <summary>The fetching has gone where it was sent, unless it was sent elsewhere meanwhile.</summary>
    public void Sought(long offset)
    {
        if (SeekTo != offset)
            return;
        SeekTo = null;
        _next = offset;
        _isAtEnd = false;
        _index.Clear();
    }

    /// <summary>Takes a fetched entry in. One fetched before a change of place is dropped.</summary>
    public void Add(LogEntry entry, UInt128 key)
    {
        if (_expected < 0 || SeekTo is not null || entry.Offset < _next)
            return;
        if (entry.Offset > _next && _gapSeenAt != _next)
        {
            // Offsets of this topic have no holes, except where retention has removed a beginning: so it is looked at once more.
            (_gapSeenAt, SeekTo) = (_next, _index.WarmUpFrom(_next));
            return;
        }
        var isDuplicate = _index.Observe(entry.Offset, key);
        _next = entry.Offset + 1;
        _isAtEnd = false;
        if (entry.Offset < _tail)
            return;
        _tail = _next;
        _entries.Enqueue(isDuplicate ? entry with { IsDuplicate = true } : entry);
        _bytes += entry.Payload.Length;
    }

    /// <summary>There is nothing more for now.</summary>
    public void ReachedEnd()
    {
        if (SeekTo is null)
            _isAtEnd = true;
    }

    /// <summary>Whether everything up to <paramref name="knownEnd"/> (exclusive), and to the end as last heard of, has been read.</summary>
    public bool IsReadToEnd(long knownEnd) => _entries.Count == 0 && SeekTo is null && _isAtEnd && _next >= knownEnd;

    public List<LogEntry> Take(int entriesMax)
    {
        var taken = new List<LogEntry>(Math.Min(entriesMax, _entries.Count));
        for (long bytes = 0; taken.Count < entriesMax && bytes < options.ReadBytesMax && _entries.TryDequeue(out var entry);)
        {
            bytes += entry.Payload.Length;
            _bytes -= entry.Payload.Length;
            _expected = entry.Offset + 1;
            taken.Add(entry);
        }
        return taken;
    }

    private bool IsAbove(double share) =>
        _entries.Count >= options.BufferedEntriesMax * share || _bytes >= options.BufferedBytesMax * share;
}

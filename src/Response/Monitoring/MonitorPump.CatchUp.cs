using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Response.Monitoring;

/// <content>After a start: the detectors are brought to where the store already is. Nothing is stored, decided or counted: that was done.</content>
public sealed partial class MonitorPump
{
    /// <summary>
    /// Reads the partitions again, always the one that is furthest behind in time: read one after the other, each would belong before
    /// all of those that came first, and the order would be put right from the beginning with every batch.
    /// </summary>
    private async Task CatchUpAsync(IReadOnlyDictionary<int, long>? snapshot, CancellationToken cancel)
    {
        var behind = new List<Replay>();
        foreach (var partition in _services.Log.Partitions)
        {
            var stored = await _services.Store.ScoredOffsetAsync(partition, cancel);
            behind.Add(new Replay(partition, ReplayFrom(partition, stored, snapshot), stored));
        }
        var unsettled = 0;
        while (behind.MinBy(replay => replay.ReachedAt) is { } furthest)
        {
            // Partitions overlap by a batch, so putting the order right goes back one state each time: it must be worth it.
            if (unsettled >= _options.Order.CheckpointEveryEvents)
                unsettled = SettleQuietly();
            if (furthest.Position < furthest.Stored && await ReplayBatchAsync(furthest, cancel) is > 0 and var taken)
            {
                unsettled += taken;
                continue;
            }
            behind.Remove(furthest);
            _positions[furthest.Partition] = furthest.Stored;
            _scoredSinceSnapshot += furthest.EventCount;
            _logger.PumpStarted(furthest.Partition, furthest.Stored, furthest.EventCount);
        }
        SettleQuietly();
    }

    /// <summary>Scores what was taken in; what that says was said before the restart.</summary>
    /// <returns>0: nothing is unsettled any more.</returns>
    private int SettleQuietly()
    {
        foreach (var _ in _scoring.Settle())
            continue;
        return 0;
    }

    /// <summary>
    /// After which offset to read again: from the first when no snapshot can be used, so that the detectors learn anew. A partition
    /// that the snapshot does not know began after it, or was another process's, and of that one only a bounded part is read.
    /// </summary>
    private long ReplayFrom(int partition, long stored, IReadOnlyDictionary<int, long>? snapshot) => snapshot is null
        ? -1
        : snapshot.TryGetValue(partition, out var offset) ? offset : Math.Max(-1, stored - (2L * _options.SnapshotEveryEvents));

    /// <summary>Takes the next entries of a partition again; none at the end of what is left of it.</summary>
    private async Task<int> ReplayBatchAsync(Replay replay, CancellationToken cancel)
    {
        var entries = await _services.Log.ReadAsync(replay.Partition, replay.Position, _options.BatchEntriesMax, cancel);
        if (entries.Count == 0)
        {
            await CheckEndAsync(replay.Partition, replay.Stored, cancel);
            return 0;
        }
        foreach (var entry in entries.TakeWhile(entry => entry.Offset <= replay.Stored))
        {
            if (!TakeAgain(entry))
                continue;
            replay.EventCount++;
            replay.ReachedAt = _event.OccurredAt;
        }
        replay.Position = entries[^1].Offset;
        return entries.Count;
    }

    private bool TakeAgain(LogEntry entry)
    {
        if (entry.IsDuplicate || !_services.Decoder.TryDecode(entry.Payload, _event, out _))
        {
            _scoring.Skip((entry.Partition, entry.Offset));
            return false;
        }
        Remember(entry);
        _services.Status.Restore(_event);
        return _scoring.TakeAgain((entry.Partition, entry.Offset), entry.ReceivedAt, _event);
    }

    /// <summary>Old entries may have been removed, and then the detectors start colder; a log that lost its end must not go on.</summary>
    private async Task CheckEndAsync(int partition, long stored, CancellationToken cancel)
    {
        if (await _services.Log.EndOffsetAsync(partition, cancel) < stored)
            throw new InvalidDataException($"The log of partition {partition} ends before offset {stored}, which was scored already.");
    }

    /// <summary>How far a partition has been read again.</summary>
    private sealed class Replay(int partition, long position, long stored)
    {
        public int Partition { get; } = partition;

        public long Position { get; set; } = position;

        /// <summary>What the store has; nothing after it is read.</summary>
        public long Stored { get; } = stored;

        /// <summary>Time of the newest event read.</summary>
        public DateTimeOffset ReachedAt { get; set; } = DateTimeOffset.MinValue;

        public long EventCount { get; set; }
    }
}

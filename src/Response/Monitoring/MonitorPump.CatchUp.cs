using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Monitoring;

/// <content>How a partition comes, at a start or from another process, and how it goes.</content>
public sealed partial class MonitorPump
{
    /// <summary>
    /// Brings the partition's detectors to where the store already is: from its snapshot, then by reading on to the stored offset. Nothing of
    /// that is stored, decided or counted: it was done.
    /// </summary>
    /// <returns>The shard; null when the partition went to another process meanwhile.</returns>
    private async Task<Shard?> OpenAsync(int partition, bool hasFailed, CancellationToken cancel)
    {
        var startedAt = _services.Clock.GetTimestamp();
        var stored = await _services.Store.ScoredOffsetAsync(partition, cancel);
        var snapshot = await _services.Store.SnapshotAsync(partition, cancel);
        var (shard, from) = Restored(partition, snapshot);
        if (await ReplayAsync(shard, (from, stored), hasFailed, cancel) is not { } events)
            return null;
        shard.Position = stored;
        shard.TakenSinceSnapshot = events;
        shard.Scoring.EndRestore();
        await RecallDecisionsAsync(shard, cancel);
        _services.Access?.Begin(partition, shard.Scoring.Engine);
        _shards[partition] = shard;
        _reports[partition] = ReportOf(shard, isNews: true)!;
        _services.Status.Scored(0, 0, _reports[partition]);
        _logger.PartitionOpened(
            partition, stored, snapshot?.Bytes ?? 0, events, _services.Clock.GetElapsedTime(startedAt).TotalSeconds);
        return shard;
    }

    /// <summary>
    /// The detectors as they were saved, and after which offset to read on: from the first when no snapshot can be used, so that they learn anew.
    /// </summary>
    private (Shard Shard, long From) Restored(int partition, EngineSnapshot? snapshot)
    {
        var shard = Fresh(partition);
        if (snapshot is null)
            return (shard, -1);
        try
        {
            using var stream = _services.Store.OpenSnapshot(snapshot);
            shard.Load(stream, snapshot.Bytes, _services.SourceWatch);
            return (shard, snapshot.Offset);
        }
        catch (InvalidDataException fault)
        {
            _logger.SnapshotRefused(partition, fault.Message);
            return (Fresh(partition), -1);
        }
    }

    private Shard Fresh(int partition) => new(partition, _services, _playbooks, _response, _options);

    /// <returns>How many events were read again; null when the partition went away before all of them were.</returns>
    private async Task<long?> ReplayAsync(Shard shard, (long From, long To) range, bool hasFailed, CancellationToken cancel)
    {
        var (events, wasEmpty, stored) = (0L, false, range.To);
        for (var position = range.From; position < stored; hasFailed = false)
        {
            var entries = await _reader.ReadAsync(shard.Partition, position, _options.BatchEntriesMax, hasFailed, cancel);
            if (entries.Count == 0)
            {
                // Nothing is read of a partition that has gone, and it may be back by now: only a second look shows that there is nothing.
                if (!_services.Log.Partitions.Contains(shard.Partition))
                    return null;
                await CheckEndAsync(shard.Partition, stored, cancel);
                if (wasEmpty)
                    break;
                wasEmpty = true;
                continue;
            }
            wasEmpty = false;
            foreach (var entry in entries.TakeWhile(entry => entry.Offset <= stored))
                events += TakeAgain(shard, entry) ? 1 : 0;
            // What that says was said before.
            foreach (var _ in shard.Scoring.Settle())
                continue;
            position = entries[^1].Offset;
        }
        return events;
    }

    private bool TakeAgain(Shard shard, LogEntry entry)
    {
        if (entry.IsDuplicate || !_services.Decoder.TryDecode(entry.Payload, _event, out _))
        {
            shard.Scoring.Skip((entry.Partition, entry.Offset));
            return false;
        }
        if (!entry.IsCopy)
        {
            shard.Remember(_event, entry);
            if (_services.SeesWholeLog)
                _services.Status.Restore(_event);
        }
        return shard.Scoring.TakeAgain((entry.Partition, entry.Offset), entry.ReceivedAt, _event, entry.IsCopy);
    }

    /// <summary>Old entries may have been removed, and then the detectors start colder; a log that lost its end must not go on.</summary>
    private async Task CheckEndAsync(int partition, long stored, CancellationToken cancel)
    {
        // Somebody else may have taken the partition while it was read.
        if (_services.Log.Partitions.Contains(partition) && await _reader.EndAsync(partition, cancel) < stored)
            throw new InvalidDataException($"The log of partition {partition} ends before offset {stored}, which was scored already.");
    }

    /// <summary>Partitions that went to other processes: they go on from where these have come to.</summary>
    private async Task LetGoOfAllButAsync(IReadOnlyList<int> partitions, CancellationToken cancel)
    {
        foreach (var gone in _shards.Keys.Except(partitions).ToList())
        {
            _shards.Remove(gone, out var shard);
            _reports.Remove(gone);
            await LeaveSnapshotAsync(shard!, cancel);
            _services.Status.Forget(gone);
            _services.Access?.Forget(gone);
        }
        if (_services.Access is { IsFollowing: false } view && _shards.Values.FirstOrDefault() is { } other)
            view.Begin(other.Partition, other.Scoring.Engine);
    }

    /// <summary>At the end of the program: whoever scores these partitions next need not read much again.</summary>
    private async Task HandOverAsync()
    {
        using var patience = new CancellationTokenSource(HandOverPatience, _services.Clock);
        foreach (var shard in _shards.Values)
            await LeaveSnapshotAsync(shard, patience.Token);
    }

    private async Task LeaveSnapshotAsync(Shard shard, CancellationToken cancel)
    {
        if (shard.TakenSinceSnapshot == 0)
            return;
        try
        {
            if (await SnapshotAsync(shard, cancel) is not { } snapshot)
                return;
            await _services.Store.CommitAsync(
                new CaseCommit
                {
                    ScoredOffsets = new Dictionary<int, long>(),
                    ExpectedOffsets = new Dictionary<int, long> { [shard.Partition] = shard.Position },
                    Snapshot = snapshot,
                },
                cancel);
            await _services.Store.RemoveEarlierSnapshotsAsync(shard.Partition, cancel);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // The next one begins at the snapshot before, or is further already.
            _logger.SnapshotNotLeft(shard.Partition, fault.Message);
        }
    }
}

namespace SentinelHealth.Ingest.Log;

/// <summary>A record on its way into the log.</summary>
/// <param name="Source">The source's configured name; deduplication is on (source, id).</param>
/// <param name="Id">The event's own identifier.</param>
/// <param name="Payload">The record's bytes as received.</param>
public readonly record struct EventEnvelope(string Source, string Id, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Records with the same key keep their order in a log with partitions. 0 when the record names none: its identifier then decides.</summary>
    public ulong OrderKey { get; init; }

    /// <summary>Whether every partition must know of it: those it does not belong to get a copy (<see cref="LogEntry.IsCopy"/>).</summary>
    public bool IsForAll { get; init; }

    /// <summary>What every log asks of a batch before it writes anything of it.</summary>
    internal static void ThrowIfUnnamed(IReadOnlyList<EventEnvelope> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        foreach (var envelope in batch)
        {
            ArgumentException.ThrowIfNullOrEmpty(envelope.Source, nameof(batch));
            ArgumentException.ThrowIfNullOrEmpty(envelope.Id, nameof(batch));
        }
    }
}

/// <summary>A record read back from the log.</summary>
/// <param name="Partition">Which partition holds it.</param>
/// <param name="Offset">Its position in the partition: starts at 0, grows by at least 1.</param>
/// <param name="Source">The source it came from.</param>
/// <param name="ReceivedAt">When the log made it durable.</param>
/// <param name="Payload">The record's bytes as received.</param>
public readonly record struct LogEntry(
    int Partition, long Offset, string Source, DateTimeOffset ReceivedAt, ReadOnlyMemory<byte> Payload)
{
    /// <summary>
    /// Whether an entry shortly before has the same (source, id): it is not to be scored but counted as filtered. Only logs that
    /// several processes append to have such entries.
    /// </summary>
    public bool IsDuplicate { get; init; }

    /// <summary>
    /// Whether the record belongs to another partition, which scores it: here it is only to be known of. Not to be counted as received.
    /// </summary>
    public bool IsCopy { get; init; }
}

/// <summary>What an append did.</summary>
/// <param name="Appended">Records now durable that were not there before.</param>
/// <param name="Duplicates">Records whose (source, id) was already in the deduplication window.</param>
public readonly record struct AppendResult(int Appended, int Duplicates);

/// <summary>
/// The one ordered, durable log between sources and detection. Embedded it is SQLite with one partition; in a cluster, Kafka.
/// </summary>
/// <remarks>
/// Consumers own their position: they pass the offset they have durably processed, so a restart neither skips nor repeats (I1).
/// </remarks>
public interface IEventLog
{
    /// <summary>The partitions this reader is responsible for now; may be none. Changes after a rebalance.</summary>
    IReadOnlyList<int> Partitions { get; }

    /// <summary>All partitions of the log, whoever is responsible for them.</summary>
    IReadOnlyList<int> AllPartitions => Partitions;

    /// <summary>Appends a batch. Returns only when it is durable; throws when nothing of the batch is.</summary>
    ValueTask<AppendResult> AppendAsync(IReadOnlyList<EventEnvelope> batch, CancellationToken cancel);

    /// <summary>
    /// Reads entries with an offset above <paramref name="afterOffset"/> (-1 for the start), at most
    /// <paramref name="entriesMax"/>, in order. Empty at the end, and for a partition that went to another reader.
    /// </summary>
    ValueTask<IReadOnlyList<LogEntry>> ReadAsync(int partition, long afterOffset, int entriesMax, CancellationToken cancel);

    /// <summary>
    /// Completes when entries may exist beyond <paramref name="afterOffset"/>, or when <see cref="Partitions"/> has changed; throws
    /// <see cref="OperationCanceledException"/> when cancelled.
    /// </summary>
    ValueTask WaitForEntriesAsync(int partition, long afterOffset, CancellationToken cancel);

    /// <summary>The offset of the last durable entry; -1 when empty. The difference to a consumer's position is its lag.</summary>
    ValueTask<long> EndOffsetAsync(int partition, CancellationToken cancel);
}

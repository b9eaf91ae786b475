using System.ComponentModel.DataAnnotations;

namespace SentinelHealth.Ingest.Log;

/// <summary>The bounds of the embedded event log.</summary>
public sealed record SqliteEventLogOptions
{
    /// <summary>
    /// How many of the newest (source, id) pairs are remembered for deduplication. Default 1,000,000; about 60 bytes of memory and
    /// 25 bytes of disk each. A record that returns after that many newer ones is appended again: it is never lost, but may be
    /// scored twice.
    /// </summary>
    [Range(1_000, 100_000_000)]
    public int DedupeIdsMax { get; init; } = 1_000_000;

    /// <summary>
    /// How many entries are kept once released (<see cref="SqliteEventLog.Release"/>). Default 5,000,000, about 5 GB of 700-byte
    /// records. Entries no consumer has released are kept whatever their number: the disk is their bound, and when it is full
    /// appends fail and sources wait.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long RetainedEntriesMax { get; init; } = 5_000_000;

    /// <summary>How long released entries are kept. Default 30 days.</summary>
    public TimeSpan RetainedAgeMax { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Appends that may wait for the writer before further callers are held back. Default 256.</summary>
    [Range(1, 65_536)]
    public int WaitingAppendsMax { get; init; } = 256;

    /// <summary>Entries after which a commit takes in no further append. Default 4,096; more trades latency for throughput.</summary>
    [Range(1, 1_000_000)]
    public int CommitEntriesMax { get; init; } = 4_096;

    /// <summary>Payload bytes after which one read ends early (it always returns at least one entry). Default 8 MiB.</summary>
    [Range(1, int.MaxValue)]
    public int ReadBytesMax { get; init; } = 8 * 1024 * 1024;
}

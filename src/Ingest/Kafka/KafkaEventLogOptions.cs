using System.ComponentModel.DataAnnotations;

namespace SentinelHealth.Ingest.Kafka;

/// <summary>An event log in a Kafka topic.</summary>
public sealed record KafkaEventLogOptions
{
    /// <summary>The topic. It must exist, belong to this product alone, and delete by age or size, never compact.</summary>
    [Required, RegularExpression("[A-Za-z0-9._-]{1,249}")]
    public string Topic { get; init; } = "sentinel.events";

    /// <summary>The group whose members share the partitions; each partition is read by one of them.</summary>
    [Required, RegularExpression("[A-Za-z0-9._-]{1,249}")]
    public string Group { get; init; } = "sentinel-detect";

    /// <summary>A name of this member that survives its restarts, so that a short one moves no partition; empty for none.</summary>
    [RegularExpression("[A-Za-z0-9._-]{0,249}")]
    public string InstanceId { get; init; } = "";

    /// <summary>
    /// How many offsets back a partition is searched for the same (source, id). Default 100,000; about 100 bytes of memory each. A
    /// record that returns later is scored again. A partition that comes to this member is read from that far back.
    /// </summary>
    [Range(1_000, 10_000_000)]
    public int DedupeOffsetsMax { get; init; } = 100_000;

    /// <summary>Entries of one partition held for the reader. Default 10,000; beyond it the partition is paused.</summary>
    [Range(100, 1_000_000)]
    public int BufferedEntriesMax { get; init; } = 10_000;

    /// <summary>Bytes of one partition held for the reader. Default 8 MiB; beyond it the partition is paused.</summary>
    [Range(1_024, 1024 * 1024 * 1024)]
    public int BufferedBytesMax { get; init; } = 8 * 1024 * 1024;

    /// <summary>Payload bytes of one read. Default 4 MiB; a read ends with the entry that reaches it.</summary>
    [Range(1, 1024 * 1024 * 1024)]
    public int ReadBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>Appends that wait for the one under way. Default 256; beyond it callers wait.</summary>
    [Range(1, 65_536)]
    public int WaitingAppendsMax { get; init; } = 256;
}

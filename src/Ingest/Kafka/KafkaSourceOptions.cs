using System.ComponentModel.DataAnnotations;

namespace SentinelHealth.Ingest.Kafka;

/// <summary>Topics that events are read from.</summary>
public sealed record KafkaSourceOptions
{
    /// <summary>The source's name; part of every event's identity, so never change it for the same topics.</summary>
    [Required, RegularExpression("[A-Za-z0-9._-]{1,64}")]
    public string Name { get; init; } = "";

    /// <summary>The topics; none for the native ones, <c>ledger.transactions</c> and <c>biometric.queries</c>.</summary>
    [MaxLength(64)]
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>The group whose members share the partitions. Where it has come to is kept by the brokers under this name.</summary>
    [Required, RegularExpression("[A-Za-z0-9._-]{1,249}")]
    public string Group { get; init; } = "sentinel-ingest";

    /// <summary>A name of this member that survives its restarts, so that a short one moves no partition; empty for none.</summary>
    [RegularExpression("[A-Za-z0-9._-]{0,249}")]
    public string InstanceId { get; init; } = "";

    /// <summary>Records handed over at once. Default 2,000; two batches are held at most.</summary>
    [Range(1, 100_000)]
    public int BatchRecordsMax { get; init; } = 2_000;

    /// <summary>Bytes handed over at once. Default 4 MiB; a batch ends with the record that reaches it.</summary>
    [Range(1, 1024 * 1024 * 1024)]
    public int BatchBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>How long a batch is filled. Default 50 ms: the delay of a quiet topic's next event.</summary>
    [Range(typeof(TimeSpan), "00:00:00.0010000", "00:00:10")]
    public TimeSpan BatchTimeMax { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The topics that are read.</summary>
    internal IReadOnlyList<string> TopicsOrNative => Topics.Count > 0 ? Topics : ["ledger.transactions", "biometric.queries"];
}

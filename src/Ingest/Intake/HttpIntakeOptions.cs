using System.ComponentModel.DataAnnotations;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Ingest.Intake;

/// <summary>The bounds of one HTTP request with events.</summary>
public sealed record HttpIntakeOptions
{
    /// <summary>Longest body, in bytes after decompression. Default 32 MiB.</summary>
    [Range(1, 1024L * 1024 * 1024)]
    public long BodyBytesMax { get; init; } = 32 * 1024 * 1024;

    /// <summary>Records made durable at once. Default 1,000.</summary>
    [Range(1, 100_000)]
    public int BatchRecordsMax { get; init; } = 1_000;

    /// <summary>Bytes made durable at once. Default 4 MiB; this and one record are what a request holds in memory.</summary>
    [Range(1, 1024 * 1024 * 1024)]
    public int BatchBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>Rejections listed in the answer. Default 1,000; all are counted, and all are in the dead letters.</summary>
    [Range(0, 100_000)]
    public int RejectionsListedMax { get; init; } = 1_000;

    /// <summary>Longest record and how much of a longer one is kept. The record limit must not exceed the decoder's.</summary>
    public NdjsonLimits Records { get; init; } = new();
}

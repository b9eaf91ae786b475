using System.ComponentModel.DataAnnotations;

namespace SentinelHealth.Ingest.DeadLetters;

/// <summary>The bounds of the dead-letter store.</summary>
public sealed record SqliteDeadLettersOptions
{
    /// <summary>Payload bytes kept of one letter. Default 64 KiB; the full length and digest are always kept.</summary>
    [Range(0, 16 * 1024 * 1024)]
    public int PayloadBytesMax { get; init; } = 64 * 1024;

    /// <summary>Payload bytes kept in all. Default 256 MiB. Beyond it the oldest payloads are dropped; their letters stay.</summary>
    [Range(0, long.MaxValue)]
    public long PayloadBytesTotalMax { get; init; } = 256L * 1024 * 1024;

    /// <summary>Letters kept. Default 1,000,000, about 300 bytes each. Beyond it the oldest are forgotten, but stay counted.</summary>
    [Range(1, long.MaxValue)]
    public long LettersMax { get; init; } = 1_000_000;
}

using System.ComponentModel.DataAnnotations;

namespace SentinelHealth.Response.Custody;

/// <summary>Bounds of the evidence log's files.</summary>
public sealed record EvidenceLogOptions
{
    /// <summary>Bytes after which a segment is closed and a new one begun. Default 64 MiB.</summary>
    [Range(4_096, 1L << 31)]
    public long SegmentBytesMax { get; init; } = 64L * 1024 * 1024;
}

/// <summary>One entry as it is stored: the leaf that is proven, and beside it the payload the leaf commits to.</summary>
/// <param name="Leaf">Canonical JSON of the entry.</param>
/// <param name="Payload">Salt and body, plain or sealed (<see cref="EvidencePayload"/>).</param>
public readonly record struct EvidenceRecord(ReadOnlyMemory<byte> Leaf, ReadOnlyMemory<byte> Payload);

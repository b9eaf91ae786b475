using System.ComponentModel.DataAnnotations;

namespace SentinelHealth.Ingest.Sources;

/// <summary>What an <see cref="NdjsonReader"/> holds at most.</summary>
public sealed record NdjsonLimits
{
    /// <summary>Longest line, in bytes without its line break. Default 1 MiB. The reader's buffer grows to it and no further.</summary>
    [Range(1, 64 * 1024 * 1024)]
    public int LineBytesMax { get; init; } = 1024 * 1024;

    /// <summary>How much of a longer line is kept, in bytes. Default 64 KiB. The rest is hashed and passed over.</summary>
    [Range(0, 16 * 1024 * 1024)]
    public int HeadBytesMax { get; init; } = 64 * 1024;
}

/// <summary>A place between two lines.</summary>
/// <param name="Byte">Bytes before it.</param>
/// <param name="Line">Lines before it, empty ones included.</param>
public readonly record struct NdjsonPosition(long Byte, long Line);

/// <summary>One line with something on it.</summary>
/// <param name="Number">Its number in the stream, from 1.</param>
/// <param name="Payload">
/// Its bytes without the line break, or the first of them when it is oversized. Valid until the reader is asked again.
/// </param>
/// <param name="Oversized">Set when the line is longer than the limit; null otherwise.</param>
public readonly record struct NdjsonLine(long Number, ReadOnlyMemory<byte> Payload, OversizedLine? Oversized);

/// <summary>What is known of a line too long to be held.</summary>
/// <param name="Bytes">Its full length without the line break.</param>
/// <param name="Sha256">SHA-256 of all of it, lower-case hex.</param>
public sealed record OversizedLine(long Bytes, string Sha256);

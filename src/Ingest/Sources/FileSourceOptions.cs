using System.ComponentModel.DataAnnotations;

namespace SentinelHealth.Ingest.Sources;

/// <summary>What a file source does at the end of its file.</summary>
public enum FileEnd
{
    /// <summary>Waits for more, through rotation and truncation, until cancelled.</summary>
    Follow,

    /// <summary>Takes an unfinished last line as it is, and finishes.</summary>
    Stop,
}

/// <summary>A file of native events, one a line.</summary>
public sealed record FileSourceOptions
{
    /// <summary>The source's name; part of the deduplication key, so it must not change. No default.</summary>
    [Required]
    public required string Name { get; init; }

    /// <summary>The file. No default: reading the wrong one must be impossible.</summary>
    [Required]
    public required string Path { get; init; }

    /// <summary>Where the position is kept. No default: it belongs into the data directory, not beside somebody's log.</summary>
    [Required]
    public required string PositionPath { get; init; }

    /// <summary>What happens at the end. Default <see cref="FileEnd.Follow"/>.</summary>
    public FileEnd AtEnd { get; init; } = FileEnd.Follow;

    /// <summary>Records handed over at once. Default 1,000; a higher value costs memory and repeats more after a crash.</summary>
    [Range(1, 100_000)]
    public int BatchRecordsMax { get; init; } = 1_000;

    /// <summary>Bytes handed over at once. Default 4 MiB; a batch ends with the record that reaches it.</summary>
    [Range(1, 1024 * 1024 * 1024)]
    public int BatchBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>How often the end of the file is looked at. Default 250 ms. This is the delay of a quiet file's next event.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest record and how much of a longer one is kept. The record limit must not exceed the decoder's.</summary>
    public NdjsonLimits Lines { get; init; } = new();
}

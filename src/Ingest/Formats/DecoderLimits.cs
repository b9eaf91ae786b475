using System.ComponentModel.DataAnnotations;

namespace SentinelHealth.Ingest.Formats;

/// <summary>What a decoder accepts at most. Every record comes from outside, so every dimension has a bound (I7).</summary>
public sealed record DecoderLimits
{
    /// <summary>Longest record, in bytes. Default 1 MiB. A higher value costs memory: one such buffer per decoding thread.</summary>
    [Range(64, 64 * 1024 * 1024)]
    public int RecordBytesMax { get; init; } = 1024 * 1024;

    /// <summary>Deepest nesting; the record itself is level 1. Default 32. Readers of <c>args</c> rely on the upper bound.</summary>
    [Range(1, 64)]
    public int DepthMax { get; init; } = 32;

    /// <summary>Longest text field, in unescaped UTF-8 bytes. Default 512. A higher value lets each entity cost more to show and store.</summary>
    [Range(16, 64 * 1024)]
    public int TextBytesMax { get; init; } = 512;
}

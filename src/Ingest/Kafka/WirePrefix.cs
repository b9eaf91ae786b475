namespace SentinelHealth.Ingest.Kafka;

/// <summary>The five bytes that producers with a schema registry write before the record: zero, then the schema's number.</summary>
/// <remarks>No format we read begins with a zero byte, so the prefix cannot be mistaken for a record's own bytes.</remarks>
internal static class WirePrefix
{
    private const int Bytes = 5;

    /// <summary>The record without its prefix.</summary>
    public static ReadOnlyMemory<byte> Strip(ReadOnlyMemory<byte> value) =>
        value.Length > Bytes && value.Span[0] == 0 ? value[Bytes..] : value;
}

using System.Text.Json;
using Confluent.Kafka;

namespace SentinelHealth.Benchmarks.Cluster;

/// <summary>What the log topic holds, read without a line of the product.</summary>
/// <param name="Ends">The offset after the last entry of each partition.</param>
internal sealed record LogContent(IReadOnlyDictionary<int, long> Ends)
{
    /// <summary>Where a key says what its record is to its partition, and what says that it is a copy.</summary>
    private const int PlaceAt = 16, CopyMark = 3;

    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    public IReadOnlySet<string> Ids => _ids;

    public long Entries { get; private set; }

    public long Copies { get; private set; }

    /// <summary>Events that stand there more than once: a batch that was appended again.</summary>
    public long Repeats { get; private set; }

    public void Take(Message<byte[], byte[]> message)
    {
        Entries++;
        if (message.Key[PlaceAt] == CopyMark)
        {
            Copies++;
            return;
        }
        using var record = JsonDocument.Parse(message.Value);
        if (!_ids.Add(record.RootElement.GetProperty("id").GetString()!))
            Repeats++;
    }
}

using System.Text.Json;
using Confluent.Kafka;
using SentinelHealth.Testing;

namespace SentinelHealth.Benchmarks.Cluster;

/// <summary>
/// What the log topic holds, read as it comes without a line of the product: brokers of the test kind keep the last five megabytes of a partition only.
/// </summary>
internal sealed class LogContent : IDisposable
{
    /// <summary>Where a key says what its record is to its partition, and what says that it is a copy.</summary>
    private const int PlaceAt = 16, CopyMark = 3;

    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<int, long> _next = [];
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _reading;

    public LogContent(SentinelCluster cluster, int partitions)
    {
        _consumer = ClusterLog.Consumer(cluster);
        _consumer.Assign(Enumerable.Range(0, partitions).Select(
            partition => new TopicPartitionOffset(SentinelCluster.LogTopic, partition, Offset.Beginning)));
        _reading = new Thread(Read) { IsBackground = true, Name = "log content" };
        _reading.Start();
    }

    /// <summary>Identifiers of all events. To be looked at once everything has been read.</summary>
    public IReadOnlySet<string> Ids => _ids;

    public long Entries { get; private set; }

    public long Copies { get; private set; }

    /// <summary>Events that stand there more than once: a batch that was appended again.</summary>
    public long Repeats { get; private set; }

    /// <summary>Entries that went before they were read, or were read out of their order.</summary>
    public long Missed { get; private set; }

    /// <summary>Whether everything up to the ends has been read.</summary>
    public bool IsAt(IReadOnlyDictionary<int, long> ends)
    {
        lock (_next)
            return ends.All(end => _next.GetValueOrDefault(end.Key) >= end.Value);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _reading.Join();
        _consumer.Dispose();
        _stop.Dispose();
    }

    private void Read()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (_consumer.Consume(TimeSpan.FromMilliseconds(200)) is { Message: not null } read)
                    Take(read);
            }
            catch (ConsumeException fault) when (!fault.Error.IsFatal)
            {
                // The broker is away on purpose; reading goes on where it was.
                Thread.Sleep(TimeSpan.FromMilliseconds(200));
            }
        }
    }

    private void Take(ConsumeResult<byte[], byte[]> read)
    {
        lock (_next)
        {
            Missed += Math.Abs(read.Offset.Value - _next.GetValueOrDefault(read.Partition.Value));
            _next[read.Partition.Value] = read.Offset.Value + 1;
            Entries++;
            if (read.Message.Key[PlaceAt] == CopyMark)
            {
                Copies++;
                return;
            }
            using var record = JsonDocument.Parse(read.Message.Value);
            if (!_ids.Add(record.RootElement.GetProperty("id").GetString()!))
                Repeats++;
        }
    }
}

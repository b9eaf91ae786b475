using System.Globalization;
using Confluent.Kafka;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Ingest.Kafka;

/// <summary>Records on their way to the intake, and how far each partition is done with once they are durable. One thread.</summary>
internal sealed class SourceBatch(KafkaSourceOptions options)
{
    private static readonly Rejection NoValue = new(RejectionReason.NotJson, "The message has no value.", -1);

    private readonly List<Place> _places = [];
    private readonly List<(SourceRecord Record, Place At)> _records = [];
    private long _bytes;
    private Place? _latest;

    public int Count => _records.Count;

    public bool IsFull => _records.Count >= options.BatchRecordsMax || _bytes >= options.BatchBytesMax;

    public IReadOnlyList<SourceRecord> Records => [.. _records.Select(pair => pair.Record)];

    /// <summary>Where each partition continues after this batch.</summary>
    public IEnumerable<TopicPartitionOffset> Ends =>
        _places.Select(place => new TopicPartitionOffset(place.Topic, place.Partition, place.Next));

    public void Add(ConsumeResult<byte[], byte[]> result)
    {
        var place = PlaceOf(result.Topic, result.Partition.Value);
        place.Next = result.Offset.Value + 1;
        var text = string.Create(CultureInfo.InvariantCulture, $"{place.Name}@{result.Offset.Value}");
        var value = result.Message.Value;
        var record = value is null
            ? new SourceRecord(default, text) { Refused = new RefusedRecord(NoValue, 0, DigestOfNothing) }
            : CloudEventMessage.RecordOf(result.Message.Headers, WirePrefix.Strip(value), text);
        _records.Add((record, place));
        _bytes += record.Payload.Length;
    }

    /// <summary>Drops what came from partitions that are another member's now.</summary>
    public void Drop(IReadOnlyCollection<TopicPartition> gone)
    {
        bool IsGone(Place place) => gone.Any(at => at.Topic == place.Topic && at.Partition.Value == place.Partition);
        _records.RemoveAll(pair => IsGone(pair.At));
        _places.RemoveAll(IsGone);
        _bytes = _records.Sum(pair => (long)pair.Record.Payload.Length);
        _latest = null;
    }

    private static string DigestOfNothing { get; } =
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(ReadOnlySpan<byte>.Empty));

    /// <summary>Messages come in runs of one partition, so the latest place is nearly always the right one.</summary>
    private Place PlaceOf(string topic, int partition)
    {
        if (_latest is { } latest && latest.Partition == partition && latest.Topic == topic)
            return latest;
        _latest = _places.Find(place => place.Partition == partition && place.Topic == topic);
        if (_latest is null)
            _places.Add(_latest = new Place(topic, partition));
        return _latest;
    }

    private sealed class Place(string topic, int partition)
    {
        public string Topic => topic;

        public int Partition => partition;

        public string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"{topic}/{partition}");

        public long Next { get; set; }
    }
}

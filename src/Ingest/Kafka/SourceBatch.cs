using System.Globalization;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Ingest.Kafka;

/// <summary>Records on their way to the intake, and how far each partition is done with once they are durable. One thread.</summary>
internal sealed class SourceBatch(KafkaSourceOptions options)
{
    private static readonly Rejection NoValue = new(RejectionReason.NotJson, "The message has no value.", -1);

    private readonly PayloadArena _arena = new();
    private readonly List<Place> _places = [];
    private readonly List<SourceRecord> _records = [];
    private readonly List<Place> _placeOfRecord = [];
    private long _bytes;
    private Place? _latest;

    public int Count => _records.Count;

    public bool IsFull => _records.Count >= options.BatchRecordsMax || _bytes >= options.BatchBytesMax;

    public IReadOnlyList<SourceRecord> Records => _records;

    /// <summary>Where each partition continues after this batch.</summary>
    public IEnumerable<TopicPartitionOffset> Ends =>
        _places.Select(place => new TopicPartitionOffset(place.Topic, place.Partition, place.Next));

    /// <summary>Takes a message in. It may be disposed of afterwards.</summary>
    public void Add(in PolledMessage message)
    {
        var place = PlaceOf(message.Topic, message.Partition);
        var offset = message.Offset;
        place.Next = offset + 1;
        var record = message.HasValue
            ? CloudEventMessage.RecordOf(message.Headers, new(WirePrefix.Strip(ValueOf(message)), place.Name, offset))
            : new SourceRecord(default, place.Name, offset) { Refused = new RefusedRecord(NoValue, 0, DigestOfNothing) };
        _records.Add(record);
        _placeOfRecord.Add(place);
        _bytes += record.Payload.Length;
    }

    /// <summary>Drops what came from partitions that are another member's now.</summary>
    public void Drop(IReadOnlyCollection<TopicPartition> gone)
    {
        bool IsGone(Place place) => gone.Any(at => at.Topic == place.Topic && at.Partition.Value == place.Partition);
        var kept = 0;
        for (var i = 0; i < _records.Count; i++)
        {
            if (IsGone(_placeOfRecord[i]))
                continue;
            (_records[kept], _placeOfRecord[kept]) = (_records[i], _placeOfRecord[i]);
            kept++;
        }
        CollectionsMarshal.SetCount(_records, kept);
        CollectionsMarshal.SetCount(_placeOfRecord, kept);
        _places.RemoveAll(IsGone);
        _bytes = _records.Sum(record => (long)record.Payload.Length);
        _latest = null;
    }

    /// <summary>Makes it ready for other records. Whoever was given its records must be done with them.</summary>
    public void Clear()
    {
        _records.Clear();
        _placeOfRecord.Clear();
        _places.Clear();
        _arena.Clear();
        (_bytes, _latest) = (0, null);
    }

    private static string DigestOfNothing { get; } =
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(ReadOnlySpan<byte>.Empty));

    private ReadOnlyMemory<byte> ValueOf(in PolledMessage message)
    {
        var room = _arena.Take(message.ValueBytes);
        message.CopyValue(room.Array!, room.Offset);
        return room;
    }

    /// <summary>Messages come in runs of one partition, so the latest place is nearly always the right one.</summary>
    private Place PlaceOf(string topic, int partition)
    {
        if (_latest is { } latest && latest.Partition == partition && latest.Topic == topic)
            return latest;
        return _latest = FindPlace(topic, partition);
    }

    /// <summary>Apart, because what the search captures would otherwise be made for every message.</summary>
    private Place FindPlace(string topic, int partition)
    {
        if (_places.Find(place => place.Partition == partition && place.Topic == topic) is { } known)
            return known;
        var added = new Place(topic, partition);
        _places.Add(added);
        return added;
    }

    private sealed class Place(string topic, int partition)
    {
        public string Topic => topic;

        public int Partition => partition;

        public string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"{topic}/{partition}");

        public long Next { get; set; }
    }
}

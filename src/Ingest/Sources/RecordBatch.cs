using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Ingest.Sources;

/// <summary>Collects lines into one batch, bounded in records and bytes. Payloads are copied: readers reuse their buffers.</summary>
internal sealed class RecordBatch(int recordsMax, int bytesMax)
{
    private readonly List<SourceRecord> _records = [];
    private long _bytes;

    public IReadOnlyList<SourceRecord> Records => _records;

    public bool IsFull => _records.Count >= recordsMax || _bytes >= bytesMax;

    public void Add(NdjsonLine line, string place) => Add(new SourceRecord(line.Payload.ToArray(), place)
    {
        Refused = line.Oversized is { } oversized ? Refusal(oversized) : null,
    });

    public void Add(SourceRecord record)
    {
        _bytes += record.Payload.Length;
        _records.Add(record);
    }

    public void Clear()
    {
        _records.Clear();
        _bytes = 0;
    }

    private static RefusedRecord Refusal(OversizedLine line) =>
        new(new Rejection(RejectionReason.TooLarge, "The record is longer than the limit.", -1), line.Bytes, line.Sha256);
}

namespace SentinelHealth.Ingest.Sources;

/// <summary>Collects lines into one batch, bounded in records and bytes. The payloads are copies: the reader reuses its buffer.</summary>
internal sealed class FileBatch(FileSourceOptions options)
{
    private readonly List<SourceRecord> _records = [];
    private readonly string _fileName = Path.GetFileName(options.Path);
    private long _bytes;

    public IReadOnlyList<SourceRecord> Records => _records;

    public bool IsFull => _records.Count >= options.BatchRecordsMax || _bytes >= options.BatchBytesMax;

    public void Add(NdjsonLine line)
    {
        var place = $"{_fileName}:{line.Number}";
        var payload = line.Payload.ToArray();
        _bytes += payload.Length;
        _records.Add(new SourceRecord(payload, place)
        {
            Refused = line.Oversized is { } oversized ? OversizedRecord.Refused(oversized, options.Lines.LineBytesMax) : null,
        });
    }

    public void Clear()
    {
        _records.Clear();
        _bytes = 0;
    }
}

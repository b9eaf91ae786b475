using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Ingest.Formats.Records;

/// <summary>Collects the parts of one record, up to the bound.</summary>
internal sealed class PartSink(IEventDecoder decoder, SentinelEvent scratch)
{
    private readonly List<RecordPart> _parts = [];
    private int _refusals;

    public IReadOnlyList<RecordPart> Parts => _parts;

    /// <summary>Whether there were more parts than a record may have; then none of them counts.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Whether it is better refused as a whole than part by part.</summary>
    public bool IsMostlyRefused => _refusals > RecordReader.RefusalsMax && _refusals > _parts.Count - _refusals;

    /// <summary>Takes a native record; what the native decoder refuses is refused with the bytes it was made from.</summary>
    public void Event(string within, ReadOnlyMemory<byte> native, ReadOnlyMemory<byte> original)
    {
        if (decoder.TryDecode(native, scratch, out var rejection))
            Add(new(within, scratch.TextOf(TextField.Id), native, default));
        else
            // Its position is one in the translation, which nobody has.
            Add(new(within, string.Empty, original, rejection with { BytePosition = -1 }));
    }

    public void Refusal(string within, in Rejection rejection, ReadOnlyMemory<byte> original) =>
        Add(new(within, string.Empty, original, rejection));

    private void Add(RecordPart part)
    {
        if (_parts.Count >= RecordReader.PartsMax)
            IsFull = true;
        else
            _parts.Add(part);
        _refusals += part.IsEvent ? 0 : 1;
    }
}

using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Ingest.Formats.Records;

/// <summary>Collects the parts of one record, up to the bound.</summary>
/// <param name="decoder">Checks the events.</param>
/// <param name="scratch">What it decodes into.</param>
/// <param name="recordBytes">
/// Length of the record. A few bytes can name an event that repeats what the record says about all of them, so together the events may
/// have a multiple of this length and no more: otherwise a small record could fill the memory.
/// </param>
internal sealed class PartSink(IEventDecoder decoder, SentinelEvent scratch, int recordBytes)
{
    private const long BytesBase = 64 * 1024, BytesPerByteMax = 16;

    private readonly List<RecordPart> _parts = [];
    private int _refusals;
    private long _bytes;

    public IReadOnlyList<RecordPart> Parts => _parts;

    /// <summary>Whether there were more parts than a record of this length may have; then none of them counts.</summary>
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
        _bytes += part.IsEvent ? part.Payload.Length : 0;
        if (_parts.Count >= RecordReader.PartsMax || _bytes > BytesBase + (BytesPerByteMax * recordBytes))
            IsFull = true;
        else
            _parts.Add(part);
        _refusals += part.IsEvent ? 0 : 1;
    }
}

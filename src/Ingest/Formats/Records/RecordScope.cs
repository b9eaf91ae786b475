using System.Text.Json;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Ingest.Formats.Records;

/// <summary>Where in a record a format is reading: the place, the envelopes around it and where its events go.</summary>
internal sealed class RecordScope
{
    private readonly RecordReader _reader;
    private readonly PartSink _sink;
    private readonly string _within;
    private readonly int _envelopes;
    private readonly RecordEnvelope? _envelope;

    public RecordScope(RecordReader reader, PartSink sink) : this(reader, sink, string.Empty) { }

    private RecordScope(RecordReader reader, PartSink sink, string within)
    {
        _reader = reader;
        _sink = sink;
        _within = within;
    }

    private RecordScope(RecordScope outer, string within) : this(outer._reader, outer._sink, outer.Inside(within))
    {
        _envelopes = outer._envelopes;
        _envelope = outer._envelope;
        // Several events may come from one envelope: each needs a name of its own.
        FallbackId = outer.FallbackId is { } id && within.Length > 0 ? $"{id}/{within}" : outer.FallbackId;
    }

    private RecordScope(RecordScope outer, string within, RecordEnvelope envelope, string? fallbackId) : this(outer, within)
    {
        _envelopes = outer._envelopes + 1;
        _envelope = envelope;
        FallbackId = fallbackId ?? outer.FallbackId;
    }

    /// <summary>Whether more parts came than a record may have, so that going on is pointless.</summary>
    public bool IsFull => _sink.IsFull;

    /// <summary>What an envelope calls its content, for events without an identifier of their own; null when there is none.</summary>
    public string? FallbackId { get; }

    /// <summary>The same place, one step further in.</summary>
    public RecordScope At(string within) => new(this, within);

    /// <summary>Reads what an envelope holds.</summary>
    /// <param name="envelope">The envelope's own attributes as a JSON object.</param>
    /// <param name="fallbackId">A name for the content that stays the same when the envelope is sent again.</param>
    /// <param name="content">The bytes inside.</param>
    public void Open(byte[] envelope, string? fallbackId, ReadOnlyMemory<byte> content)
    {
        if (_envelopes >= RecordReader.EnvelopesMax)
            Refuse(new(RejectionReason.TooDeep, $"More than {RecordReader.EnvelopesMax} envelopes lie in one another.", -1), content);
        else
            new RecordScope(this, string.Empty, new RecordEnvelope(envelope), fallbackId).ReadContent(content);
    }

    /// <summary>Hands over an event. Fields that are missing or out of range refuse it.</summary>
    public void Emit(NativeDraft draft, in OriginalRecord original)
    {
        if (draft.Rejection.Reason != RejectionReason.None)
        {
            _sink.Refusal(_within, draft.Rejection, original.Bytes);
            return;
        }
        _sink.Event(_within, draft.Write(original, _envelope?.Next()), original.Bytes);
    }

    /// <summary>Hands over an event that is a native record already.</summary>
    public void Emit(byte[] native, ReadOnlyMemory<byte> original) => _sink.Event(
        _within, _envelope?.Next() is { } envelope ? NativeEnvelope.With(native, "envelope"u8, envelope) : native, original);

    public void Refuse(in Rejection rejection, ReadOnlyMemory<byte> original) => _sink.Refusal(_within, rejection, original);

    private void ReadContent(ReadOnlyMemory<byte> content)
    {
        if (NativeEnvelope.Wrap(content, _envelope!) is { } native)
            _sink.Event(_within, native, content);
        else
            _reader.Read(content, this, new(RejectionReason.UnknownSchema, "The envelope holds no accepted format.", -1));
    }

    private string Inside(string step) =>
        step.Length == 0 ? _within : _within.Length == 0 ? step : $"{_within}.{step}";
}

/// <summary>
/// The attributes of an envelope, for the events inside it. Each repeats them, so they are bounded: larger ones stay in the first alone.
/// </summary>
internal sealed class RecordEnvelope(byte[] attributes)
{
    private const int RepeatedBytesMax = 2_048;

    private bool _isKept;

    /// <summary>What the next event carries; null for nothing.</summary>
    public byte[]? Next()
    {
        var next = _isKept && attributes.Length > RepeatedBytesMax ? null : attributes;
        _isKept = true;
        return next;
    }
}

/// <summary>What an event was made from.</summary>
/// <param name="Bytes">As received.</param>
/// <param name="IsJson">Whether it is JSON and can stand in a JSON record as it is; otherwise it is kept as a text.</param>
/// <param name="EventId">The event that carries it when several were made from one; null for that event itself.</param>
internal readonly record struct OriginalRecord(ReadOnlyMemory<byte> Bytes, bool IsJson, string? EventId)
{
    public static OriginalRecord Of(JsonElement json) => new(JsonReading.Raw(json), true, null);

    public static OriginalRecord OfText(ReadOnlyMemory<byte> utf8) => new(utf8, false, null);

    public OriginalRecord In(string eventId) => this with { EventId = eventId };
}

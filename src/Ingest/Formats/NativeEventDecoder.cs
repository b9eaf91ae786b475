using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Ingest.Formats;

/// <summary>Decodes the two native formats, <c>sentinel.ledger-transaction.v1</c> and <c>sentinel.biometric-query.v1</c>.</summary>
/// <remarks>
/// Stateless and safe to share between threads. O(bytes): one quick pass over a record that is as it should be and whose first field is
/// <c>schema</c>. What the quick pass gives up on, every faulty record and those with escapes in names or known texts among them, is read
/// again thoroughly; that pass alone says what is wrong (ADR 0018). Unknown fields are checked for well-formedness and depth and otherwise left in <see cref="SentinelEvent.Raw"/>; a
/// field that belongs to the other format only counts as unknown.
/// </remarks>
public sealed class NativeEventDecoder : IEventDecoder
{
    private readonly DecoderLimits _limits;
    private readonly JsonReaderOptions _readerOptions;

    /// <summary>A decoder with the default limits.</summary>
    public NativeEventDecoder() : this(new DecoderLimits()) { }

    /// <summary>A decoder with limits of its own.</summary>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">A limit is out of its range.</exception>
    public NativeEventDecoder(DecoderLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        System.ComponentModel.DataAnnotations.Validator.ValidateObject(
            limits, new System.ComponentModel.DataAnnotations.ValidationContext(limits), validateAllProperties: true);
        _limits = limits;
        // One level more than allowed, so that the pass below meets the excess itself and can name it.
        _readerOptions = new JsonReaderOptions { MaxDepth = limits.DepthMax + 1 };
    }

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlyMemory<byte> record, SentinelEvent into, out Rejection rejection)
    {
        ArgumentNullException.ThrowIfNull(into);
        rejection = default;
        return TryDecodeQuickly(record, into) || TryDecodeThoroughly(record, into, out rejection);
    }

    /// <summary>Decodes a record that is as it should be; false for any other, and for a few that the thorough way accepts.</summary>
    internal bool TryDecodeQuickly(ReadOnlyMemory<byte> record, SentinelEvent into) =>
        record.Length <= _limits.RecordBytesMax && Utf8.IsValid(record.Span)
        && new NativeQuickPass(record, into, _limits).TryRead();

    /// <summary>Decodes any record, or says what is wrong with it.</summary>
    internal bool TryDecodeThoroughly(ReadOnlyMemory<byte> record, SentinelEvent into, out Rejection rejection)
    {
        if (!PassesScreen(record.Span, out rejection))
            return false;
        var pass = new NativeRecordPass(record, into, _limits, new Utf8JsonReader(record.Span, _readerOptions));
        try
        {
            var decoded = pass.TryRead();
            rejection = pass.Rejection;
            return decoded;
        }
        catch (JsonException)
        {
            rejection = new Rejection(RejectionReason.NotJson, "The record is not well-formed JSON.", pass.BytesConsumed);
            return false;
        }
    }

    private bool PassesScreen(ReadOnlySpan<byte> record, out Rejection rejection)
    {
        rejection = default;
        if (record.Length > _limits.RecordBytesMax)
            rejection = new(RejectionReason.TooLarge, $"The record is longer than {_limits.RecordBytesMax} bytes.", -1);
        else if (!Utf8.IsValid(record))
            rejection = new(RejectionReason.NotUtf8, "The record is not valid UTF-8.", FirstInvalidByte(record));
        else if (TextRules.UnpairedSurrogate(record) is >= 0 and var at)
            rejection = new(RejectionReason.InvalidValue, "A text escapes half of a surrogate pair, which is no character.", at);
        return rejection.Reason == RejectionReason.None;
    }

    private static int FirstInvalidByte(ReadOnlySpan<byte> record)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(record[at..], out _, out var bytes) == System.Buffers.OperationStatus.Done)
            at += bytes;
        return at;
    }
}

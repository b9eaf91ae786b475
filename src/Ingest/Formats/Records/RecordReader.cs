using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats.CloudEvents;
using SentinelHealth.Ingest.Formats.Dicom;
using SentinelHealth.Ingest.Formats.Ecs;
using SentinelHealth.Ingest.Formats.Evm;
using SentinelHealth.Ingest.Formats.Fhir;
using SentinelHealth.Ingest.Formats.Ocsf;
using SentinelHealth.Ingest.Formats.Syslog;

namespace SentinelHealth.Ingest.Formats.Records;

/// <summary>
/// Finds the events in a record of any accepted format, told by its content: native, FHIR AuditEvent or Bundle, OCSF, ECS,
/// CloudEvents, EVM log, DICOM audit message, syslog. Each becomes a native record that carries the original.
/// </summary>
/// <remarks>
/// A native record costs one native decoding and nothing else: other formats are looked at only after the native decoder has refused
/// the record for its schema. Never throws on any bytes. Time and memory are O(bytes), with at most <see cref="PartsMax"/> parts.
/// Safe to share between threads; each call brings its own event and list. ADR 0013.
/// </remarks>
public sealed class RecordReader
{
    /// <summary>Parts one record may have. A record with more is refused as a whole.</summary>
    public const int PartsMax = 2_000;

    /// <summary>
    /// Parts of a record that may be refused while fewer of it are events. A record with more is refused as a whole: three bytes can be
    /// a part, and a dead letter costs a hundred times as much.
    /// </summary>
    public const int RefusalsMax = 100;

    /// <summary>Envelopes one may find within another: a syslog message with a CloudEvent with a Bundle needs two.</summary>
    internal const int EnvelopesMax = 3;

    private static readonly IRecordFormat[] Formats =
        [new FhirFormat(), new CloudEventFormat(), new OcsfFormat(), new EcsFormat(), new EvmLogFormat()];

    private readonly IEventDecoder _native;
    private readonly RecordScreen _screen;

    /// <summary>A reader with the default limits.</summary>
    /// <param name="native">Decodes native records, and checks what the other formats were turned into.</param>
    public RecordReader(IEventDecoder native) : this(native, new DecoderLimits()) { }

    /// <summary>A reader with limits of its own.</summary>
    /// <param name="native">Decodes native records, and checks what the other formats were turned into.</param>
    /// <param name="limits">What the native decoder accepts at most.</param>
    /// <exception cref="ValidationException">A limit is out of its range.</exception>
    public RecordReader(IEventDecoder native, DecoderLimits limits)
    {
        ArgumentNullException.ThrowIfNull(native);
        ArgumentNullException.ThrowIfNull(limits);
        Validator.ValidateObject(limits, new ValidationContext(limits), validateAllProperties: true);
        _native = native;
        _screen = new RecordScreen(limits);
    }

    /// <summary>Adds what a record holds to <paramref name="parts"/>: at least one part, events and refusals in the record's order.</summary>
    /// <param name="record">The record. Parts of native records refer to its memory.</param>
    /// <param name="scratch">The caller's event; afterwards it holds the last event decoded.</param>
    /// <param name="parts">Where the parts go.</param>
    public void Read(ReadOnlyMemory<byte> record, SentinelEvent scratch, List<RecordPart> parts)
    {
        ArgumentNullException.ThrowIfNull(scratch);
        ArgumentNullException.ThrowIfNull(parts);
        if (_native.TryDecode(record, scratch, out var rejection))
        {
            parts.Add(new(string.Empty, scratch.TextOf(TextField.Id), record, default));
            return;
        }
        if (!MayBeForeign(record.Span, rejection))
        {
            parts.Add(new(string.Empty, string.Empty, record, rejection));
            return;
        }
        var sink = new PartSink(_native, scratch, record.Length);
        Read(record, new RecordScope(this, sink), rejection);
        if (sink.IsFull)
            parts.Add(new(string.Empty, string.Empty, record, TooMany));
        else if (sink.IsMostlyRefused)
            parts.Add(new(string.Empty, string.Empty, record, MostlyRefused));
        else
            parts.AddRange(sink.Parts);
    }

    /// <summary>Reads a record found inside another, whatever its format.</summary>
    internal void Read(ReadOnlyMemory<byte> record, RecordScope scope, Rejection otherwise)
    {
        if (_screen.Check(record.Span) is { Reason: not RejectionReason.None } refused)
        {
            scope.Refuse(refused, record);
            return;
        }
        var start = record.Span.TrimStart(" \t\r\n"u8);
        if (start.Length > 1 && start[0] == '<')
        {
            if (char.IsAsciiDigit((char)start[1]))
                SyslogFormat.Read(record[^start.Length..], scope);
            else
                DicomFormat.Read(record, scope);
            return;
        }
        if (_screen.TryParse(record, out var document, out refused))
            using (document)
                Read(document.RootElement, scope, otherwise);
        else
            scope.Refuse(refused, record);
    }

    /// <summary>Reads a JSON value found inside another.</summary>
    internal static void Read(JsonElement record, RecordScope scope, Rejection otherwise)
    {
        foreach (var format in Formats)
        {
            if (!format.Recognizes(record))
                continue;
            format.Read(record, scope);
            return;
        }
        scope.Refuse(otherwise, JsonReading.Raw(record));
    }

    /// <summary>A native record that is malformed is refused as such; only what has no native schema may be something else.</summary>
    private static bool MayBeForeign(ReadOnlySpan<byte> record, in Rejection rejection)
    {
        if (rejection.Reason == RejectionReason.UnknownSchema)
            return true;
        if (rejection.Reason != RejectionReason.NotJson)
            return false;
        var start = record.TrimStart(" \t\r\n"u8);
        return start.StartsWith("<"u8) || CloudEventFormat.LooksLikeBatch(start);
    }

    private static Rejection MostlyRefused { get; } =
        new(RejectionReason.InvalidValue, $"More than {RefusalsMax} parts of the record are no events, and most of it.", -1);

    private static Rejection TooMany { get; } =
        new(RejectionReason.TooLarge, $"The record holds more than {PartsMax} events, or more than its length can carry.", -1);
}

using System.Security.Cryptography;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats.Records;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Ingest.Intake;

/// <summary>The way into the log for every source: each event ends in the event log or in the dead letters, and is counted.</summary>
/// <remarks>
/// A record of any accepted format is taken apart into its events; the unit of the account is the event, and what is none is a
/// dead letter of its own with its place in the record (ADR 0013). A native record is one event.
/// Safe for any number of threads. A batch is booked only once all of it is durable: when <see cref="AcceptAsync"/> throws, nothing
/// was booked, the source keeps its position and repeats the batch, and deduplication removes what was already durable.
/// </remarks>
public sealed class EventIntake(IEventLog log, IDeadLetters deadLetters, IEventDecoder decoder, TimeProvider clock) : IIntake
{
    /// <summary>The name of the meter of this module; its instruments are called <c>sentinel.ingest.*</c>.</summary>
    public const string MeterName = IntakeMetrics.MeterName;

    private readonly IntakeAccounts _accounts = new();
    private readonly RecordReader _reader = new(decoder);

    /// <summary>The field whose equal values keep their order in a log with partitions. Default the actor.</summary>
    public TextField OrderBy { get; init; } = TextField.Actor;

    /// <summary>Which events every partition of such a log must know of. Default none.</summary>
    public Func<SentinelEvent, bool> IsForAll { get; init; } = static _ => false;

    /// <inheritdoc/>
    public async ValueTask<IntakeResult> AcceptAsync(string source, IReadOnlyList<SourceRecord> batch, CancellationToken cancel)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentNullException.ThrowIfNull(batch);
        var envelopes = new List<EventEnvelope>(batch.Count);
        var letters = new List<DeadLetter>();
        Sort(source, batch, envelopes, letters);
        try
        {
            // The log first: it recognizes records when the batch is repeated because the second step failed.
            var appended = envelopes.Count == 0 ? default : await log.AppendAsync(envelopes, cancel);
            if (appended.Appended + appended.Duplicates != envelopes.Count)
                throw new InvalidOperationException("I1: the event log did not account for every record of a batch.");
            if (letters.Count > 0)
                await deadLetters.AppendAsync(letters, cancel);
            Book(source, appended, letters);
            return new IntakeResult(envelopes.Count + letters.Count, appended.Appended, appended.Duplicates, letters);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            ReportFault(source, $"A batch of {batch.Count} records could not be stored: {fault.Message}");
            throw;
        }
    }

    /// <summary>Notes what went wrong at a source, for the people who look at <see cref="Accounts"/>.</summary>
    /// <param name="source">The source's configured name.</param>
    /// <param name="fault">A sentence without secrets or record content.</param>
    public void ReportFault(string source, string fault)
    {
        _accounts.Fault(source, fault, clock.GetUtcNow());
        IntakeMetrics.Fault(source);
    }

    /// <summary>The accounts of all sources seen since the start, by name. Each balances at any moment (I1).</summary>
    public IReadOnlyList<SourceAccount> Accounts() => _accounts.Snapshot();

    private void Sort(string source, IReadOnlyList<SourceRecord> batch, List<EventEnvelope> envelopes, List<DeadLetter> letters)
    {
        var decoded = new SentinelEvent();
        var parts = new List<RecordPart>();
        foreach (var record in batch)
        {
            if (record.Refused is { } known)
            {
                letters.Add(new(source, record.Place, known.Rejection, record.Payload, known.PayloadBytes, known.PayloadSha256));
                continue;
            }
            parts.Clear();
            _reader.Read(record.Payload, decoded, parts);
            foreach (var part in parts)
            {
                // Of several events the reader holds the last one only.
                if (part.IsEvent && (parts.Count == 1 || decoder.TryDecode(part.Payload, decoded, out _)))
                    envelopes.Add(EnvelopeOf(source, part, decoded));
                else
                    letters.Add(new(
                        source, PlaceOf(record, part), part.Rejection, part.Payload, part.Payload.Length, Digest(part.Payload)));
            }
        }
    }

    /// <summary>Events that lack the field are kept in order by their node, which every event has.</summary>
    private EventEnvelope EnvelopeOf(string source, in RecordPart part, SentinelEvent decoded)
    {
        var key = decoded.Key(OrderBy);
        return new(source, part.Id, part.Payload)
        {
            OrderKey = key != 0 ? key : decoded.Key(TextField.Node),
            IsForAll = IsForAll(decoded),
        };
    }

    private static string PlaceOf(SourceRecord record, in RecordPart part) =>
        part.Within.Length == 0 ? record.Place : $"{record.Place} {part.Within}";

    private void Book(string source, AppendResult appended, List<DeadLetter> letters)
    {
        _accounts.Book(source, appended.Appended, appended.Duplicates, letters.Count, clock.GetUtcNow());
        IntakeMetrics.Book(source, appended.Appended, appended.Duplicates, letters.Count);
        foreach (var letter in letters)
            IntakeMetrics.DeadLettered(source, letter.Rejection.Reason);
    }

    private static string Digest(ReadOnlyMemory<byte> payload) => Convert.ToHexStringLower(SHA256.HashData(payload.Span));
}

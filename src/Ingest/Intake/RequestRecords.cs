using System.Security.Cryptography;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Ingest.Intake;

/// <summary>The records of one request: hands them on in batches and keeps the account.</summary>
internal sealed class RequestRecords(IIntake intake, HttpIntakeOptions options, string source, string requestId)
{
    private readonly RecordBatch _batch = new(options.BatchRecordsMax, options.BatchBytesMax);
    private readonly List<HttpRejection> _rejections = [];
    private long _index;
    private long _received;
    private long _accepted;
    private long _duplicates;
    private long _deadLettered;

    public async ValueTask AddAsync(NdjsonLine line, CancellationToken cancel)
    {
        _batch.Add(line, Place());
        if (_batch.IsFull)
            await FlushAsync(cancel);
    }

    /// <summary>Adds the broken rest of an array, which is no record.</summary>
    public ValueTask AddBrokenAsync(NdjsonLine rest, CancellationToken cancel)
    {
        var rejection = new Rejection(RejectionReason.NotJson, "The array is broken from here on.", -1);
        var refused = rest.Oversized is { } oversized
            ? new RefusedRecord(rejection, oversized.Bytes, oversized.Sha256)
            : new RefusedRecord(rejection, rest.Payload.Length, Convert.ToHexStringLower(SHA256.HashData(rest.Payload.Span)));
        _batch.Add(new SourceRecord(rest.Payload.ToArray(), Place()) { Refused = refused });
        return FlushAsync(cancel);
    }

    public async ValueTask FlushAsync(CancellationToken cancel)
    {
        if (_batch.Records.Count == 0)
            return;
        var result = await intake.AcceptAsync(source, _batch.Records, cancel);
        List(_batch.Records, result.DeadLettered, _index - _batch.Records.Count);
        _received += result.Received;
        _accepted += result.Accepted;
        _duplicates += result.Duplicates;
        _deadLettered += result.DeadLettered.Count;
        _batch.Clear();
    }

    public HttpIntakeResult Result(HttpIntakeOutcome outcome, string? detail) =>
        new(outcome, requestId, _received, _accepted, _duplicates, _deadLettered, _rejections, detail);

    private string Place() => $"request {requestId}#{_index++}";

    /// <summary>Letters come in the order of the batch, so one walk finds their positions. A record may have several.</summary>
    private void List(IReadOnlyList<SourceRecord> batch, IReadOnlyList<DeadLetter> letters, long firstIndex)
    {
        var next = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            for (; next < letters.Count && WithinOf(letters[next], batch[i]) is { } within; next++)
            {
                if (_rejections.Count >= options.RejectionsListedMax)
                    return;
                var rejection = letters[next].Rejection;
                var detail = within.Length == 0 ? rejection.Detail : $"{within}: {rejection.Detail}";
                _rejections.Add(new HttpRejection(firstIndex + i, rejection.Reason, detail));
            }
        }
    }

    /// <summary>Where in the record the letter's part stood; empty for the record itself, null when it is of another record.</summary>
    private static string? WithinOf(DeadLetter letter, SourceRecord record)
    {
        if (!letter.Place.StartsWith(record.Place, StringComparison.Ordinal))
            return null;
        var rest = letter.Place[record.Place.Length..];
        return rest.Length == 0 ? string.Empty : rest[0] == ' ' ? rest[1..] : null;
    }
}

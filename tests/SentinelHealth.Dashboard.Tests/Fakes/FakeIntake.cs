using System.Text;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Formats.Records;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Dashboard.Tests.Fakes;

/// <summary>Decodes as the real intake does and keeps what it accepted in memory.</summary>
internal sealed class FakeIntake : IIntake
{
    private readonly RecordReader _reader = new(new NativeEventDecoder());

    public List<(string Source, string Record)> Accepted { get; } = [];

    public ValueTask<IntakeResult> AcceptAsync(string source, IReadOnlyList<SourceRecord> batch, CancellationToken cancel)
    {
        var letters = new List<DeadLetter>();
        var accepted = 0;
        foreach (var record in batch)
        {
            if (record.Refused is { } refused)
            {
                letters.Add(new DeadLetter(
                    source, record.Place, refused.Rejection, record.Payload, refused.PayloadBytes, refused.PayloadSha256));
                continue;
            }
            var parts = new List<RecordPart>();
            _reader.Read(record.Payload, new SentinelEvent(), parts);
            foreach (var part in parts.Where(part => !part.IsEvent))
                letters.Add(new DeadLetter(
                    source, part.Within.Length == 0 ? record.Place : $"{record.Place} {part.Within}", part.Rejection, part.Payload,
                    part.Payload.Length, ""));
            foreach (var part in parts.Where(part => part.IsEvent))
            {
                lock (Accepted)
                    Accepted.Add((source, Encoding.UTF8.GetString(part.Payload.Span)));
                accepted++;
            }
        }
        return ValueTask.FromResult(new IntakeResult(accepted + letters.Count, accepted, 0, letters));
    }
}

using System.Text;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Dashboard.Tests.Fakes;

/// <summary>Decodes as the real intake does and keeps what it accepted in memory.</summary>
internal sealed class FakeIntake : IIntake
{
    private readonly NativeEventDecoder _decoder = new();

    public List<(string Source, string Record)> Accepted { get; } = [];

    public ValueTask<IntakeResult> AcceptAsync(string source, IReadOnlyList<SourceRecord> batch, CancellationToken cancel)
    {
        var letters = new List<DeadLetter>();
        var accepted = 0;
        foreach (var record in batch)
        {
            if (record.Refused is { } refused)
                letters.Add(new DeadLetter(
                    source, record.Place, refused.Rejection, record.Payload, refused.PayloadBytes, refused.PayloadSha256));
            else if (!_decoder.TryDecode(record.Payload, new SentinelEvent(), out var rejection))
                letters.Add(new DeadLetter(
                    source, record.Place, rejection, record.Payload, record.Payload.Length, ""));
            else
            {
                Accepted.Add((source, Encoding.UTF8.GetString(record.Payload.Span)));
                accepted++;
            }
        }
        return ValueTask.FromResult(new IntakeResult(batch.Count, accepted, 0, letters));
    }
}

using System.Text;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Testing;

/// <summary>An intake that keeps what it was handed, and fails when told to.</summary>
public sealed class RecordingIntake : IIntake
{
    private readonly Lock _gate = new();
    private readonly List<(string Place, string Payload, RefusedRecord? Refused)> _records = [];
    private readonly List<int> _batchSizes = [];

    /// <summary>Thrown instead of accepting the next batch.</summary>
    public Exception? NextFault { get; set; }

    /// <summary>Thrown after the next batch was kept: a crash between the intake and the source's position.</summary>
    public Exception? FaultAfterNext { get; set; }

    public IReadOnlyList<(string Place, string Payload, RefusedRecord? Refused)> Records
    {
        get
        {
            lock (_gate)
                return [.. _records];
        }
    }

    public IReadOnlyList<int> BatchSizes => _batchSizes;

    public ValueTask<IntakeResult> AcceptAsync(string source, IReadOnlyList<SourceRecord> batch, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        Throw(() => NextFault, () => NextFault = null);
        lock (_gate)
        {
            _records.AddRange(batch.Select(r => (r.Place, Encoding.UTF8.GetString(r.Payload.Span), r.Refused)));
            _batchSizes.Add(batch.Count);
        }
        Throw(() => FaultAfterNext, () => FaultAfterNext = null);
        return new ValueTask<IntakeResult>(new IntakeResult(batch.Count, batch.Count, 0, Array.Empty<DeadLetter>()));
    }

    private static void Throw(Func<Exception?> fault, Action clear)
    {
        if (fault() is not { } exception)
            return;
        clear();
        throw exception;
    }
}

using SentinelHealth.Ingest.DeadLetters;

namespace SentinelHealth.Ingest.Sources;

/// <summary>Something events come from: a file, a ledger node, a broker, a simulated network.</summary>
public interface ISource
{
    /// <summary>The configured name; part of every event's deduplication key.</summary>
    string Name { get; }

    /// <summary>Reads until cancelled or exhausted, handing records to the intake and advancing its own durable position only after.</summary>
    Task RunAsync(IIntake intake, CancellationToken cancel);
}

/// <summary>A record as a source found it.</summary>
/// <param name="Payload">The record's bytes.</param>
/// <param name="Place">Where it stood, for the dead letters: <c>file:line</c> and the like.</param>
public readonly record struct SourceRecord(ReadOnlyMemory<byte> Payload, string Place);

/// <summary>What became of a batch.</summary>
/// <param name="Received">Records handed in: always <c>Accepted + Duplicates + DeadLettered</c>.</param>
/// <param name="Accepted">Records now durable in the event log.</param>
/// <param name="Duplicates">Records already in the deduplication window.</param>
/// <param name="DeadLettered">Records refused, with their letters in the order of the batch.</param>
public sealed record IntakeResult(int Received, int Accepted, int Duplicates, IReadOnlyList<DeadLetter> DeadLettered);

/// <summary>The way into the log: decodes to check, sends refused records to the dead letters, appends the rest.</summary>
public interface IIntake
{
    /// <summary>Takes a batch in. Returns only when every record of it is durable, in the log or in the dead letters.</summary>
    ValueTask<IntakeResult> AcceptAsync(string source, IReadOnlyList<SourceRecord> batch, CancellationToken cancel);
}

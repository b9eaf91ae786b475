using System.Globalization;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Ingest.Sources;

/// <summary>Something events come from: a file, a ledger node, a broker, a simulated network.</summary>
public interface ISource
{
    /// <summary>The configured name; part of every event's deduplication key.</summary>
    string Name { get; }

    /// <summary>How it is doing; readable from any thread. A source that has nothing to say is well.</summary>
    SourceHealth Health => SourceHealth.Well;

    /// <summary>Reads until cancelled or exhausted, handing records to the intake and advancing its own durable position only after.</summary>
    Task RunAsync(IIntake intake, CancellationToken cancel);
}

/// <summary>A record as a source found it.</summary>
public readonly record struct SourceRecord
{
    private readonly string _place;

    /// <summary>One more than the number that ends the place; 0 for none.</summary>
    private readonly long _next;

    /// <summary>A record with its place in words.</summary>
    /// <param name="payload">The record's bytes.</param>
    /// <param name="place">Where it stood, for the dead letters: <c>file:line</c> and the like.</param>
    public SourceRecord(ReadOnlyMemory<byte> payload, string place) => (Payload, _place, _next) = (payload, place, 0);

    /// <summary>A record whose place ends with its number; it becomes words only when somebody asks.</summary>
    /// <param name="payload">The record's bytes.</param>
    /// <param name="within">What it is numbered in, as <c>topic/partition</c>.</param>
    /// <param name="number">Its number there, from 0.</param>
    public SourceRecord(ReadOnlyMemory<byte> payload, string within, long number) =>
        (Payload, _place, _next) = (payload, within, number + 1);

    /// <summary>The record's bytes. They are the source's, and may change once the intake has taken the batch.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Where it stood, for the dead letters: <c>file:line</c> and the like. Allocates for a numbered record.</summary>
    public string Place => _next == 0 ? _place : string.Create(CultureInfo.InvariantCulture, $"{_place}@{_next - 1}");

    /// <summary>
    /// Set when the source already knows that this is no record and holds only its first bytes (an endless line, the rest of a
    /// broken request): the intake then keeps the letter without decoding. Null otherwise.
    /// </summary>
    public RefusedRecord? Refused { get; init; }
}

/// <summary>What a source knows about a record it could not hand over whole.</summary>
/// <param name="Rejection">Why it is refused.</param>
/// <param name="PayloadBytes">Its full length in bytes.</param>
/// <param name="PayloadSha256">SHA-256 of all of it, lower-case hex.</param>
public sealed record RefusedRecord(Rejection Rejection, long PayloadBytes, string PayloadSha256);

/// <summary>What became of a batch.</summary>
/// <param name="Received">
/// Events found in the batch, and parts of it that are none: always <c>Accepted + Duplicates + DeadLettered</c>. A native record is
/// one; a record of another format may hold several.
/// </param>
/// <param name="Accepted">Events now durable in the event log.</param>
/// <param name="Duplicates">Events already in the deduplication window.</param>
/// <param name="DeadLettered">What was refused, with their letters in the order of the batch.</param>
public sealed record IntakeResult(int Received, int Accepted, int Duplicates, IReadOnlyList<DeadLetter> DeadLettered);

/// <summary>The way into the log: decodes to check, sends refused records to the dead letters, appends the rest.</summary>
public interface IIntake
{
    /// <summary>
    /// Takes a batch in. Returns only when every record of it is durable, in the log or in the dead letters. The batch and the bytes
    /// of its records are the source's again when this has returned without a fault: who keeps them longer copies them.
    /// </summary>
    ValueTask<IntakeResult> AcceptAsync(string source, IReadOnlyList<SourceRecord> batch, CancellationToken cancel);
}

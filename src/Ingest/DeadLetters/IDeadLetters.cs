using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Ingest.DeadLetters;

/// <summary>A record that could not become an event, kept with the reason so that nothing is lost.</summary>
/// <param name="Source">The source's configured name.</param>
/// <param name="Place">Where it stood: <c>file:line</c>, <c>topic/partition@offset</c>, or the request and its item.</param>
/// <param name="Rejection">Why it was refused.</param>
/// <param name="Payload">The record's first bytes, up to the store's limit.</param>
/// <param name="PayloadBytes">The record's full length in bytes.</param>
/// <param name="PayloadSha256">SHA-256 of the full record, lower-case hex, so that a truncated one can still be identified.</param>
public sealed record DeadLetter(
    string Source, string Place, Rejection Rejection, ReadOnlyMemory<byte> Payload, long PayloadBytes, string PayloadSha256);

/// <summary>Where refused records go.</summary>
public interface IDeadLetters
{
    /// <summary>
    /// Stores a batch. Returns only when it is durable. A letter with the source, place and digest of a stored one is counted on
    /// that one instead, so that a source may repeat a batch after a crash.
    /// </summary>
    ValueTask AppendAsync(IReadOnlyList<DeadLetter> batch, CancellationToken cancel);

    /// <summary>How many different letters were ever stored, those the store has had to forget included.</summary>
    ValueTask<long> CountAsync(CancellationToken cancel);

    /// <summary>The newest letters, newest first.</summary>
    ValueTask<IReadOnlyList<StoredDeadLetter>> NewestAsync(int lettersMax, CancellationToken cancel);
}

/// <summary>A dead letter as stored.</summary>
/// <param name="Number">Its sequence number in the store.</param>
/// <param name="StoredAt">When it was stored.</param>
/// <param name="Letter">The letter.</param>
public sealed record StoredDeadLetter(long Number, DateTimeOffset StoredAt, DeadLetter Letter)
{
    /// <summary>How often the same bytes arrived from the same place: above 1 after a source repeated itself.</summary>
    public long TimesSeen { get; init; } = 1;

    /// <summary>When it last went through the intake again; null when it never did, or when the store was not asked.</summary>
    public DateTimeOffset? ReplayedAt { get; init; }

    /// <summary>Whether its record is an event by now.</summary>
    public bool IsResolved { get; init; }

    /// <summary>Whether the record was kept whole, so that it can be replayed.</summary>
    public bool IsWhole => Letter.Payload.Length == Letter.PayloadBytes;
}

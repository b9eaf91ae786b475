namespace SentinelHealth.Ingest.Ledgers;

/// <summary>One endpoint's view of a ledger.</summary>
/// <param name="Head">Number of its newest block.</param>
/// <param name="Blocks">The headers that were asked for, in that order; null where it has no such block.</param>
public sealed record LedgerLook(long Head, IReadOnlyList<LedgerHeader?> Blocks);

/// <summary>
/// All that <see cref="Sources.LedgerSource"/> needs of a ledger: its head, its blocks by number, and a hint when there are more.
/// One class implements it for each kind of ledger, and one instance stands for one endpoint.
/// </summary>
/// <remarks>Used by one task at a time. Whatever it throws is retried, here and at the other endpoints.</remarks>
public interface ILedgerReader : IDisposable
{
    /// <summary>Host and port for people and findings; never user, password, path or query, which may be secrets.</summary>
    string Endpoint { get; }

    /// <summary>The newest block's number and the headers of the blocks with the given numbers, at one moment.</summary>
    Task<LedgerLook> LookAsync(IReadOnlyList<long> numbers, CancellationToken cancel);

    /// <summary>The blocks of a range, both ends included, each the parent of the next.</summary>
    /// <exception cref="LedgerGapException">The endpoint does not have one of them although its head is further.</exception>
    /// <exception cref="LedgerAnswerException">The answers do not fit together; the ledger may have changed meanwhile.</exception>
    Task<IReadOnlyList<LedgerBlock>> ReadAsync(long first, long last, CancellationToken cancel);

    /// <summary>
    /// Returns when there may be a new block: on the endpoint's own notice where it offers notices, else after
    /// <paramref name="pollInterval"/>. A notice that came since the last call counts. Never fails but by cancellation.
    /// </summary>
    Task WaitForNewsAsync(TimeSpan pollInterval, CancellationToken cancel);
}

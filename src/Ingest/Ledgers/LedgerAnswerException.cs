namespace SentinelHealth.Ingest.Ledgers;

/// <summary>An endpoint's answers do not fit together or do not fit what was read before. Trying again, or elsewhere, may help.</summary>
public class LedgerAnswerException : Exception
{
    /// <inheritdoc/>
    public LedgerAnswerException() { }

    /// <inheritdoc/>
    public LedgerAnswerException(string message) : base(message) { }

    /// <inheritdoc/>
    public LedgerAnswerException(string message, Exception inner) : base(message, inner) { }
}

/// <summary>An endpoint lacks a block below its own head, as a pruned or a damaged node does.</summary>
public sealed class LedgerGapException : LedgerAnswerException
{
    /// <inheritdoc/>
    public LedgerGapException() { }

    /// <inheritdoc/>
    public LedgerGapException(string message) : base(message) { }

    /// <inheritdoc/>
    public LedgerGapException(string message, Exception inner) : base(message, inner) { }

    /// <summary>From the missing block's number.</summary>
    public LedgerGapException(long block) : base($"The endpoint has no block {block} although its head is further.") => Block = block;

    /// <summary>The first block that is missing.</summary>
    public long Block { get; }
}

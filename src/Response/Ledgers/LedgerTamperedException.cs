namespace SentinelHealth.Response.Ledgers;

/// <summary>The embedded ledger does not verify: a block, a link, a signature or the key is not what was written. It does not start.</summary>
public sealed class LedgerTamperedException : Exception
{
    /// <inheritdoc/>
    public LedgerTamperedException() { }

    /// <inheritdoc/>
    public LedgerTamperedException(string message) : base(message) { }

    /// <inheritdoc/>
    public LedgerTamperedException(string message, Exception inner) : base(message, inner) { }
}

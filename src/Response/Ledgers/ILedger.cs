using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Response.Ledgers;

/// <summary>An order to the ledger's guard contract.</summary>
/// <param name="Key">Idempotency key, 0x-hex of 32 bytes; the guard refuses a second effect under it.</param>
/// <param name="Kind">What to do, or what to undo.</param>
/// <param name="Target">To whom.</param>
/// <param name="Ttl">How long a containment lasts; ignored when restoring.</param>
/// <param name="IncidentId">The incident, written to the ledger with the effect.</param>
/// <param name="EvidenceHash">SHA-256 of the evidence, 0x-hex of 32 bytes, written to the ledger with the effect.</param>
public sealed record LedgerOrder(
    string Key, ActionKind Kind, EntityRef Target, TimeSpan Ttl, string IncidentId, string EvidenceHash)
{
    /// <summary>
    /// The ledger refuses a containment in a block stamped later than this, so that an order lost on the way cannot take effect
    /// after everyone has given it up. Whole seconds count on an EVM chain. Null never expires; ignored when restoring.
    /// </summary>
    public DateTimeOffset? NotAfter { get; init; }
}

/// <summary>What the ledger wrote.</summary>
/// <param name="TransactionId">Transaction hash or embedded block entry.</param>
/// <param name="Block">Block number.</param>
/// <param name="BlockHash">Block hash, 0x-hex.</param>
/// <param name="At">Block time.</param>
/// <param name="ExpiresAt">When the containment ends by itself, by block time; null for a restore.</param>
/// <param name="GasUsed">Gas, where the ledger has such a thing.</param>
public sealed record LedgerReceipt(
    string TransactionId, long Block, string BlockHash, DateTimeOffset At, DateTimeOffset? ExpiresAt, long? GasUsed);

/// <summary>The ledger's answer: a closed set in which "unknown" is a member, because a lost answer is not a refusal.</summary>
public abstract record LedgerReply
{
    private LedgerReply() { }

    /// <summary>The effect is on the ledger, final.</summary>
    /// <param name="Receipt">Where.</param>
    public sealed record Confirmed(LedgerReceipt Receipt) : LedgerReply;

    /// <summary>The guard refused; nothing changed.</summary>
    /// <param name="Reason">The decoded revert reason, as a sentence.</param>
    public sealed record Refused(string Reason) : LedgerReply;

    /// <summary>No answer: the effect may or may not be there. Ask with <see cref="ILedger.FindAsync"/>; never resend blindly.</summary>
    /// <param name="Reason">What went wrong.</param>
    public sealed record Unknown(string Reason) : LedgerReply;
}

/// <summary>Who keeps the ledger alive.</summary>
/// <param name="Validators">Node identifiers of the current validator set.</param>
/// <param name="Quarantined">Those of them that are quarantined now.</param>
public sealed record ValidatorSet(IReadOnlyList<string> Validators, IReadOnlyList<string> Quarantined)
{
    /// <summary>Byzantine faults the set tolerates: f = (n - 1) / 3.</summary>
    public int FaultTolerance => (Validators.Count - 1) / 3;

    /// <summary>
    /// Validators that must stay active: two thirds rounded up, which is what QBFT needs to make a block. For n = 3f + 1 that is
    /// 2f + 1; for every other n it is stricter than 2f + 1, never less strict. 0 for an empty set.
    /// </summary>
    public int Quorum => ((2 * Validators.Count) + 2) / 3;
}

/// <summary>The ledger's newest block.</summary>
/// <param name="Name">The ledger's name for people.</param>
/// <param name="Block">Block number.</param>
/// <param name="BlockHash">Block hash, 0x-hex.</param>
/// <param name="At">Block time.</param>
public sealed record LedgerHead(string Name, long Block, string BlockHash, DateTimeOffset At)
{
    /// <summary>No later block can be stamped before this. The newest block's time, unless the ledger knows better.</summary>
    public DateTimeOffset NextNotBefore { get; init; } = At;
}

/// <summary>
/// The guard contract of a ledger. Two implementations pass one conformance suite: EVM over JSON-RPC and the embedded one.
/// </summary>
/// <remarks>No method throws for a ledger that is down or refuses: that is what <see cref="LedgerReply"/> is for. Reads throw <see cref="LedgerUnavailableException"/>.</remarks>
public interface ILedger
{
    /// <summary>Orders a containment in the automation role. At most one effect per key, however often it is called.</summary>
    Task<LedgerReply> ContainAsync(LedgerOrder order, CancellationToken cancel);

    /// <summary>Orders the inverse in the restorer role, on behalf of people. Never called by automation.</summary>
    Task<LedgerReply> RestoreAsync(LedgerOrder order, string orderedBy, CancellationToken cancel);

    /// <summary>
    /// Keeps a containment in force until a later time, in the restorer role, on behalf of people. Never called by automation. However often
    /// it is called, the containment ends at that time; the receipt is the containment's, with its new end.
    /// </summary>
    Task<LedgerReply> RenewAsync(LedgerOrder order, DateTimeOffset until, string orderedBy, CancellationToken cancel);

    /// <summary>Asks what happened under a key: the containment's receipt, or null when the ledger has no effect under it and none is pending.</summary>
    Task<LedgerReceipt?> FindAsync(string key, CancellationToken cancel);

    /// <summary>Whether a containment of this kind is in force for the target now, by the ledger's own clock.</summary>
    Task<bool> IsContainedAsync(ActionKind kind, EntityRef target, CancellationToken cancel);

    /// <summary>The current validator set, read from the ledger.</summary>
    Task<ValidatorSet> GetValidatorsAsync(CancellationToken cancel);

    /// <summary>The newest block.</summary>
    Task<LedgerHead> GetHeadAsync(CancellationToken cancel);
}

/// <summary>The ledger could not be read.</summary>
public sealed class LedgerUnavailableException : Exception
{
    /// <inheritdoc/>
    public LedgerUnavailableException() { }

    /// <inheritdoc/>
    public LedgerUnavailableException(string message) : base(message) { }

    /// <inheritdoc/>
    public LedgerUnavailableException(string message, Exception inner) : base(message, inner) { }
}

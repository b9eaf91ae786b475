using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Ingest.Ledgers;

/// <summary>A block by number and hash.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Hash">Its hash, as the ledger writes it.</param>
public readonly record struct LedgerBlockRef(long Number, string Hash);

/// <summary>A block's identity and its place in the chain.</summary>
/// <param name="Number">Block number; consecutive.</param>
/// <param name="Hash">Block hash, as the ledger writes it.</param>
/// <param name="ParentHash">Hash of the block below.</param>
/// <param name="At">Block time.</param>
public sealed record LedgerHeader(long Number, string Hash, string ParentHash, DateTimeOffset At);

/// <summary>What a block says about one transaction.</summary>
/// <param name="Id">The transaction's identifier on its ledger.</param>
/// <param name="ValidationCode">What the ledger decided, in its own words: <c>success</c> and <c>reverted</c> on EVM, the validation code's name on Fabric.</param>
/// <param name="Records">What it means to the monitor, in the order in which it happened; empty when it concerns nothing that is watched.</param>
public sealed record LedgerTransaction(string Id, string ValidationCode, IReadOnlyList<SourceRecord> Records);

/// <summary>A block with what its transactions mean.</summary>
/// <param name="Header">Which block.</param>
/// <param name="Transactions">Its transactions, in order.</param>
public sealed record LedgerBlock(LedgerHeader Header, IReadOnlyList<LedgerTransaction> Transactions);

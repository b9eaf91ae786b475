namespace SentinelHealth.Response.Ledgers;

/// <summary>What is anchored: how large the evidence log was, and a hash of its signed head.</summary>
/// <param name="Log">Which log, 0x-hex of 32 bytes: one log never grows under another's name.</param>
/// <param name="Size">Entries.</param>
/// <param name="Root">Root of the Merkle tree, 0x-hex of 32 bytes.</param>
public sealed record EvidenceAnchor(string Log, long Size, string Root);

/// <summary>The proof that something is anchored.</summary>
/// <param name="Anchor">What.</param>
/// <param name="Receipt">Where and when.</param>
public sealed record AnchorReceipt(EvidenceAnchor Anchor, LedgerReceipt Receipt)
{
    /// <summary>The signed block itself, where the ledger is the embedded one: it can be checked without asking anybody. Else null.</summary>
    public EmbeddedBlock? Block { get; init; }
}

/// <summary>A block of the embedded ledger, with what is needed to check its signature.</summary>
/// <param name="PreviousHash">Hash of the block before, base64.</param>
/// <param name="Body">The entry as JSON, base64.</param>
/// <param name="Signature">ECDSA P-256 over the block's hash, base64.</param>
/// <param name="PublicKey">The ledger's key, SubjectPublicKeyInfo, base64.</param>
public sealed record EmbeddedBlock(string PreviousHash, string Body, string Signature, string PublicKey);

/// <summary>What the ledger said to an anchor. A closed set.</summary>
public abstract record AnchorReply
{
    private AnchorReply() { }

    /// <summary>It is on the ledger, now or since an earlier attempt.</summary>
    public sealed record Anchored(AnchorReceipt Receipt) : AnchorReply;

    /// <summary>The ledger refused: the size does not grow, or the account may not anchor.</summary>
    public sealed record Refused(string Reason) : AnchorReply;

    /// <summary>No answer: ask before sending again.</summary>
    public sealed record Unknown(string Reason) : AnchorReply;
}

/// <summary>
/// The anchor contract of a ledger: roots of evidence logs, append-only, each larger than the one before. Two implementations pass one
/// conformance suite: EVM over JSON-RPC and the embedded one.
/// </summary>
/// <remarks>Nothing about a person is ever anchored: a root of roots over salted commitments.</remarks>
public interface IEvidenceAnchors
{
    /// <summary>Anchors a root. The same anchor again is answered with the first one's receipt.</summary>
    Task<AnchorReply> AnchorAsync(EvidenceAnchor anchor, CancellationToken cancel);

    /// <summary>The newest anchor of a log; null before the first.</summary>
    /// <exception cref="LedgerUnavailableException">The ledger could not be read.</exception>
    Task<AnchorReceipt?> LatestAnchorAsync(string log, CancellationToken cancel);
}

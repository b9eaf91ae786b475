using Microsoft.Data.Sqlite;

namespace SentinelHealth.Response.Ledgers;

/// <content>Roots of evidence logs, with the rules of the anchor contract.</content>
public sealed partial class EmbeddedLedger : IEvidenceAnchors
{
    /// <summary>The newest anchor of each log and its block. One log each, a handful.</summary>
    private readonly Dictionary<string, (EvidenceAnchor Anchor, long Block)> _anchors = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async Task<AnchorReply> AnchorAsync(EvidenceAnchor anchor, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(anchor);
        try
        {
            return await LockedAsync(() => Anchor(anchor), cancel);
        }
        catch (SqliteException fault)
        {
            return new AnchorReply.Unknown($"The ledger's file could not be written: {fault.Message}");
        }
    }

    /// <inheritdoc/>
    public Task<AnchorReceipt?> LatestAnchorAsync(string log, CancellationToken cancel) =>
        ReadAsync(() => _anchors.TryGetValue(log, out var known) ? ReceiptOf(known.Anchor, known.Block) : null, cancel);

    private AnchorReply Anchor(EvidenceAnchor anchor)
    {
        if (!IsKey(anchor.Log) || !IsKey(anchor.Root))
            return new AnchorReply.Refused("A log and a root are 32 bytes as 0x-hex.");
        var latest = _anchors.GetValueOrDefault(anchor.Log);
        if (latest.Anchor == anchor)
            return new AnchorReply.Anchored(ReceiptOf(anchor, latest.Block));
        if (anchor.Size <= (latest.Anchor?.Size ?? 0))
            return new AnchorReply.Refused($"The log has {latest.Anchor?.Size ?? 0} entries anchored, and must grow.");
        Append(Draft(LedgerRole.Recorder, "") with { Anchor = anchor });
        return new AnchorReply.Anchored(ReceiptOf(anchor, _chain.Head!.Number));
    }

    private void Apply(LedgerEntry entry)
    {
        _state.Apply(entry);
        if (entry.Anchor is { } anchor)
            _anchors[anchor.Log] = (anchor, entry.Number);
    }

    private AnchorReceipt ReceiptOf(EvidenceAnchor anchor, long number)
    {
        var block = _chain.At(number);
        return new AnchorReceipt(anchor, ReceiptOf(block, LedgerEntry.FromBytes(block.Body)))
        {
            Block = new EmbeddedBlock(
                Convert.ToBase64String(block.PreviousHash), Convert.ToBase64String(block.Body),
                Convert.ToBase64String(block.Signature),
                Convert.ToBase64String(_key.PublicKey)),
        };
    }
}

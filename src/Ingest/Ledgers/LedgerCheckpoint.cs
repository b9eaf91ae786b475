namespace SentinelHealth.Ingest.Ledgers;

/// <summary>How far a chain was read: the last block, and enough of the way there to find back after a fork.</summary>
/// <param name="GenesisHash">Hash of block 0: which chain this is.</param>
/// <param name="Kept">The last blocks read, oldest first, without gaps; at most <see cref="KeptMax"/>.</param>
public sealed record LedgerCheckpoint(string GenesisHash, IReadOnlyList<LedgerBlockRef> Kept)
{
    /// <summary>Blocks kept: the deepest fork whose common ancestor is found again.</summary>
    public const int KeptMax = 256;

    /// <summary>
    /// Blocks whose events were about to be handed over, oldest first, following <see cref="Kept"/>. After a crash they may or may not have
    /// been: they are read again, and if they are gone by then, that is told.
    /// </summary>
    public IReadOnlyList<LedgerBlockRef> UnderWay { get; init; } = [];

    /// <summary>The last block read; null when none was.</summary>
    public LedgerBlockRef? Last => Kept.Count == 0 ? null : Kept[^1];

    /// <summary>The checkpoint after more blocks, each the child of the one before.</summary>
    /// <exception cref="ArgumentException">A block does not follow the one before it.</exception>
    public LedgerCheckpoint After(params IReadOnlyList<LedgerHeader> blocks)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        var last = Last;
        foreach (var block in blocks)
        {
            if (last is { } below && (block.Number != below.Number + 1 || block.ParentHash != below.Hash))
                throw new ArgumentException("A checkpoint moves from a block to its child.", nameof(blocks));
            last = new(block.Number, block.Hash);
        }
        return this with
        {
            Kept = [.. Kept.Concat(blocks.Select(block => new LedgerBlockRef(block.Number, block.Hash))).TakeLast(KeptMax)],
            UnderWay = [.. UnderWay.Where(block => block.Number > last?.Number)],
        };
    }

    /// <summary>The checkpoint while the events of the next blocks are handed over.</summary>
    public LedgerCheckpoint HandingOver(params IReadOnlyList<LedgerHeader> blocks)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        var beyond = UnderWay.Where(block => block.Number > blocks[^1].Number);
        return this with { UnderWay = [.. blocks.Select(block => new LedgerBlockRef(block.Number, block.Hash)), .. beyond] };
    }

    /// <summary>The checkpoint as if what was under way had been read: the ledger has shown all of it.</summary>
    public LedgerCheckpoint AsShown() => UnderWay.Count == 0 ? this : this with { Kept = [.. Kept, .. UnderWay], UnderWay = [] };

    /// <summary>The checkpoint back at one of its kept blocks, or before the first when none is given.</summary>
    public LedgerCheckpoint BackTo(LedgerBlockRef? ancestor) =>
        this with { Kept = [.. Kept.Where(block => ancestor is { } to && block.Number <= to.Number)], UnderWay = [] };

    /// <summary>The hash kept for a number; null when it is not kept.</summary>
    public string? HashAt(long number)
    {
        var index = Kept.Count == 0 ? -1 : number - Kept[0].Number;
        return index >= 0 && index < Kept.Count ? Kept[(int)index].Hash : null;
    }
}

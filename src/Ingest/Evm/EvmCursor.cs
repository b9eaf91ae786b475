namespace SentinelHealth.Ingest.Evm;

/// <summary>A block by number and hash.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Hash">Its hash, 0x-hex.</param>
public readonly record struct EvmBlockRef(long Number, string Hash);

/// <summary>How far a chain was read: the last block, and enough of the way there to find back after a fork.</summary>
/// <param name="GenesisHash">Hash of block 0: which chain this is.</param>
/// <param name="Kept">The last blocks read, oldest first, without gaps; at most <see cref="KeptMax"/>.</param>
public sealed record EvmCursor(string GenesisHash, IReadOnlyList<EvmBlockRef> Kept)
{
    /// <summary>Blocks kept: the deepest fork whose common ancestor is found again.</summary>
    public const int KeptMax = 256;

    /// <summary>The last block read; null when none was.</summary>
    public EvmBlockRef? Last => Kept.Count == 0 ? null : Kept[^1];

    /// <summary>The cursor after one more block.</summary>
    /// <exception cref="ArgumentException">The block does not follow the last one.</exception>
    public EvmCursor After(EvmBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        if (Last is { } last && (block.Number != last.Number + 1 || block.ParentHash != last.Hash))
            throw new ArgumentException("A cursor moves from a block to its child.", nameof(block));
        return this with { Kept = [.. Kept.Skip(Kept.Count - KeptMax + 1), new(block.Number, block.Hash)] };
    }

    /// <summary>The cursor back at one of its kept blocks, or before the first when none is given.</summary>
    public EvmCursor BackTo(EvmBlockRef? ancestor) =>
        this with { Kept = [.. Kept.Where(block => ancestor is { } to && block.Number <= to.Number)] };

    /// <summary>The hash kept for a number; null when it is not kept.</summary>
    public string? HashAt(long number)
    {
        var index = Kept.Count == 0 ? -1 : number - Kept[0].Number;
        return index >= 0 && index < Kept.Count ? Kept[(int)index].Hash : null;
    }
}

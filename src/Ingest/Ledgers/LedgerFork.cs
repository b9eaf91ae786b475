namespace SentinelHealth.Ingest.Ledgers;

/// <summary>A fork below blocks that had been read.</summary>
/// <param name="Expected">The last block read, which this endpoint does not have.</param>
/// <param name="Observed">What stands at its height here; the endpoint's newest block when the chain is shorter.</param>
/// <param name="Ancestor">The newest block both have; null when none is kept.</param>
/// <param name="Depth">Blocks that were read and are gone; at least so many when there is no ancestor.</param>
internal sealed record LedgerFork(LedgerBlockRef Expected, LedgerHeader Observed, LedgerBlockRef? Ancestor, long Depth)
{
    /// <summary>Where the chain left the path that was read; null when it did not.</summary>
    /// <exception cref="LedgerAnswerException">The endpoint is merely behind, on the same path.</exception>
    public static async Task<LedgerFork?> FindAsync(
        ILedgerReader reader, LedgerCheckpoint checkpoint, long head, CancellationToken cancel)
    {
        var last = checkpoint.Last!.Value;
        var numbers = checkpoint.Kept.Select(block => block.Number).Where(number => number <= head).ToArray();
        var (_, blocks) = await reader.LookAsync([.. numbers, Math.Min(head, last.Number)], cancel);
        var observed = blocks[^1] ?? throw new LedgerAnswerException("The node does not have its own newest block.");
        LedgerBlockRef? ancestor = null;
        foreach (var block in blocks.OfType<LedgerHeader>().Where(block => checkpoint.HashAt(block.Number) == block.Hash))
            ancestor = new(block.Number, block.Hash);
        var isBehind = head < last.Number
            && (ancestor?.Number == head
                || (numbers.Length == 0 && await ReadGenesisAsync(reader, cancel) == checkpoint.GenesisHash));
        if (isBehind)
            throw new LedgerAnswerException($"The node is at block {head}, behind block {last.Number} that was read before.");
        var depth = last.Number - (ancestor?.Number ?? checkpoint.Kept[0].Number - 1);
        return depth == 0 ? null : new LedgerFork(last, observed, ancestor, depth);
    }

    public static async Task<string> ReadGenesisAsync(ILedgerReader reader, CancellationToken cancel)
    {
        var (_, blocks) = await reader.LookAsync([0], cancel);
        return blocks[0]?.Hash ?? throw new LedgerAnswerException("The node has no block 0.");
    }
}

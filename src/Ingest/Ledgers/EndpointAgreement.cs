namespace SentinelHealth.Ingest.Ledgers;

/// <summary>A change in what is known of an endpoint.</summary>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="LagBlocks">How far it is behind; 0 when that is not the matter.</param>
/// <param name="Head">Its head.</param>
/// <param name="Other">The block it has instead of the agreed one; null when that is not the matter.</param>
internal readonly record struct EndpointChange(ILedgerReader Endpoint, long LagBlocks, long Head, LedgerHeader? Other);

/// <summary>
/// Holds endpoints against each other and against what was read. Each trouble is told once, when it begins; it is told again
/// only after the endpoint had agreed in between. Pure.
/// </summary>
internal sealed class EndpointAgreement(long lagBlocksMax)
{
    private readonly HashSet<ILedgerReader> _lagging = [];
    private readonly HashSet<ILedgerReader> _forked = [];

    /// <summary>What began since the last comparison.</summary>
    /// <param name="read">The last block read.</param>
    /// <param name="opinions">What the endpoints say of that block, and their heads.</param>
    public IReadOnlyList<EndpointChange> Compare(LedgerBlockRef read, IReadOnlyList<LedgerOpinion> opinions)
    {
        var changes = new List<EndpointChange>();
        var heads = opinions.Where(opinion => opinion.Look is not null).ToList();
        var furthest = heads.Count == 0 ? 0 : heads.Max(opinion => opinion.Look!.Head);
        foreach (var (reader, look) in heads)
        {
            var lag = furthest - look!.Head;
            if (lag <= lagBlocksMax)
                _lagging.Remove(reader);
            else if (_lagging.Add(reader))
                changes.Add(new(reader, lag, look.Head, null));
            if (look.Blocks[0] is not { } block)
                continue;
            if (block.Hash == read.Hash)
                _forked.Remove(reader);
            else if (_forked.Add(reader))
                changes.Add(new(reader, 0, look.Head, block));
        }
        return changes;
    }

    /// <summary>An endpoint to use instead: it has the last block read and is not behind. Null when there is none.</summary>
    public static ILedgerReader? Better(LedgerBlockRef read, IReadOnlyList<LedgerOpinion> opinions) => opinions
        .Where(opinion => opinion.Look is { } look && look.Blocks[0]?.Hash == read.Hash)
        .OrderByDescending(opinion => opinion.Look!.Head).Select(opinion => opinion.Reader).FirstOrDefault();

    /// <summary>
    /// Whether enough endpoints answered to believe that the ledger itself moved: more than half. One that answers alone may have
    /// been cut off from the others, or be somebody else's.
    /// </summary>
    public static bool IsMajority(IReadOnlyList<LedgerOpinion> opinions) =>
        opinions.Count(opinion => opinion.Look is not null) * 2 > opinions.Count;

    /// <summary>Whether an endpoint is known to be behind or on a path of its own.</summary>
    public bool IsInTrouble(ILedgerReader reader) => _lagging.Contains(reader) || _forked.Contains(reader);

    /// <summary>Forgets forks: after a reorganization every endpoint is on the new path or is told anew.</summary>
    public void Restart() => _forked.Clear();
}

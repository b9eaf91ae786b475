using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Response.Custody;

/// <summary>Heads that a log is held against while it is read again.</summary>
internal sealed class KnownHeads
{
    private readonly Queue<TreeHead> _heads;
    private long _differsAt = -1;

    /// <param name="heads">The log must have come so far.</param>
    /// <param name="ahead">The log need not have come so far yet, but as far as it has, it must agree.</param>
    public KnownHeads(IReadOnlyList<TreeHead> heads, IReadOnlyList<TreeHead> ahead)
    {
        _heads = new Queue<TreeHead>(heads.Concat(ahead).OrderBy(head => head.Size));
        SizeMax = heads.Count == 0 ? 0 : heads.Max(head => head.Size);
    }

    /// <summary>So many entries there must be.</summary>
    public long SizeMax { get; }

    /// <summary>Notes the first entry whose hash is not the one stored for it: should a root differ, that is where to look.</summary>
    public void Compare(long number, bool differs)
    {
        if (differs && _differsAt < 0)
            _differsAt = number;
    }

    /// <summary>Holds the log so far against every head of its size.</summary>
    public void Check(MerkleRange range)
    {
        while (_heads.TryPeek(out var head) && head.Size == range.Size)
        {
            _heads.Dequeue();
            if (DecisionEvidence.Hex(range.Root()) != head.Root)
                throw new EvidenceTamperedException(_differsAt >= 0
                    ? $"Entry {_differsAt} of the evidence log is not what was entered."
                    : $"The evidence log differs from what was signed of its first {head.Size} entries.");
        }
    }

    /// <summary>A log that is shorter than something signed has lost its end.</summary>
    public void CheckEnd(long size)
    {
        if (size < SizeMax)
            throw new EvidenceTamperedException($"The evidence log ends at entry {size}, and {SizeMax} were signed.");
    }
}

namespace SentinelHealth.Detection.Rules.Sigma.Correlations;

/// <summary>What a correlation remembers of one key: 80 bytes, and blocks with its hits and its values.</summary>
/// <remarks>
/// Its hits are in the order of event time. Those from <see cref="First"/> are in use; those before <see cref="Evaluated"/> have been counted at their
/// instant, the others wait until nothing in time can come before them.
/// </remarks>
internal struct CorrelationKey
{
    /// <summary>Stands for no instant.</summary>
    public const long Never = long.MinValue;

    /// <summary>Hash of the values that make the key.</summary>
    public ulong Hash;

    /// <summary>The engine's clock when the key was last touched, in UTC ticks.</summary>
    public long TouchedAt;

    /// <summary>The instant of the last match, or <see cref="Never"/>.</summary>
    public long MatchedAt;

    /// <summary>The newest instant that was evaluated, or <see cref="Never"/>.</summary>
    public long EvaluatedAt;

    /// <summary>The earliest instant that waits in the queue, or <see cref="Never"/>.</summary>
    public long DueAt;

    /// <summary>Block of the hits.</summary>
    public int Hits;

    /// <summary>How many hits the block has room for.</summary>
    public int Capacity;

    public int First, Evaluated, End;

    /// <summary>Different values among the evaluated hits in use, for types that count them.</summary>
    public int Distinct;

    /// <summary>The list of texts that make the key.</summary>
    public int Group;

    /// <summary>Next key of the same bucket.</summary>
    public int Next;

    /// <summary>Neighbors in the order of their last touch.</summary>
    public int Older, Newer;
}

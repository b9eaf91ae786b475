namespace SentinelHealth.Ingest.Sources;

/// <summary>How a ledger is followed, whatever its kind.</summary>
public sealed record LedgerSourceOptions
{
    /// <summary>The source's name; part of every event's deduplication key, so it must not change between starts.</summary>
    public required string Name { get; init; }

    /// <summary>The chain's name in the events.</summary>
    public required string Chain { get; init; }

    /// <summary>Where the position is kept. Its folder must exist.</summary>
    public required string CheckpointPath { get; init; }

    /// <summary>The first block to read when there is no position yet. Default 0.</summary>
    public long FirstBlock { get; init; }

    /// <summary>
    /// Blocks that must lie on top of a block before it is read. Default 0, for consensus with immediate finality (QBFT, Raft);
    /// more trades latency for fewer reorganizations elsewhere. 0 to 1,000.
    /// </summary>
    public int ConfirmationBlocks { get; init; }

    /// <summary>Blocks asked for at once, at most; fewer while an endpoint cannot answer so many. Default 32; 1 to 1,000.</summary>
    public int BlocksPerRangeMax { get; init; } = 32;

    /// <summary>Wait between looks at a head that has not moved, where the endpoint sends no notices. Default 500 ms; 10 ms to 1 h.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait after failures in a row. Default 30 s; 10 ms to 1 h.</summary>
    public TimeSpan RetryWaitMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the endpoints are held against each other when there are several. Default 30 s; 10 ms to 1 h.</summary>
    public TimeSpan AgreementInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Blocks an endpoint may be behind the furthest one before that is a finding. Default 16; 1 to 1,000,000.</summary>
    public long EndpointLagBlocksMax { get; init; } = 16;

    /// <summary>The node named in events of the source itself, such as a reorganization.</summary>
    public string ObserverNode { get; init; } = "node:monitor";

    /// <summary>Refuses values outside the stated ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public void Validate()
    {
        Require(!string.IsNullOrWhiteSpace(Name), "A ledger source needs a name.");
        Require(!string.IsNullOrWhiteSpace(Chain), "A ledger source needs the chain's name.");
        Require(!string.IsNullOrWhiteSpace(CheckpointPath), "A ledger source needs a place for its position.");
        Require(FirstBlock >= 0, "The first block is not negative.");
        Require(ConfirmationBlocks is >= 0 and <= 1_000, "Confirmation blocks lie between 0 and 1,000.");
        Require(BlocksPerRangeMax is >= 1 and <= 1_000, "Blocks per range lie between 1 and 1,000.");
        Require(EndpointLagBlocksMax is >= 1 and <= 1_000_000, "The lag of an endpoint lies between 1 and 1,000,000 blocks.");
        Require(IsWait(PollInterval), "The poll interval lies between 10 ms and 1 h.");
        Require(IsWait(RetryWaitMax), "The longest retry wait lies between 10 ms and 1 h.");
        Require(IsWait(AgreementInterval), "The interval between comparisons of endpoints lies between 10 ms and 1 h.");
    }

    private static bool IsWait(TimeSpan wait) => wait >= TimeSpan.FromMilliseconds(10) && wait <= TimeSpan.FromHours(1);

    private static void Require(bool holds, string sentence)
    {
        if (!holds)
            throw new ArgumentException(sentence);
    }
}

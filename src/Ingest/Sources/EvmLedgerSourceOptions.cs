using SentinelHealth.Ingest.Evm;

namespace SentinelHealth.Ingest.Sources;

/// <summary>Which node to read, which contracts to watch and how far behind the head to stay.</summary>
public sealed record EvmLedgerSourceOptions
{
    /// <summary>The source's name; part of every event's deduplication key, so it must not change between starts.</summary>
    public required string Name { get; init; }

    /// <summary>The node.</summary>
    public required JsonRpcOptions Node { get; init; }

    /// <summary>The chain's name in the events.</summary>
    public required string Chain { get; init; }

    /// <summary>Addresses (0x-hex) of the watched contracts by contract name; names are those of the shipped artifacts, or
    /// <c>standard:</c> and a name of your own for a contract with the events of OpenZeppelin and the common standards.</summary>
    public required IReadOnlyDictionary<string, string> Contracts { get; init; }

    /// <summary>Where the position is kept. Its folder must exist.</summary>
    public required string CursorPath { get; init; }

    /// <summary>The first block to read when there is no position yet. Default 0.</summary>
    public long FirstBlock { get; init; }

    /// <summary>
    /// Blocks that must lie on top of a block before it is read. Default 0, for consensus with immediate finality (QBFT); more
    /// trades latency for fewer reorganizations elsewhere. 0 to 1,000.
    /// </summary>
    public int ConfirmationBlocks { get; init; }

    /// <summary>Blocks asked for at once. Default 32; more is faster when catching up and needs larger answers. 1 to 1,000.</summary>
    public int BlocksPerRangeMax { get; init; } = 32;

    /// <summary>Wait between looks at a head that has not moved. Default 500 ms; 10 ms to 1 h.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait after failures in a row. Default 30 s; 10 ms to 1 h.</summary>
    public TimeSpan RetryWaitMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The node named in events of the source itself, such as a reorganization.</summary>
    public string ObserverNode { get; init; } = "node:monitor";

    /// <summary>Refuses values outside the stated ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of range, or a contract is unknown or its address malformed.</exception>
    public void Validate()
    {
        Node.Validate();
        Require(!string.IsNullOrWhiteSpace(Name), "A ledger source needs a name.");
        Require(!string.IsNullOrWhiteSpace(Chain), "A ledger source needs the chain's name.");
        Require(!string.IsNullOrWhiteSpace(CursorPath), "A ledger source needs a place for its position.");
        Require(FirstBlock >= 0, "The first block is not negative.");
        Require(ConfirmationBlocks is >= 0 and <= 1_000, "Confirmation blocks lie between 0 and 1,000.");
        Require(BlocksPerRangeMax is >= 1 and <= 1_000, "Blocks per range lie between 1 and 1,000.");
        Require(PollInterval >= TimeSpan.FromMilliseconds(10) && PollInterval <= TimeSpan.FromHours(1),
            "The poll interval lies between 10 ms and 1 h.");
        Require(RetryWaitMax >= TimeSpan.FromMilliseconds(10) && RetryWaitMax <= TimeSpan.FromHours(1),
            "The longest retry wait lies between 10 ms and 1 h.");
        Require(Contracts.Count > 0, "A ledger source needs at least one contract to watch.");
        foreach (var (name, address) in Contracts)
        {
            Require(ContractAbi.IsKnown(name), $"\"{name}\" is not a contract of this product.");
            Require(EvmAddress.TryParse(address, out _), $"The address of {name} is malformed.");
        }
    }

    private static void Require(bool holds, string sentence)
    {
        if (!holds)
            throw new ArgumentException(sentence);
    }
}

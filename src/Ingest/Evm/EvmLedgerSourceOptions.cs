using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Ingest.Evm;

/// <summary>Which nodes of an EVM network to read and which contracts to watch.</summary>
public sealed record EvmLedgerSourceOptions
{
    /// <summary>Endpoints a source takes at most.</summary>
    public const int EndpointsMax = 16;

    /// <summary>How the ledger is followed.</summary>
    public required LedgerSourceOptions Ledger { get; init; }

    /// <summary>The nodes, the preferred one first. Several nodes of one network are held against each other and stand in for each other.</summary>
    public required IReadOnlyList<EvmEndpoint> Endpoints { get; init; }

    /// <summary>
    /// Addresses (0x-hex) of the watched contracts by contract name; names are those of the shipped artifacts, or <c>standard:</c>
    /// and a name of your own for a contract with the events of OpenZeppelin and the common standards.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Contracts { get; init; }

    /// <summary>Refuses values outside the stated ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of range, or a contract is unknown or its address malformed.</exception>
    public void Validate()
    {
        Ledger.Validate();
        Require(Endpoints.Count is >= 1 and <= EndpointsMax, $"A ledger source has 1 to {EndpointsMax} endpoints.");
        foreach (var endpoint in Endpoints)
            endpoint.Validate();
        Require(Endpoints.Select(endpoint => endpoint.Node.Endpoint.Authority).Distinct().Count() == Endpoints.Count,
            "The endpoints of a network differ in host or port: findings name them by it.");
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

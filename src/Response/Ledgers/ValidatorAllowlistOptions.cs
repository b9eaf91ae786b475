using SentinelHealth.Ingest.Evm;

namespace SentinelHealth.Response.Ledgers;

/// <summary>Which validators' own permissioning follows the guard, and how nodes are called there.</summary>
public sealed record ValidatorAllowlistOptions
{
    /// <summary>The JSON-RPC endpoint of every validator's node, with its PERM interface switched on. 1 to 128.</summary>
    public required IReadOnlyList<JsonRpcOptions> Validators { get; init; }

    /// <summary>The <c>enode://</c> address of nodes by their identifier; a quarantined node that is not here stays connected.</summary>
    public IReadOnlyDictionary<string, string> Nodes { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether accounts of suspended actors lose their place, too. Needs the nodes' account permissioning.</summary>
    public bool CoversAccounts { get; init; }

    /// <summary>Refuses values outside the stated ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of range or malformed.</exception>
    public void Validate()
    {
        if (Validators.Count is < 1 or > 128)
            throw new ArgumentException("Permissioning goes to 1 to 128 validators.");
        foreach (var validator in Validators)
            validator.Validate();
        if (Nodes.Values.Any(address => !address.StartsWith("enode://", StringComparison.Ordinal)))
            throw new ArgumentException("A node's address starts with enode://.");
    }
}

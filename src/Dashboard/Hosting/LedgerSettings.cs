using System.ComponentModel.DataAnnotations;
using SentinelHealth.Response.Ledgers;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>Which ledger contains.</summary>
internal enum LedgerKind
{
    /// <summary>The one inside this process.</summary>
    Embedded,

    /// <summary>A node with the guard contract.</summary>
    Evm,
}

/// <summary>The ledger that contains.</summary>
internal sealed record LedgerSection : IValidatableObject
{
    public LedgerKind Kind { get; init; }

    public EmbeddedLedgerSection Embedded { get; init; } = new();

    public EvmLedgerSection? Evm { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Kind == LedgerKind.Evm && Evm is null)
            yield return new("The ledger kind Evm needs this group.", [nameof(Evm)]);
    }
}

/// <summary>Rules of the ledger inside this process.</summary>
internal sealed record EmbeddedLedgerSection
{
    /// <summary>Node identifiers of the validator set; a quarantine that would break its quorum is refused.</summary>
    [MaxLength(1_000)]
    public IReadOnlyList<string> Validators { get; init; } = [];

    /// <summary>Node, grant and actor identifiers, and contracts as <c>contract:NAME</c>, that nothing may contain.</summary>
    [MaxLength(10_000)]
    public IReadOnlyList<string> Protected { get; init; } = [];

    /// <summary>
    /// File that says who belongs to which organization, a line <c>{"id":"node:a-1","organization":"hospital-a"}</c> each, so that the ledger
    /// itself keeps the share of an organization; empty for none.
    /// </summary>
    public string MembersFile { get; init; } = "";

    /// <summary>The part of an organization's actors that the ledger lets be suspended at once.</summary>
    [Range(0.0, 1.0)]
    public double StaffShareMax { get; init; } = new EmbeddedLedgerRules().StaffShareMax;

    /// <summary>The part of an organization's nodes that the ledger lets be quarantined at once.</summary>
    [Range(0.0, 1.0)]
    public double NodeShareMax { get; init; } = new EmbeddedLedgerRules().NodeShareMax;

    /// <summary>Quarantines of nodes an hour before the ledger refuses more.</summary>
    [Range(0, 1_000)]
    public int NodesPerHourMax { get; init; } = 3;

    /// <summary>Withdrawals of grants an hour.</summary>
    [Range(0, 10_000)]
    public int GrantsPerHourMax { get; init; } = 20;

    /// <summary>Suspensions of actors an hour.</summary>
    [Range(0, 10_000)]
    public int ActorsPerHourMax { get; init; } = 10;

    /// <summary>File of the second restorer's key, best on another disk or under another owner; empty for in the data folder.</summary>
    public string SecondRestorerKey { get; init; } = "";

    /// <summary>Pauses of contracts an hour.</summary>
    [Range(0, 1_000)]
    public int ContractsPerHourMax { get; init; } = 1;

    /// <summary>Containments of all kinds in force at once.</summary>
    [Range(0, 1_000)]
    public int TotalLiveMax { get; init; } = new EmbeddedLedgerRules().TotalLiveMax;

    /// <summary>How long the ledger leaves a target alone after a containment of it ended.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan Cooldown { get; init; } = new EmbeddedLedgerRules().Cooldown;
}

/// <summary>A node with the guard contract. Keys stay in the node or in a signer behind it.</summary>
internal sealed record EvmLedgerSection
{
    [Required]
    public Uri? Endpoint { get; init; }

    /// <summary>File with the addresses of the deployed contracts.</summary>
    [Required]
    public string DeploymentFile { get; init; } = "";

    /// <summary>Account that may contain.</summary>
    [Required, RegularExpression("0x[0-9a-fA-F]{40}")]
    public string AutomationAccount { get; init; } = "";

    /// <summary>Account that may restore, used on behalf of people only.</summary>
    [Required, RegularExpression("0x[0-9a-fA-F]{40}")]
    public string RestorerAccount { get; init; } = "";

    /// <summary>Second account without which the guard restores nothing; empty when people restore by their own means.</summary>
    [RegularExpression("(0x[0-9a-fA-F]{40})?")]
    public string SecondRestorerAccount { get; init; } = "";

    /// <summary>Signer of the second restorer's key; empty for the same endpoint.</summary>
    public Uri? SecondSignerEndpoint { get; init; }

    /// <summary>On a QBFT chain: node identifier by validator account; the set is then read from consensus itself.</summary>
    public IReadOnlyDictionary<string, string> ValidatorNodes { get; init; } = new Dictionary<string, string>();

    /// <summary>Web3Signer that signs by its signing endpoint; empty when the node, or what stands in front of it, signs.</summary>
    public Uri? Web3SignerEndpoint { get; init; }

    /// <summary>A further Web3Signer with the second restorer's key; empty for the same.</summary>
    public Uri? SecondWeb3SignerEndpoint { get; init; }

    /// <summary>What a transaction pays for each unit of gas, in wei; 0 on a network without prices.</summary>
    [Range(0, long.MaxValue)]
    public long GasPriceWei { get; init; }

    /// <summary>What one that sticks may pay at most, in wei; empty for eight times the price, 0 to send it again only as it was.</summary>
    [Range(0, long.MaxValue)]
    public long? GasPriceMaxWei { get; init; }

    /// <summary>How long a transaction may wait for a block before it is sent again; several blocks.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan StuckAfter { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The validators' own permissioning, kept in step with the guard; empty to leave it alone.</summary>
    public PermissioningSection? Permissioning { get; init; }

    /// <summary>How long to wait for a sent transaction before asking the ledger what became of it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan ReceiptTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Blocks on top of an effect before it counts as done.</summary>
    [Range(0, 100)]
    public int ConfirmationBlocks { get; init; }
}

/// <summary>A node and its place on the validators' allowlists.</summary>
internal sealed record PermittedNodeSection
{
    /// <summary>Its identifier, as events have it.</summary>
    [Required]
    public string Id { get; init; } = "";

    /// <summary>Its enode address.</summary>
    [Required, RegularExpression("enode://.+")]
    public string Enode { get; init; } = "";
}

/// <summary>Local permissioning of the validators' nodes (Besu's PERM interface).</summary>
internal sealed record PermissioningSection : IValidatableObject
{
    /// <summary>JSON-RPC endpoint of every validator's node.</summary>
    [Required, MinLength(1), MaxLength(128)]
    public IReadOnlyList<Uri> Validators { get; init; } = [];

    /// <summary>Where nodes are found; a quarantined node that is not here stays connected. A list, because identifiers hold colons.</summary>
    [MaxLength(10_000)]
    public IReadOnlyList<PermittedNodeSection> Nodes { get; init; } = [];

    /// <summary>Whether accounts of suspended actors lose their place, too.</summary>
    public bool CoversAccounts { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Nodes.Select(node => node.Id).Distinct(StringComparer.Ordinal).Count() < Nodes.Count)
            yield return new("A node is here twice.", [nameof(Nodes)]);
    }
}

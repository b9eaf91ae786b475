using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Response.Ledgers;

/// <summary>A node or actor and the organization it belongs to.</summary>
/// <param name="Member">Who.</param>
/// <param name="Organization">Of which organization.</param>
public sealed record LedgerMember(EntityRef Member, string Organization);

/// <summary>What the embedded ledger enforces, whoever asks. The same rules as the guard contract; each change is a signed block.</summary>
public sealed record EmbeddedLedgerRules
{
    /// <summary>Node identifiers of the validator set. A quarantine never leaves fewer active than its quorum.</summary>
    public IReadOnlyList<string> Validators { get; init; } = [];

    /// <summary>Entities that are never contained.</summary>
    public IReadOnlyList<EntityRef> Protected { get; init; } = [];

    /// <summary>
    /// Who belongs to which organization: what the network's registries are to the guard contract. Whoever is not here is held by the caps
    /// alone. At most 100,000.
    /// </summary>
    public IReadOnlyList<LedgerMember> Members { get; init; } = [];

    /// <summary>The part of an organization's actors that may be suspended at once, 0 to 1; one always may. Default 0.1.</summary>
    public double StaffShareMax { get; init; } = 0.1;

    /// <summary>The part of an organization's nodes that may be quarantined at once, 0 to 1; one always may. Default 0.5.</summary>
    public double NodeShareMax { get; init; } = 0.5;

    /// <summary>Quarantines of nodes accepted in any <see cref="Window"/>; 0 accepts none. Default 3.</summary>
    public int NodesPerWindowMax { get; init; } = 3;

    /// <summary>Withdrawals of grants accepted in any <see cref="Window"/>; 0 accepts none. Default 20.</summary>
    public int GrantsPerWindowMax { get; init; } = 20;

    /// <summary>Suspensions of actors accepted in any <see cref="Window"/>; 0 accepts none. Default 10.</summary>
    public int ActorsPerWindowMax { get; init; } = 10;

    /// <summary>Pauses of contracts accepted in any <see cref="Window"/>; 0 accepts none. Default 1.</summary>
    public int ContractsPerWindowMax { get; init; } = 1;

    /// <summary>Quarantines of nodes in force at once. Default 6.</summary>
    public int NodesLiveMax { get; init; } = 6;

    /// <summary>Withdrawals of grants in force at once. Default 40.</summary>
    public int GrantsLiveMax { get; init; } = 40;

    /// <summary>Suspensions of actors in force at once. Default 20.</summary>
    public int ActorsLiveMax { get; init; } = 20;

    /// <summary>Pauses of contracts in force at once. Default 2.</summary>
    public int ContractsLiveMax { get; init; } = 2;

    /// <summary>Containments of all kinds in force at once. Default 50.</summary>
    public int TotalLiveMax { get; init; } = 50;

    /// <summary>
    /// How long a target is left alone after a containment of it ended, whoever orders. Default 10 minutes, well below what the
    /// monitor keeps for automation, so that people may act earlier than that.
    /// </summary>
    public TimeSpan Cooldown { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The sliding window of the caps, by block time. Default one hour.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The longest containment automation may order. Default one day.</summary>
    public TimeSpan TtlMax { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The ledger's own kill switch: while paused nothing is contained, restoring stays possible.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Whether two sets of rules say the same.</summary>
    internal bool SaysTheSameAs(EmbeddedLedgerRules other) =>
        Validators.SequenceEqual(other.Validators, StringComparer.Ordinal) && Protected.SequenceEqual(other.Protected)
        && Members.SequenceEqual(other.Members)
        && StaffShareMax.Equals(other.StaffShareMax) && NodeShareMax.Equals(other.NodeShareMax)
        && NodesPerWindowMax == other.NodesPerWindowMax && GrantsPerWindowMax == other.GrantsPerWindowMax
        && ActorsPerWindowMax == other.ActorsPerWindowMax && NodesLiveMax == other.NodesLiveMax
        && GrantsLiveMax == other.GrantsLiveMax && ActorsLiveMax == other.ActorsLiveMax
        && ContractsPerWindowMax == other.ContractsPerWindowMax && ContractsLiveMax == other.ContractsLiveMax
        && TotalLiveMax == other.TotalLiveMax && Cooldown == other.Cooldown
        && Window == other.Window && TtlMax == other.TtlMax
        && IsPaused == other.IsPaused;

    internal int LiveMax(ActionKind kind) => kind switch
    {
        ActionKind.QuarantineNode => NodesLiveMax,
        ActionKind.RevokeGrant => GrantsLiveMax,
        ActionKind.SuspendActor => ActorsLiveMax,
        ActionKind.PauseContract => ContractsLiveMax,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>How many of so many members may be contained at once; null where no share is kept.</summary>
    internal long? MembersMax(ActionKind kind, int members)
    {
        // In hundredths of a percent, as the contract counts: 29 % of 100 is 29, which a product of doubles misses.
        const double whole = 10_000;
        double? share = kind switch
        {
            ActionKind.QuarantineNode => NodeShareMax,
            ActionKind.SuspendActor => StaffShareMax,
            _ => null,
        };
        return share is { } part ? Math.Max(1, (long)Math.Round(part * whole) * members / (long)whole) : null;
    }

    internal int PerWindowMax(ActionKind kind) => kind switch
    {
        ActionKind.QuarantineNode => NodesPerWindowMax,
        ActionKind.RevokeGrant => GrantsPerWindowMax,
        ActionKind.SuspendActor => ActorsPerWindowMax,
        ActionKind.PauseContract => ContractsPerWindowMax,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}

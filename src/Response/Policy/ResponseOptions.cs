using System.ComponentModel.DataAnnotations;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Response.Policy;

/// <summary>How far the response may go, whatever the playbooks ask for. The ledger's guard has limits of its own.</summary>
public sealed record ResponseOptions
{
    /// <summary>The sliding window of the caps. Default one hour.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Quarantines of nodes per window. Default 3; more risks more of the network on one mistake.</summary>
    [Range(0, 1_000)] public int NodesPerWindowMax { get; init; } = 3;

    /// <summary>Withdrawals of grants per window. Default 20.</summary>
    [Range(0, 10_000)] public int GrantsPerWindowMax { get; init; } = 20;

    /// <summary>Suspensions of actors per window. Default 10.</summary>
    [Range(0, 10_000)] public int ActorsPerWindowMax { get; init; } = 10;

    /// <summary>Pauses of contracts per window. Default 1; each stops everybody who uses the contract.</summary>
    [Range(0, 1_000)] public int ContractsPerWindowMax { get; init; } = 1;

    /// <summary>Containments of all kinds per window. Default 25.</summary>
    [Range(0, 10_000)] public int TotalPerWindowMax { get; init; } = 25;

    /// <summary>The part of an organization's active staff that may be suspended at once, 0..1. Default 0.1; one person always may.</summary>
    [Range(0.0, 1.0)] public double StaffShareMax { get; init; } = 0.1;

    /// <summary>The part of an organization's active nodes that may be quarantined at once, 0..1. Default 0.5; one node always may.</summary>
    [Range(0.0, 1.0)] public double NodeShareMax { get; init; } = 0.5;

    /// <summary>How long a target is left alone after a containment of it ended. Default 30 minutes.</summary>
    public TimeSpan Cooldown { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The longest containment. Default one day, as on the ledger.</summary>
    public TimeSpan TtlMax { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long a proposal can be approved. Default one day; what waited longer no longer fits the facts.</summary>
    public TimeSpan ProposalLifetime { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long an approval can be acted on. Default one hour.</summary>
    public TimeSpan ApprovalLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long an order that was sent may still take effect. Default 2 minutes; longer tolerates slower ledgers, and an action
    /// whose order was lost stays unknown for as long.
    /// </summary>
    public TimeSpan OrderLifetime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Kinds that two different people must approve when people approve them. Default: quarantines of nodes and pauses of contracts.</summary>
    public IReadOnlyList<ActionKind> HighImpactKinds { get; init; } = [ActionKind.QuarantineNode, ActionKind.PauseContract];

    /// <summary>How recently whoever approves something of high impact must have signed in. Default 15 minutes.</summary>
    public TimeSpan StepUpWithin { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Times in which automation leaves targets alone.</summary>
    public IReadOnlyList<MaintenanceWindow> MaintenanceWindows { get; init; } = [];

    /// <summary>By when break-glass access must be reviewed. Default three days.</summary>
    public TimeSpan ReviewWithin { get; init; } = TimeSpan.FromDays(3);

    /// <summary>Decide and record, never contain. Default off.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Entities that are never contained, by type and identifier.</summary>
    public IReadOnlyList<EntityRef> ProtectedEntities { get; init; } = [];

    /// <summary>Identifiers that start like this are never contained.</summary>
    public IReadOnlyList<string> ProtectedPrefixes { get; init; } = [];

    /// <summary>Actors in these roles are never contained; case does not matter.</summary>
    public IReadOnlyList<string> ProtectedRoles { get; init; } = [];

    /// <summary>
    /// Whether who decides may know a part of the network's people only, as a worker of a cluster does: an actor of unknown role may then have a
    /// protected one, and is left to people.
    /// </summary>
    public bool IsDirectoryPartial { get; init; }

    /// <summary>How many different people must approve a kind of action: two when its impact is high.</summary>
    internal int ApproversMin(ActionKind kind) => HighImpactKinds.Contains(kind) ? 2 : 1;

    internal int PerWindowMax(ActionKind kind) => kind switch
    {
        ActionKind.QuarantineNode => NodesPerWindowMax,
        ActionKind.RevokeGrant => GrantsPerWindowMax,
        ActionKind.SuspendActor => ActorsPerWindowMax,
        ActionKind.PauseContract => ContractsPerWindowMax,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}

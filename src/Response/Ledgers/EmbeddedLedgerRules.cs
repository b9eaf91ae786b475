using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Response.Ledgers;

/// <summary>What the embedded ledger enforces, whoever asks. The same rules as the guard contract; each change is a signed block.</summary>
public sealed record EmbeddedLedgerRules
{
    /// <summary>Node identifiers of the validator set. A quarantine never leaves fewer active than its quorum.</summary>
    public IReadOnlyList<string> Validators { get; init; } = [];

    /// <summary>Entities that are never contained.</summary>
    public IReadOnlyList<EntityRef> Protected { get; init; } = [];

    /// <summary>Quarantines of nodes accepted in any <see cref="Window"/>; 0 accepts none. Default 3.</summary>
    public int NodesPerWindowMax { get; init; } = 3;

    /// <summary>Withdrawals of grants accepted in any <see cref="Window"/>; 0 accepts none. Default 20.</summary>
    public int GrantsPerWindowMax { get; init; } = 20;

    /// <summary>Suspensions of actors accepted in any <see cref="Window"/>; 0 accepts none. Default 10.</summary>
    public int ActorsPerWindowMax { get; init; } = 10;

    /// <summary>Quarantines of nodes in force at once. Default 6.</summary>
    public int NodesLiveMax { get; init; } = 6;

    /// <summary>Withdrawals of grants in force at once. Default 40.</summary>
    public int GrantsLiveMax { get; init; } = 40;

    /// <summary>Suspensions of actors in force at once. Default 20.</summary>
    public int ActorsLiveMax { get; init; } = 20;

    /// <summary>The sliding window of the caps, by block time. Default one hour.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The longest containment automation may order. Default one day.</summary>
    public TimeSpan TtlMax { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The ledger's own kill switch: while paused nothing is contained, restoring stays possible.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Whether two sets of rules say the same.</summary>
    internal bool SaysTheSameAs(EmbeddedLedgerRules other) =>
        Validators.SequenceEqual(other.Validators, StringComparer.Ordinal) && Protected.SequenceEqual(other.Protected)
        && NodesPerWindowMax == other.NodesPerWindowMax && GrantsPerWindowMax == other.GrantsPerWindowMax
        && ActorsPerWindowMax == other.ActorsPerWindowMax && NodesLiveMax == other.NodesLiveMax
        && GrantsLiveMax == other.GrantsLiveMax && ActorsLiveMax == other.ActorsLiveMax
        && Window == other.Window && TtlMax == other.TtlMax
        && IsPaused == other.IsPaused;

    internal int LiveMax(ActionKind kind) => kind switch
    {
        ActionKind.QuarantineNode => NodesLiveMax,
        ActionKind.RevokeGrant => GrantsLiveMax,
        ActionKind.SuspendActor => ActorsLiveMax,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    internal int PerWindowMax(ActionKind kind) => kind switch
    {
        ActionKind.QuarantineNode => NodesPerWindowMax,
        ActionKind.RevokeGrant => GrantsPerWindowMax,
        ActionKind.SuspendActor => ActorsPerWindowMax,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}

using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Response.Ledgers;

/// <summary>What the embedded ledger enforces, whoever asks. The same rules as the guard contract; each change is a signed block.</summary>
public sealed record EmbeddedLedgerRules
{
    /// <summary>Node identifiers of the validator set. A quarantine never leaves fewer active than its quorum.</summary>
    public IReadOnlyList<string> Validators { get; init; } = [];

    /// <summary>Entities that are never contained.</summary>
    public IReadOnlyList<EntityRef> Protected { get; init; } = [];

    /// <summary>Containments accepted in any <see cref="Window"/>, all kinds together; 0 accepts none. Default 20.</summary>
    public int ContainmentsPerWindowMax { get; init; } = 20;

    /// <summary>The sliding window of the cap, by block time. Default one hour.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The longest containment automation may order. Default one day.</summary>
    public TimeSpan TtlMax { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The ledger's own kill switch: while paused nothing is contained, restoring stays possible.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Whether two sets of rules say the same.</summary>
    internal bool SaysTheSameAs(EmbeddedLedgerRules other) =>
        Validators.SequenceEqual(other.Validators, StringComparer.Ordinal) && Protected.SequenceEqual(other.Protected)
        && ContainmentsPerWindowMax == other.ContainmentsPerWindowMax && Window == other.Window && TtlMax == other.TtlMax
        && IsPaused == other.IsPaused;
}

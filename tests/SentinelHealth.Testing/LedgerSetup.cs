using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Testing;

/// <summary>How a ledger is to be set up before a conformance test talks to it.</summary>
public sealed record LedgerSetup
{
    /// <summary>Four validators tolerate one fault, so exactly one may be quarantined.</summary>
    public IReadOnlyList<string> Validators { get; init; } =
        ["node:hospital-a-1", "node:hospital-b-1", "node:hospital-c-1", "node:hospital-d-1"];

    public IReadOnlyList<EntityRef> Protected { get; init; } = [new(EntityType.Node, "node:emergency-1")];

    /// <summary>The cap of each kind.</summary>
    public int ContainmentsPerWindowMax { get; init; } = 20;

    public TimeSpan Window { get; init; } = TimeSpan.FromHours(1);

    public TimeSpan TtlMax { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Everything in force at once.</summary>
    public int TotalLiveMax { get; init; } = 100;

    /// <summary>Who belongs to which organization.</summary>
    public IReadOnlyList<(EntityRef Member, string Organization)> Members { get; init; } = [];

    /// <summary>The share of an organization's nodes that may be quarantined at once.</summary>
    public double NodeShareMax { get; init; } = 0.5;

    /// <summary>The share of an organization's actors that may be suspended at once.</summary>
    public double StaffShareMax { get; init; } = 0.1;

    /// <summary>How long a target rests.</summary>
    public TimeSpan Cooldown { get; init; }
}

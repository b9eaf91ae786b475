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
}

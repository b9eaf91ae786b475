using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Scenes;

/// <summary>A proof someone has shown.</summary>
internal sealed record ShownProof(string ProofHash, string Nullifier, string Purpose);

/// <summary>A capture that matched.</summary>
internal sealed record SeenProbe(Patient Patient, Capture Capture);

/// <summary>What went over the wire lately and could be recorded by someone who listens. Bounded.</summary>
internal sealed class Memory
{
    public Recent<ShownProof> Proofs { get; } = new(128);

    public Recent<SeenProbe> Probes { get; } = new(256);

    public Recent<Claim> PaidClaims { get; } = new(200);

    public Recent<Deal> ReleasedDeals { get; } = new(64);

    /// <summary>The round each model is in.</summary>
    public Dictionary<string, int> Rounds { get; } = [];

    /// <summary>How many records of each attack instance were refused.</summary>
    public Dictionary<string, int> Refusals { get; } = [];
}

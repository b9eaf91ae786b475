using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Life;
using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Scenes;

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>A zero-knowledge proof seen on the wire is shown again: it still verifies, but its nullifier is spent.</summary>
internal sealed class ProofReplay : Attack
{
    public override string Name => "proof-replay";

    public override string Family => "proofs";

    public override string Description => "A proof someone else has shown is submitted again with the same hash and nullifier.";

    public override IEnumerable<DateTimeOffset> Play(AttackRun run, DateTimeOffset at)
    {
        var replayer = run.Random.Chance(0.5)
            ? run.Network.Institute.AnyOf(StaffRole.Researcher, run.Random)
            : run.Employee(StaffRole.Clinician);
        if (!run.Scene.Memory.Proofs.TryPick(run.Random, out var proof))
            yield break;
        var replays = run.Times(24, 12, 6);
        for (var i = 0; i < replays; i++)
        {
            // The patient ones use each captured proof once.
            if (run.Tempo == Tempo.Slow && run.Scene.Memory.Proofs.TryPick(run.Random, out var other))
                proof = other;
            Show(run, replayer, proof, at);
            yield return at += run.Gap(TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(10), TimeSpan.FromHours(3));
        }
    }

    private static void Show(AttackRun run, Staff replayer, ShownProof proof, DateTimeOffset at) =>
        run.Pen.Prove(run.Habitual(replayer, at), proof);
}

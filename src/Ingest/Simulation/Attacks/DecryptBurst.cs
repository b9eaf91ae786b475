using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Life;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>Keys are collected for later: many unsealed, hardly anything read.</summary>
internal sealed class DecryptBurst : Attack
{
    public override string Name => "decrypt-burst";

    public override string Family => "vault";

    public override string Description => "One account asks the vault for key after key without reading the records.";

    public override IEnumerable<DateTimeOffset> Play(AttackRun run, DateTimeOffset at)
    {
        var account = run.Random.Chance(0.3)
            ? run.Employee(StaffRole.Agent)
            : run.Employee(run.Random.Chance(0.5) ? StaffRole.Technician : StaffRole.Clinician);
        var keys = run.Times(100, 50, 26);
        for (var i = 0; i < keys; i++)
        {
            if (Targets.Allowed(run, account, at) is { } access)
                run.Pen.Decrypt(run.Habitual(account, at), access);
            yield return at += run.Gap(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(50), TimeSpan.FromMinutes(30));
        }
    }
}

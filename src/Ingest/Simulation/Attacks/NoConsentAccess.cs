using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>Nothing on the ledger explains the access: no consent, no grant, no broken glass.</summary>
internal sealed class NoConsentAccess : Attack
{
    public override string Name => "no-consent-access";

    public override string Family => "consent";

    public override string Description => "Records are read and decrypted although no consent and no grant allows it.";

    public override IEnumerable<DateTimeOffset> Play(AttackRun run, DateTimeOffset at)
    {
        var reader = run.Employee(run.Random.Unit() switch
        {
            < 0.5 => StaffRole.Clinician,
            < 0.8 => StaffRole.Nurse,
            _ => StaffRole.Registrar,
        });
        var reads = run.Times(30, 16, 8);
        for (var i = 0; i < reads; i++)
        {
            if (Targets.Forbidden(run, reader, at) is { } access)
            {
                if (run.Random.Chance(0.75))
                    run.Pen.Read(run.Habitual(reader, at), access);
                else
                    run.Pen.Decrypt(run.Habitual(reader, at), access);
            }
            yield return at += run.Gap(TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(6), TimeSpan.FromHours(2.5));
        }
    }
}

using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Life;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>A patient withdraws, and someone goes on reading as if nothing had happened.</summary>
internal sealed class RevokedConsentAccess : Attack
{
    public override string Name => "revoked-consent-access";

    public override string Family => "consent";

    public override string Description => "Records are read after the patient has withdrawn the consent that allowed it.";

    public override IEnumerable<DateTimeOffset> Play(AttackRun run, DateTimeOffset at)
    {
        var hospital = run.Hospital();
        var reader = hospital.AnyOf(run.Random.Chance(0.7) ? StaffRole.Clinician : StaffRole.Nurse, run.Random);
        var patients = run.Times(5, 3, 2);
        for (var i = 0; i < patients; i++)
        {
            if (Targets.Consenting(run, hospital, "TREAT", at) is not { } found)
                continue;
            // The withdrawal itself is the patient's right and not part of the attack.
            var desk = hospital.AnyOf(StaffRole.Registrar, run.Random);
            var honest = new Pen(run.Scene, null, run.Random);
            var gone = honest.Withdraw(
                Permissions.Signer(run.Scene, found.Patient, desk, run.Random, at), found.Patient, found.Consent, at.AddDays(14));
            yield return at = gone + run.Gap(TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(50), TimeSpan.FromHours(7));
            var reads = run.Times(7, 4, 3);
            for (var read = 0; read < reads; read++)
            {
                var access = new Access(found.Patient, "TREAT", run.Random.Pick(found.Consent.Scope), found.Consent);
                // Grants given since then would make the reading legitimate.
                if (!found.Patient.IsOpenTo(reader, "TREAT", access.Category, at))
                    run.Pen.Read(run.Habitual(reader, at), access);
                yield return at += run.Gap(TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(6), TimeSpan.FromHours(2));
            }
        }
    }
}

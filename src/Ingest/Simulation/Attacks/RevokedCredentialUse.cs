using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Life;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>A credential was revoked because it leaked, and whoever has the leak goes on showing it.</summary>
internal sealed class RevokedCredentialUse : Attack
{
    public override string Name => "revoked-credential-use";

    public override string Family => "identity";

    public override string Description => "Accesses show a credential after it was revoked.";

    public override IEnumerable<DateTimeOffset> Play(AttackRun run, DateTimeOffset at)
    {
        var victim = run.Employee(run.Random.Chance(0.5) ? StaffRole.Clinician : StaffRole.Nurse);
        if (victim.CredentialId is not { } leaked)
            yield break;
        // The exchange itself is right and unlabelled; the victim uses the new credential from now on.
        var admin = victim.Home.AnyOf(StaffRole.Administrator, run.Random);
        var honest = new Pen(run.Scene, null, run.Random);
        honest.IssueCredential(run.Habitual(admin, at), victim);
        yield return at += TimeSpan.FromMinutes(12);
        honest.RevokeCredential(run.Habitual(admin, at), victim, leaked);
        var thief = new Account(victim.Did, victim.RoleName, victim.Home) { CredentialId = leaked, ShowsCredential = 1 };
        var accesses = run.Times(32, 18, 10);
        for (var i = 0; i < accesses; i++)
        {
            yield return at += run.Gap(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(8), TimeSpan.FromHours(2.5));
            if (Patients.Next(victim, run.Random, at) is { } patient
                && Care.Find(patient, victim, "TREAT", run.Random, at) is { } access)
                run.Pen.Read(run.Habitual(victim, at) with { Actor = thief }, access);
        }
    }
}

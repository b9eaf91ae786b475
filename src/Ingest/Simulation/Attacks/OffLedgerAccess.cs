using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Life;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>
/// The matcher or the template store is used past the ledger: the query log has an access the ledger never saw.
/// </summary>
internal sealed class OffLedgerAccess : Attack
{
    private static readonly string[] Operations = ["export", "decrypt", "export"];

    public override string Name => "off-ledger-access";

    public override string Family => "biometric";

    public override string Description => "Templates are matched, exported or decrypted without a transaction on the ledger.";

    public override IEnumerable<DateTimeOffset> Play(AttackRun run, DateTimeOffset at)
    {
        var insider = run.Employee(run.Random.Chance(0.5) ? StaffRole.Registrar : StaffRole.Clinician);
        var place = Presence.Place(insider, run.Random);
        // Either no transaction is named, or one that was never sent.
        var isDangling = run.Random.Chance(0.5);
        var accesses = run.Times(50, 24, 12);
        for (var i = 0; i < accesses; i++)
        {
            if (Targets.Allowed(run, insider, at) is { Patient.TemplateVersion: > 0 } access)
                Use(run, run.Habitual(insider, at), place, (access, isDangling ? run.Pen.NewTransaction() : null));
            yield return at += run.Gap(TimeSpan.FromSeconds(12), TimeSpan.FromMinutes(5), TimeSpan.FromHours(2));
        }
    }

    private static void Use(AttackRun run, Moment moment, Records.Workplace place, (Access Access, string? Transaction) what)
    {
        if (run.Random.Chance(0.5))
            run.Pen.Template(moment, place, what.Access, (run.Random.Pick(Operations), what.Transaction));
        else
            run.Pen.Verify(moment, place, what.Access,
                (Capture.Genuine(run.Random, what.Access.Patient, run.Scene.Ids.Fingerprint()), what.Transaction));
    }
}

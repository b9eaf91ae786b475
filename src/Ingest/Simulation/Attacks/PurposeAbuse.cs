using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Life;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>Consent was given, but not for this: another purpose, or a category it does not name.</summary>
internal sealed class PurposeAbuse : Attack
{
    public override string Name => "purpose-abuse";

    public override string Family => "consent";

    public override string Description => "Records consented for one purpose or scope are read for another.";

    public override IEnumerable<DateTimeOffset> Play(AttackRun run, DateTimeOffset at)
    {
        var (home, purpose, abusedPurpose, category) = run.Random.Below(3) switch
        {
            0 => (run.Hospital(), "TREAT", "HRESCH", "laboratory"),
            1 => (run.Network.Insurer, "HPAYMT", "HPAYMT", "laboratory"),
            _ => (run.Network.Institute, "HRESCH", "HRESCH", "notes"),
        };
        var reader = home.AnyOf(RoleOf(home), run.Random);
        var reads = run.Times(50, 28, 14);
        for (var i = 0; i < reads; i++)
        {
            if (Targets.Consenting(run, home, purpose, at) is { } found
                && !found.Patient.IsOpenTo(reader, abusedPurpose, category, at))
                run.Pen.Read(run.Habitual(reader, at), new Access(found.Patient, abusedPurpose, category, found.Consent));
            yield return at += run.Gap(TimeSpan.FromSeconds(25), TimeSpan.FromMinutes(7), TimeSpan.FromHours(1.5));
        }
    }

    private static StaffRole RoleOf(Organization home) => home.Kind switch
    {
        OrganizationKind.Insurer => StaffRole.ClaimsOfficer,
        OrganizationKind.Institute => StaffRole.Researcher,
        _ => StaffRole.Clinician,
    };
}

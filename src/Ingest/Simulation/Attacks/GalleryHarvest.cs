using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Life;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>Faces from somewhere else are run through the whole gallery to learn who is a patient.</summary>
internal sealed class GalleryHarvest : Attack
{
    public override string Name => "gallery-harvest";

    public override string Family => "biometric";

    public override string Description => "One account searches face after face in the whole gallery, from one device.";

    public override IEnumerable<DateTimeOffset> Play(AttackRun run, DateTimeOffset at)
    {
        var account = run.Employee(run.Random.Chance(0.5) ? StaffRole.Registrar : StaffRole.Clinician);
        var place = Presence.Place(account, run.Random);
        var searches = run.Times(110, 60, 30);
        for (var i = 0; i < searches; i++)
        {
            Search(run, run.Habitual(account, at), place, account);
            yield return at += run.Gap(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(40));
        }
    }

    private static void Search(AttackRun run, Moment moment, Records.Workplace place, Staff account)
    {
        var gallery = account.Home.Patients.Count;
        var found = run.Random.Chance(0.35) ? run.Random.Pick(account.Home.Patients) : null;
        if (found?.Basis(account, "ETREAT", "notes", moment.At) is not { } basis)
        {
            run.Pen.Identify(moment, place, null, (gallery, "ETREAT", null, null));
            return;
        }
        var transaction = run.Pen.Read(moment, new Access(found, "ETREAT", "notes", basis));
        run.Pen.Identify(moment.After(run.Random.Seconds(0.5, 4)), place, found, (gallery, "ETREAT", basis, transaction));
    }
}

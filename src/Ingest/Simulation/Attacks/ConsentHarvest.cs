using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Life;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>Consents nobody gave, all to the same grantee, written by a desk that was taken over.</summary>
internal sealed class ConsentHarvest : Attack
{
    private static readonly string[] Everything = ["notes", "laboratory", "imaging", "genomics", "medication"];

    public override string Name => "consent-harvest";

    public override string Family => "consent";

    public override string Description =>
        "One account writes consents of patient after patient to one and the same grantee, who then reads.";

    public override IEnumerable<DateTimeOffset> Play(AttackRun run, DateTimeOffset at)
    {
        var desk = run.Employee(StaffRole.Registrar);
        var grantee = run.Random.Chance(0.5)
            ? run.Network.Institute.AnyOf(StaffRole.Researcher, run.Random)
            : run.Network.Laboratory.AnyOf(StaffRole.Technician, run.Random);
        var consents = run.Times(110, 60, 30);
        for (var i = 0; i < consents; i++)
        {
            var patient = run.Random.Pick(desk.Home.Patients);
            var consent = run.Pen.Consent(run.Habitual(desk, at), patient, To(run, grantee, at));
            yield return at += run.Gap(TimeSpan.FromSeconds(6), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(45));
            if (run.Random.Chance(0.3) && !consent.IsVoid)
                run.Pen.Read(run.Habitual(grantee, at), new Access(patient, "HRESCH", run.Random.Pick(Everything), consent));
        }
    }

    private static Authorization To(AttackRun run, Staff grantee, DateTimeOffset at) => new()
    {
        Id = run.Scene.Ids.Next("c"),
        IsGrant = false,
        Grantee = grantee.Did,
        Purpose = "HRESCH",
        Scope = Everything,
        GivenAt = at,
        ExpiresAt = at.AddDays(run.Random.Whole(30, 365)),
    };
}

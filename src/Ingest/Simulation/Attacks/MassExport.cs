using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Life;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>A compromised account takes out what its consents allow, as fast as it dares.</summary>
internal sealed class MassExport : Attack
{
    public override string Name => "mass-export";

    public override string Family => "access";

    public override string Description =>
        "A compromised account reads, decrypts and exports patient after patient at night under valid consents.";

    public override IEnumerable<DateTimeOffset> Play(AttackRun run, DateTimeOffset at)
    {
        var thief = run.Employee(run.Random.Chance(0.6) ? StaffRole.Clinician : StaffRole.Registrar);
        yield return at = run.AtNight(at);
        var place = Presence.Place(thief, run.Random);
        var patients = run.Times(150, 110, 60);
        for (var i = 0; i < patients; i++)
        {
            if (Targets.Allowed(run, thief, at) is { } access)
                Take(run, run.Habitual(thief, at), place, access);
            yield return at += run.Gap(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(40), TimeSpan.FromMinutes(5));
        }
    }

    private static void Take(AttackRun run, Moment moment, Records.Workplace place, Access access)
    {
        var transaction = run.Pen.Read(moment, access);
        if (run.Random.Chance(0.7))
            run.Pen.Decrypt(moment.After(run.Random.Seconds(0.2, 2)), access);
        if (run.Random.Chance(0.25))
            run.Pen.Template(moment.After(run.Random.Seconds(0.5, 2)), place, access, ("export", transaction));
    }
}

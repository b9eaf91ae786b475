using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Life;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>
/// Curiosity: everything is allowed by the letter, on the usual machine in the usual hours; only the patients are the wrong
/// ones.
/// </summary>
internal sealed class Snooping : Attack
{
    public override string Name => "snooping";

    public override string Family => "access";

    public override string Description =>
        "A member of staff reads patients outside the own ward and panel under a consent to the whole house.";

    public override IEnumerable<DateTimeOffset> Play(AttackRun run, DateTimeOffset at)
    {
        var thief = run.Employee(run.Random.Chance(0.5) ? StaffRole.Nurse : StaffRole.Clinician);
        var victims = run.Times(45, 28, 16);
        for (var i = 0; i < victims; i++)
        {
            if (Targets.Allowed(run, thief, at) is { } access)
                Look(run, thief, access, at);
            yield return at += run.Gap(TimeSpan.FromMinutes(1.5), TimeSpan.FromMinutes(9), TimeSpan.FromHours(3));
        }
    }

    private static void Look(AttackRun run, Staff thief, Access access, DateTimeOffset at)
    {
        var moment = run.Habitual(thief, at);
        if (access.Patient.TemplateVersion > 0 && run.Random.Chance(0.15))
            Care.VerifiedRead(run.Pen, moment, Presence.Place(thief, run.Random), access);
        else
            run.Pen.Read(moment, access);
        if (run.Random.Chance(0.4))
            run.Pen.Read(moment.After(run.Random.Seconds(5, 40)), access);
    }
}

using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Life;
using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Records;

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>An account without business in governance takes it over: roles first, then code, then the brakes.</summary>
internal sealed class GovernanceTakeover : Attack
{
    public override string Name => "governance-takeover";

    public override string Family => "governance";

    public override string Description =>
        "An unusual account grants roles, upgrades contracts and pauses others in quick succession.";

    public override IEnumerable<DateTimeOffset> Play(AttackRun run, DateTimeOffset at)
    {
        var usurper = run.Random.Chance(0.6)
            ? run.Employee(run.Random.Chance(0.5) ? StaffRole.Technician : StaffRole.ClaimsOfficer)
            : run.Network.Laboratory.AnyOf(StaffRole.Administrator, run.Random);
        yield return at = run.AtNight(at);
        var acts = run.Times(14, 9, 6);
        for (var i = 0; i < acts; i++)
        {
            Seize(run, run.Habitual(usurper, at), i);
            yield return at += run.Gap(TimeSpan.FromSeconds(50), TimeSpan.FromMinutes(15), TimeSpan.FromHours(4));
        }
    }

    private static void Seize(AttackRun run, Moment moment, int step)
    {
        var target = Argument.Text(Names.Target, run.Random.Pick(Administration.Targets));
        switch (step % 5)
        {
            case 0:
                run.Pen.Govern(moment, "grantRole", Argument.Text(Names.Role, "ADMIN"),
                    Argument.Text(Names.Account, moment.Actor.Did));
                break;
            case 1:
                run.Pen.Govern(moment, "upgrade", target, Argument.Text(Names.Implementation, run.Scene.Ids.Address()));
                break;
            case 2:
                var rival = run.Employee(StaffRole.Administrator);
                run.Pen.Govern(moment, "revokeRole", Argument.Text(Names.Role, "ADMIN"), Argument.Text(Names.Account, rival.Did));
                break;
            case 3:
                run.Pen.Govern(moment, "pause", target);
                break;
            default:
                run.Pen.Govern(moment, "setParameter",
                    Argument.Text(Names.Name, run.Random.Pick(Administration.Parameters)),
                    Argument.Number(Names.Value, run.Random.Whole(100, 5_000)));
                break;
        }
    }
}

using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Life;
using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Records;

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>A known account from an unknown place: nothing else about the single access is wrong.</summary>
internal sealed class StolenCredential : Attack
{
    public override string Name => "stolen-credential";

    public override string Family => "access";

    public override string Description => "A known account works from a new device, address, country and node at odd hours.";

    public override IEnumerable<DateTimeOffset> Play(AttackRun run, DateTimeOffset at)
    {
        var victim = run.Employee(run.Random.Chance(0.5) ? StaffRole.Clinician : StaffRole.Nurse);
        var abroad = new Workplace(
            run.Scene.Ids.Next("dev"), run.Random.Chance(0.4), victim.Client, Presence.OutsideIp(run.Random),
            run.Random.Pick(Foreign.Countries), run.Scene.Ids.Next("s"));
        var others = run.Network.Nodes.Where(node => node.Home != victim.Home && node.IsRegistered).ToList();
        var node = run.Random.Chance(0.7) ? run.Random.Pick(others) : victim.Nodes.FindLast(one => one.IsRegistered)!;
        yield return at = run.AtNight(at);
        var accesses = run.Times(45, 30, 14);
        for (var i = 0; i < accesses; i++)
        {
            var patient = Patients.Next(victim, run.Random, at);
            if (patient is not null && Care.Find(patient, victim, "TREAT", run.Random, at) is { } access)
                Use(run, new Moment(victim, node, at), abroad, access);
            yield return at += run.Gap(TimeSpan.FromSeconds(35), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(40));
        }
    }

    private static void Use(AttackRun run, Moment moment, Workplace place, Access access)
    {
        var transaction = run.Pen.Read(moment, access);
        var operation = run.Random.Unit() switch { < 0.4 => "export", < 0.8 => "decrypt", _ => null };
        if (operation is not null)
            run.Pen.Template(moment.After(run.Random.Seconds(1, 5)), place, access, (operation, transaction));
    }
}

using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Life;
using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Records;

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>
/// The keys of an account are exchanged and a delegate is added; then the account starts to work for someone else.
/// </summary>
internal sealed class KeyTakeover : Attack
{
    public override string Name => "key-takeover";

    public override string Family => "identity";

    public override string Description =>
        "An account's key is rotated and a delegate added, and reading far from its habit follows.";

    public override IEnumerable<DateTimeOffset> Play(AttackRun run, DateTimeOffset at)
    {
        var victim = run.Employee(run.Random.Chance(0.7) ? StaffRole.Clinician : StaffRole.Registrar);
        var node = run.Random.Pick(victim.Nodes.Where(one => one.IsRegistered).ToList());
        var place = new Workplace(
            run.Scene.Ids.Next("dev"), !run.Random.Chance(0.3), victim.Client, Presence.OutsideIp(run.Random),
            victim.Country, run.Scene.Ids.Next("s"));
        yield return at = run.AtNight(at);
        run.Pen.RotateKey(new Moment(victim, node, at), victim);
        yield return at += run.Gap(TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(4), TimeSpan.FromHours(1));
        run.Pen.AddDelegate(new Moment(victim, node, at), victim, run.Scene.Ids.Did());
        var accesses = run.Times(40, 22, 12);
        for (var i = 0; i < accesses; i++)
        {
            yield return at += run.Gap(TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(4), TimeSpan.FromHours(1.2));
            if (Targets.Allowed(run, victim, at) is { } access)
                Use(run, new Moment(victim, node, at), place, access);
        }
    }

    private static void Use(AttackRun run, Moment moment, Workplace place, Access access)
    {
        var transaction = run.Pen.Read(moment, access);
        if (run.Random.Chance(0.4))
            run.Pen.Decrypt(moment.After(run.Random.Seconds(1, 6)), access);
        if (access.Patient.TemplateVersion > 0 && run.Random.Chance(0.3))
            run.Pen.Template(moment.After(run.Random.Seconds(1, 6)), place, access, ("export", transaction));
    }
}

using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Life;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>A node that no vote admitted, or that was removed, goes on acting for people who do not know.</summary>
internal sealed class RogueNode : Attack
{
    public override string Name => "rogue-node";

    public override string Family => "nodes";

    public override string Description => "A node that was never admitted, or was removed, beats and carries transactions.";

    public override IEnumerable<DateTimeOffset> Play(AttackRun run, DateTimeOffset at)
    {
        var home = run.Hospital();
        var node = Removable(home) is { } member && run.Random.Chance(0.5) ? member : NodeLife.NewNode(run.Scene, home);
        if (node.IsRegistered)
        {
            // The removal is the consortium's decision, not the attack.
            node.IsRegistered = false;
            yield return at += TimeSpan.FromMinutes(15);
            var admin = home.AnyOf(StaffRole.Administrator, run.Random);
            new Pen(run.Scene, null, run.Random).RemoveNode(run.Habitual(admin, at), node);
            yield return at += run.Random.Minutes(5, 40);
        }
        var acts = run.Times(50, 28, 16);
        for (var i = 0; i < acts; i++)
        {
            Act(run, home, node, at);
            yield return at += run.Gap(TimeSpan.FromSeconds(25), TimeSpan.FromMinutes(6), TimeSpan.FromHours(1.5));
        }
    }

    private static void Act(AttackRun run, Organization home, Node node, DateTimeOffset at)
    {
        if (run.Random.Chance(0.2))
        {
            run.Pen.Heartbeat(new Moment(node.Service, node, at));
            return;
        }
        var staff = home.AnyOf(run.Random.Chance(0.5) ? StaffRole.Nurse : StaffRole.Clinician, run.Random);
        if (Patients.Next(staff, run.Random, at) is { } patient
            && Care.Find(patient, staff, "TREAT", run.Random, at) is { } access)
            run.Pen.Read(new Moment(staff, node, at), access);
    }

    /// <summary>A node the house can do without: no validator, and two others remain.</summary>
    private static Node? Removable(Organization home) =>
        home.Nodes.Count(node => node.IsRegistered) > 2 ? home.Nodes.FindLast(node => node.IsRegistered && !node.IsValidator)
            : null;
}

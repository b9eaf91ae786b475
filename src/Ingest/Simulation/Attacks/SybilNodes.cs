using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Life;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>One operator behind many nodes: they come together, look alike, and vote as one.</summary>
internal sealed class SybilNodes : Attack
{
    private const int SharedDigits = 22;

    public override string Name => "sybil-nodes";

    public override string Family => "nodes";

    public override string Description =>
        "Nodes proposed close together by one house look alike, beat together and vote in lockstep.";

    public override IEnumerable<DateTimeOffset> Play(AttackRun run, DateTimeOffset at)
    {
        var home = run.Random.Pick(run.Network.Organizations);
        var operatorAccount = home.AnyOf(StaffRole.Administrator, run.Random);
        var image = run.Scene.Ids.Fingerprint()[..SharedDigits];
        var nodes = new List<Node>();
        var count = run.Times(7, 5, 4);
        for (var i = 0; i < count; i++)
        {
            nodes.Add(Twin(run, home, image));
            run.Pen.ProposeNode(run.Habitual(operatorAccount, at), nodes[^1]);
            yield return at += run.Gap(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(20), TimeSpan.FromHours(5));
        }
        foreach (var node in nodes)
        {
            run.Pen.AdmitNode(run.Habitual(operatorAccount, at), node);
            node.IsRegistered = true;
            yield return at += run.Random.Minutes(1, 6);
        }
        var ballots = run.Times(6, 5, 4);
        for (var ballot = 0; ballot < ballots; ballot++)
        {
            yield return at += run.Gap(TimeSpan.FromMinutes(10), TimeSpan.FromHours(2), TimeSpan.FromHours(9));
            VoteTogether(run, nodes, at);
        }
    }

    private static Node Twin(AttackRun run, Organization home, string image)
    {
        var made = NodeLife.NewNode(run.Scene, home);
        return new Node(made.Id, home, made.Service, image + made.Fingerprint[SharedDigits..]);
    }

    private static void VoteTogether(AttackRun run, List<Node> nodes, DateTimeOffset at)
    {
        var about = run.Random.Pick(run.Network.Nodes);
        var approve = run.Random.Chance(0.5);
        foreach (var node in nodes)
        {
            run.Pen.Vote(new Moment(node.Service, node, at += run.Random.Seconds(0.2, 3)), about, approve);
            run.Pen.Heartbeat(new Moment(node.Service, node, at + TimeSpan.FromSeconds(20)));
        }
    }
}

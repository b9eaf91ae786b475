using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Scenes;

namespace SentinelHealth.Ingest.Simulation.Life;

/// <summary>The first hour: nodes are proposed, voted on and admitted, people get identities, the wards fill.</summary>
internal static class Genesis
{
    /// <summary>When ordinary life begins, after the start.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(60);

    public static IEnumerable<DateTimeOffset> Begin(Scene scene, DateTimeOffset at)
    {
        var pen = new Pen(scene, null, scene.Random);
        foreach (var node in scene.Network.Nodes)
        {
            yield return at += scene.Random.Seconds(8, 20);
            at = Found(pen, node, at);
        }
        var step = TimeSpan.FromMinutes(20) / scene.Network.Staff.Count;
        foreach (var staff in scene.Network.Staff)
        {
            yield return at += step;
            Onboard(pen, staff, at);
        }
        foreach (var ward in scene.Network.Organizations.SelectMany(one => one.Wards).ToList())
        {
            for (var bed = 0; bed < ward.BedsMax * 7 / 10; bed++)
            {
                yield return at += TimeSpan.FromMilliseconds(1_200_000.0 / (scene.Network.Staff.Count * 2));
                Desk.Admit(pen, ward.Home.AnyOf(StaffRole.Registrar, scene.Random), ward, at);
            }
        }
    }

    /// <summary>An identity and a credential, issued by an administrator of the house.</summary>
    public static void Onboard(Pen pen, Staff staff, DateTimeOffset at)
    {
        var admin = staff.Home.AnyOf(StaffRole.Administrator, pen.Random);
        var moment = Presence.Now(pen.Scene, admin, pen.Random, at);
        pen.CreateDid(moment, staff);
        pen.IssueCredential(moment.After(pen.Random.Seconds(1, 4)), staff);
    }

    /// <summary>The founding members admit one another, each validator's administrator voting.</summary>
    private static DateTimeOffset Found(Pen pen, Node node, DateTimeOffset at)
    {
        node.IsRegistered = true;
        var proposer = node.Home.AnyOf(StaffRole.Administrator, pen.Random);
        pen.ProposeNode(new Moment(proposer, node.Home.Nodes[0], at), node);
        foreach (var voter in pen.Scene.Network.Nodes.Where(one => one.IsValidator && one.IsRegistered && one != node))
        {
            pen.Vote(new Moment(NodeLife.Voter(voter, pen.Random), voter, at += pen.Random.Seconds(1, 6)), node, true);
        }
        pen.AdmitNode(new Moment(proposer, node.Home.Nodes[0], at += pen.Random.Seconds(2, 8)), node);
        return at;
    }
}

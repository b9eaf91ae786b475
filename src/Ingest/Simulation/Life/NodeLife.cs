using System.Globalization;
using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Chance;
using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Scenes;

namespace SentinelHealth.Ingest.Simulation.Life;

/// <summary>Heartbeats, software updates and, rarely, a new node or one that leaves.</summary>
internal static class NodeLife
{
    /// <summary>
    /// Time between heartbeats: five minutes, longer in a small network so that they stay a twentieth of all events.
    /// </summary>
    private static TimeSpan Beat(Scene scene)
    {
        var minutes = scene.Network.Nodes.Count * 24 * 60 / (0.05 * scene.Options.EventsPerDay);
        return TimeSpan.FromMinutes(Math.Clamp(minutes, 5, 240));
    }

    public static IEnumerable<DateTimeOffset> Heartbeats(Scene scene, Node node, DateTimeOffset at)
    {
        var pen = new Pen(scene, null, scene.Random);
        at += Beat(scene) * scene.Random.Unit();
        while (true)
        {
            yield return at += Beat(scene) * scene.Random.Between(0.97, 1.03);
            if (!node.IsRegistered)
                yield break;
            // A beat is lost now and then.
            if (!scene.Random.Chance(0.01))
                pen.Heartbeat(new Moment(node.Service, node, at));
            if (scene.Random.Chance(0.0005))
                node.Version = "24." + scene.Random.Whole(10, 12) + "." + scene.Random.Below(4);
        }
    }

    /// <summary>
    /// Once in a while a hospital adds a node: proposed, discussed for hours, voted on by people who do not all agree.
    /// </summary>
    public static IEnumerable<DateTimeOffset> Growth(Scene scene, DateTimeOffset at)
    {
        var pen = new Pen(scene, null, scene.Random);
        var random = scene.Random;
        for (var added = 0; added < 6; added++)
        {
            yield return at += random.Hours(40, 150);
            var home = random.Pick(scene.Network.Hospitals.ToList());
            var node = NewNode(scene, home);
            var proposer = home.AnyOf(StaffRole.Administrator, random);
            pen.ProposeNode(Presence.Now(scene, proposer, random, at), node);
            foreach (var voter in scene.Network.Nodes.Where(one => one.IsValidator && one.IsRegistered).ToList())
            {
                yield return at += random.Hours(0.1, 5);
                pen.Vote(new Moment(Voter(voter, random), voter, at), node, random.Chance(0.88));
            }
            yield return at += random.Hours(1, 6);
            pen.AdmitNode(Presence.Now(scene, proposer, random, at), node);
            Open(scene, node, at);
        }
    }

    /// <summary>
    /// Members are confirmed in turn: every few days the validators vote on one, each when it gets to it, not all in favor.
    /// </summary>
    public static IEnumerable<DateTimeOffset> Confirmations(Scene scene, DateTimeOffset at)
    {
        var pen = new Pen(scene, null, scene.Random);
        for (; ; )
        {
            yield return at += scene.Random.Hours(20, 70);
            var about = scene.Random.Pick(scene.Network.Nodes);
            foreach (var voter in scene.Network.Nodes.Where(one => one.IsValidator && one.IsRegistered && one != about).ToList())
            {
                yield return at += scene.Random.Hours(0.1, 3);
                pen.Vote(new Moment(Voter(voter, scene.Random), voter, at), about, scene.Random.Chance(0.9));
            }
        }
    }

    /// <summary>Votes are cast by an administrator or, where the house has automated it, by the node itself.</summary>
    public static Account Voter(Node node, SeededRandom random) =>
        random.Chance(0.5) ? node.Service : node.Home.AnyOf(StaffRole.Administrator, random);

    /// <summary>A node that exists but is not registered.</summary>
    public static Node NewNode(Scene scene, Organization home) =>
        new(string.Create(CultureInfo.InvariantCulture, $"node:{home.Id}-{++home.NodesNamed}"), home,
            new Account(scene.Ids.Did(), "node", home), scene.Ids.Fingerprint());

    private static void Open(Scene scene, Node node, DateTimeOffset at)
    {
        node.IsRegistered = true;
        scene.Network.Nodes.Add(node);
        node.Home.Nodes.Add(node);
        scene.Play(Heartbeats(scene, node, at), at + TimeSpan.FromMinutes(1));
        foreach (var staff in node.Home.Staff)
        {
            staff.Nodes.Add(node);
            if (scene.Random.Chance(0.2))
                (staff.Nodes[0], staff.Nodes[^1]) = (staff.Nodes[^1], staff.Nodes[0]);
        }
    }
}

using System.Globalization;
using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Chance;
using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Records;
using SentinelHealth.Ingest.Simulation.Scenes;

namespace SentinelHealth.Ingest.Simulation.Life;

/// <summary>Where people habitually are: node, device, address.</summary>
internal static class Presence
{
    /// <summary>Who acts through which node now: mostly the usual one, another when that is closed.</summary>
    public static Moment Now(Scene scene, Staff staff, SeededRandom random, DateTimeOffset at)
    {
        var nodes = staff.Nodes;
        var node = random.Chance(0.9) ? nodes[0] : nodes[random.Below(nodes.Count)];
        for (var i = 0; i < nodes.Count && (scene.IsClosed(node) || !node.IsRegistered); i++)
            node = nodes[i];
        return new Moment(staff, node, at);
    }

    public static Workplace Place(Staff staff, SeededRandom random)
    {
        var device = random.Chance(0.75) ? staff.Devices[0] : staff.Devices[random.Below(staff.Devices.Count)];
        return new Workplace(device, !random.Chance(0.02), staff.Client, staff.Ip, staff.Country, staff.Session);
    }

    /// <summary>An address outside the hospitals.</summary>
    public static string OutsideIp(SeededRandom random) =>
        string.Create(CultureInfo.InvariantCulture,
            $"{random.Whole(31, 95)}.{random.Below(256)}.{random.Below(256)}.{1 + random.Below(254)}");
}

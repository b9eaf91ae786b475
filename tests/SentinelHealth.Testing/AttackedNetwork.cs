using System.Text;
using System.Text.Json;
using SentinelHealth.Ingest.Simulation;

namespace SentinelHealth.Testing;

/// <summary>A day of a simulated network, and in it a node that was never admitted: a forbidden thing, which needs no learning.</summary>
/// <param name="Records">Native records in the order of their times.</param>
/// <param name="Attacker">The node.</param>
public sealed record AttackedNetwork(IReadOnlyList<string> Records, string Attacker)
{
    /// <param name="seed">Of the simulation.</param>
    /// <param name="startAt">When the day begins.</param>
    /// <param name="eventsPerDay">About how many records.</param>
    /// <param name="attackHour">When the node begins to act.</param>
    public static AttackedNetwork Of(int seed, DateTimeOffset startAt, int eventsPerDay, int attackHour)
    {
        var simulator = new HospitalSimulator(new SimulationOptions
        {
            Seed = seed,
            StartAt = startAt,
            Days = 1,
            EventsPerDay = eventsPerDay,
            Attacks = ["none"],
            ScheduledAttacks = [new ScheduledAttack(startAt + TimeSpan.FromHours(attackHour), "rogue-node")],
        });
        var simulated = simulator.Events().Select(item => (item.Attack, Json: Encoding.UTF8.GetString(item.Json))).ToList();
        using var attack = JsonDocument.Parse(simulated.First(item => item.Attack is not null).Json);
        return new([.. simulated.Select(item => item.Json)], attack.RootElement.GetProperty("node").GetString()!);
    }
}

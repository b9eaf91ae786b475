using SentinelHealth.Ingest.Simulation;
using SentinelHealth.Ingest.Simulation.Chance;

namespace SentinelHealth.Ingest.Sources;

/// <summary>Turns attacks timed by the clock into attacks timed by the simulation.</summary>
internal static class LiveAttackPlan
{
    private const int RepeatedMax = 900;

    public static SimulationOptions Schedule(SimulatedSourceOptions options)
    {
        var liveAt = options.Simulation.StartAt + options.WarmUp;
        var scheduled = options.Simulation.ScheduledAttacks.ToList();
        var last = TimeSpan.Zero;
        foreach (var (after, attack) in options.LiveAttacks)
        {
            scheduled.Add(new ScheduledAttack(liveAt + (after * options.Speed), attack));
            last = after > last ? after : last;
        }
        if (options.AttackEvery is { } every)
            Repeat(options, scheduled, (last, every));
        return options.Simulation with { ScheduledAttacks = scheduled };
    }

    private static void Repeat(
        SimulatedSourceOptions options, List<ScheduledAttack> scheduled, (TimeSpan After, TimeSpan Every) from)
    {
        var random = new SeededRandom(options.Simulation.Seed, "live-attacks");
        var liveAt = options.Simulation.StartAt + options.WarmUp;
        var after = from.After;
        for (var i = 0; i < RepeatedMax && scheduled.Count < 1_000; i++)
        {
            after += from.Every * random.Between(0.6, 1.4);
            var startsAt = liveAt + (after * options.Speed);
            if (startsAt >= options.Simulation.EndAt)
                return;
            scheduled.Add(new ScheduledAttack(startsAt, random.Pick(AttackCatalog.All).Name));
        }
    }
}

namespace SentinelHealth.Ingest.Simulation;

/// <summary>What to simulate. Two equal values give byte-identical events on every platform.</summary>
public sealed record SimulationOptions
{
    /// <summary>Chooses the world and everything that happens in it. Any value; default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>
    /// The first instant, UTC; the network registers itself in the hour after it. Default a Monday at midnight.
    /// </summary>
    public DateTimeOffset StartAt { get; init; } = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How long, in days; above 0 and at most 3,650. Default 14.</summary>
    public double Days { get; init; } = 14;

    /// <summary>
    /// Mean events a day, which sizes the population; 100 to 5,000,000. Default 20,000.
    /// Memory grows with it, not with <see cref="Days"/>. Below about 1,000 even the smallest consortium does more than asked.
    /// </summary>
    public int EventsPerDay { get; init; } = 20_000;

    /// <summary>Names of attacks to run, or the single names <c>all</c> and <c>none</c>. Default all.</summary>
    public IReadOnlyList<string> Attacks { get; init; } = ["all"];

    /// <summary>
    /// The share of the time at the start without attacks, in which habits can be learned; 0 to 0.95. Default one half.
    /// </summary>
    public double QuietShare { get; init; } = 0.5;

    /// <summary>How often each chosen attack happens, at random times after the quiet share; 0 to 100. Default 3.</summary>
    public int InstancesPerAttack { get; init; } = 3;

    /// <summary>Attacks that begin at a stated time, besides the random ones. At most 1,000.</summary>
    public IReadOnlyList<ScheduledAttack> ScheduledAttacks { get; init; } = [];

    /// <summary>Hospitals in the consortium, 1 to 6; null takes a number that fits <see cref="EventsPerDay"/>.</summary>
    public int? Hospitals { get; init; }

    /// <summary>The instant at which the simulation ends.</summary>
    public DateTimeOffset EndAt => StartAt + TimeSpan.FromDays(Days);

    /// <summary>Checks every range.</summary>
    /// <returns>A sentence that names the first value out of range; null when all are fine.</returns>
    public string? Fault()
    {
        if (!(Days > 0 && Days <= 3_650))
            return "Days must be above 0 and at most 3650.";
        if (EventsPerDay is < 100 or > 5_000_000)
            return "EventsPerDay must be between 100 and 5000000.";
        if (!(QuietShare >= 0 && QuietShare <= 0.95))
            return "QuietShare must be between 0 and 0.95.";
        if (InstancesPerAttack is < 0 or > 100 || ScheduledAttacks.Count > 1_000)
            return "InstancesPerAttack must be between 0 and 100 and ScheduledAttacks at most 1000.";
        if (Hospitals is < 1 or > 6)
            return "Hospitals must be between 1 and 6.";
        return UnknownAttack() is { } name ? $"There is no attack named '{name}'." : null;
    }

    private string? UnknownAttack()
    {
        foreach (var name in Attacks.Concat(ScheduledAttacks.Select(scheduled => scheduled.Attack)))
        {
            if (name is not ("all" or "none") && !AttackCatalog.All.Any(attack => attack.Name == name))
                return name;
        }
        return null;
    }
}

/// <summary>An attack with its time.</summary>
/// <param name="StartsAt">When its first act may happen; acts that need an opportunity come a little later.</param>
/// <param name="Attack">Its name in <see cref="AttackCatalog"/>.</param>
public sealed record ScheduledAttack(DateTimeOffset StartsAt, string Attack);

/// <summary>Something an actor is about to do, offered to the containment gate.</summary>
/// <param name="Node">The node it goes through.</param>
/// <param name="Actor">Who acts; empty when only the node is asked about (people change nodes when theirs is closed).</param>
/// <param name="GrantId">The grant it cites; null when none.</param>
public readonly record struct SimulatedAttempt(string Node, string Actor, string? GrantId)
{
    /// <summary>The contract it calls; null when it calls none.</summary>
    public string? Contract { get; init; }
}

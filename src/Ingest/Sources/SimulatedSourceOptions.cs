using SentinelHealth.Ingest.Simulation;

namespace SentinelHealth.Ingest.Sources;

/// <summary>How a simulated network is played.</summary>
public sealed record SimulatedSourceOptions
{
    /// <summary>The source's name; default <c>simulated</c>.</summary>
    public string Name { get; init; } = "simulated";

    /// <summary>
    /// What is simulated. Its time runs from <see cref="SimulationOptions.StartAt"/>; the warm-up is part of it, so a live part
    /// that
    /// should begin now needs a start that lies <see cref="WarmUp"/> in the past. Its own attacks are usually <c>none</c> here.
    /// </summary>
    public SimulationOptions Simulation { get; init; } = new() { Days = 365, Attacks = ["none"] };

    /// <summary>Simulated time at the beginning that is handed over as fast as the intake takes it; default 7 days.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Simulated seconds per second of the clock once live; above 0, default 1.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>
    /// Longest wait between two looks at the clock; default 200 ms. Longer makes larger batches and coarser pace.
    /// </summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Events handed over at once at most; 1 to 10,000, default 1,000.</summary>
    public int BatchEventsMax { get; init; } = 1_000;

    /// <summary>
    /// Attacks by their time after the live part begins, by the clock (so that speed does not matter); loud ones.
    /// </summary>
    public IReadOnlyList<LiveAttack> LiveAttacks { get; init; } = [];

    /// <summary>
    /// Goes on with a random attack after each such time by the clock, once <see cref="LiveAttacks"/> are over; null for none.
    /// At most 900 of them are planned.
    /// </summary>
    public TimeSpan? AttackEvery { get; init; }
}

/// <summary>An attack by its time after the live part begins.</summary>
/// <param name="After">By the source's clock.</param>
/// <param name="Attack">Its name in <see cref="AttackCatalog"/>.</param>
public sealed record LiveAttack(TimeSpan After, string Attack);

/// <summary>How far a simulated source is.</summary>
/// <param name="SimulatedAt">The time of the newest event handed over.</param>
/// <param name="Events">Events handed over.</param>
/// <param name="WarmUpShare">How much of the warm-up is done, 0 to 1.</param>
/// <param name="IsLive">The warm-up is over.</param>
public readonly record struct SimulationProgress(DateTimeOffset SimulatedAt, long Events, double WarmUpShare, bool IsLive);

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>A kind of attack: what it is called and how it goes.</summary>
internal abstract class Attack
{
    /// <summary>The name in labels and options.</summary>
    public abstract string Name { get; }

    /// <summary>The part of the network it is aimed at.</summary>
    public abstract string Family { get; }

    /// <summary>One sentence for people.</summary>
    public abstract string Description { get; }

    /// <summary>Plays one instance from an instant on; yields when it wants to go on. Every script is bounded.</summary>
    public abstract IEnumerable<DateTimeOffset> Play(AttackRun run, DateTimeOffset at);
}

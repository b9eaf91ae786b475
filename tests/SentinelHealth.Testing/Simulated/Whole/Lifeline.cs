namespace SentinelHealth.Testing.Simulated.Whole;

/// <summary>The process died where this was thrown.</summary>
internal sealed class SimulatedDeathException(string place) : Exception(place);

/// <summary>One life of a simulated process. Whatever it asks of the world passes here, and there it may die.</summary>
/// <param name="choices">Where it dies.</param>
/// <param name="deathOneIn">It dies at one in so many places; 0 never.</param>
internal sealed class Lifeline(IChoices choices, int deathOneIn)
{
    /// <summary>Where it died; empty while it lives.</summary>
    public string DiedAt { get; private set; } = "";

    public bool IsDead => DiedAt.Length > 0;

    /// <summary>A place where it may die. Nothing of a dead process gets past one, whoever caught its death.</summary>
    public void At(string place)
    {
        if (!IsDead && choices.Happens(deathOneIn))
            DiedAt = place;
        if (IsDead)
            throw new SimulatedDeathException(place);
    }
}

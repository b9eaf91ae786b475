namespace SentinelHealth.Testing.Simulated;

/// <summary>Where a run's chance comes from: a seed, or nowhere.</summary>
public interface IChoices
{
    /// <summary>A number from 0 up to, not including, <paramref name="options"/>. 0 is the ordinary course of things.</summary>
    int Pick(int options);

    /// <summary>Whether something that happens once in <paramref name="oneIn"/> times happens now.</summary>
    bool Happens(int oneIn);
}

/// <summary>Choices by a seed: the same seed makes the same run.</summary>
public sealed class SeededChoices(int seed) : IChoices
{
    private readonly Random _random = new(seed);

    public int Pick(int options) => options <= 1 ? 0 : _random.Next(options);

    public bool Happens(int oneIn) => oneIn > 0 && Pick(oneIn) == oneIn - 1;
}

/// <summary>No chance at all: always the first possibility, so that whoever drives a run decides everything.</summary>
public sealed class NoChoices : IChoices
{
    public int Pick(int options) => 0;

    public bool Happens(int oneIn) => false;
}

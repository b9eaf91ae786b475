using SentinelHealth.Detection.Streams.Aspects;

namespace SentinelHealth.Detection.Streams;

/// <summary>What kind of strangeness a witness looks for.</summary>
internal enum WitnessFamily
{
    Burst,
    Rarity,
    Tail,
    Distance,
}

/// <summary>One source of evidence about a row.</summary>
internal readonly record struct Witness(string Name, WitnessFamily Family)
{
    /// <summary>All witnesses, in the order of the raw scores.</summary>
    public static Witness[] Of(ReadOnlySpan<Aspect> aspects, ReadOnlySpan<string> shapes)
    {
        List<Witness> witnesses = [];
        foreach (var aspect in aspects)
            witnesses.Add(new($"burst of {aspect.Name}", WitnessFamily.Burst));
        foreach (var aspect in aspects)
            witnesses.Add(new($"rarity of {aspect.Name}", WitnessFamily.Rarity));
        for (var i = 0; i < shapes.Length; i++)
            witnesses.Add(new(shapes[i], i == 0 ? WitnessFamily.Tail : WitnessFamily.Distance));
        return [.. witnesses];
    }
}

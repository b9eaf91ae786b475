namespace SentinelHealth.Detection.Features;

/// <summary>One observation as a detector sees it: who, when and what, as 64-bit keys. No strings, no references.</summary>
/// <remarks>The spans belong to the caller and are valid during the call only.</remarks>
public readonly ref struct Observation
{
    /// <summary>Event time, milliseconds since 1970 UTC.</summary>
    public required long AtMs { get; init; }

    /// <summary>Whose habit is judged.</summary>
    public required ulong Entity { get; init; }

    /// <summary>The group whose habit stands in while the entity's own is thin.</summary>
    public required ulong Peers { get; init; }

    /// <summary>The entity's role, by which other sites know what is usual; 0 when it has none.</summary>
    public ulong Role { get; init; }

    /// <summary>Values aligned with the schema's categorical features; 0 is absent.</summary>
    public ReadOnlySpan<ulong> Categories { get; init; }

    /// <summary>Numbers aligned with the schema's numeric features; NaN is absent. Empty where the schema has none.</summary>
    public ReadOnlySpan<double> Numbers { get; init; }

    /// <summary>Bit i set: the observation counts in the schema's channel i.</summary>
    public uint Channels { get; init; }

    /// <summary>Doings supposed not to have happened, when an event is scored again under a change. Learning ignores it.</summary>
    public Omission Omitted { get; init; }
}

/// <summary>Names of what an observation carries; the order is that of its spans and bits.</summary>
/// <param name="Categorical">Categorical features, at most 16.</param>
/// <param name="Channels">Count channels, at most 16.</param>
public sealed record FeatureSchema(IReadOnlyList<string> Categorical, IReadOnlyList<string> Channels)
{
    /// <summary>Numeric features, at most 256. None by default.</summary>
    public IReadOnlyList<string> Numeric { get; init; } = [];
}

using SentinelHealth.Detection.Detectors;

namespace SentinelHealth.Detection.Tests.Conformance;

/// <summary>How the laws are tried on a detector: how to make one, what it usually meets, and what it says it costs.</summary>
internal sealed record DetectorCase(Type Type, Func<IDetector> Cold)
{
    /// <summary>Bound on entities that <see cref="Cold"/> is made with.</summary>
    public const int EntitiesMax = 1_024;

    /// <summary>An ordinary observation. The generic one unless the detector reads numbers and channels in its own way.</summary>
    public Func<Random, long, Sample> Ordinary { get; init; } = Sample.Any;

    /// <summary>One in so many is what the detector is there to find.</summary>
    public Func<Random, long, Sample> Strange { get; init; } = Sample.Any;

    /// <summary>Bytes of one entity, its key and its place included, at most.</summary>
    public int EntityBytesMax { get; init; }

    /// <summary>Bytes that do not depend on the number of entities, at most.</summary>
    public int FixedBytesMax { get; init; } = 64 * 1024;

    /// <summary>How often it happens when always the same happens. A clock that finds its ticks by how much happens needs enough.</summary>
    public long ConstantEveryMs { get; init; } = 1_800_000;

    /// <summary>What it may say of that. Counts within a tick rise whatever happens, and a detector that ranks them finds the last ones high.</summary>
    public double ConstantNatsMax { get; init; } = 1;

    public override string ToString() => Type.Name;
}

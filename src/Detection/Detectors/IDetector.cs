using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Features;

namespace SentinelHealth.Detection.Detectors;

/// <summary>One additive part of a detector's raw score.</summary>
/// <param name="Part">Index of the part, named by <see cref="IDetector.PartNames"/>.</param>
/// <param name="Surprise">Its share of the raw score, in nats; 0 or more.</param>
/// <param name="Observed">The number observed; NaN for categories.</param>
/// <param name="ExpectedLog">The usual mean on the symmetric log scale, log(1 + number) for counts; NaN for categories.</param>
/// <param name="UsualKey">The most usual value's key, for categories; 0 for counts.</param>
/// <param name="Novelty">For categories: how far the value is new.</param>
public readonly record struct SurprisePart(
    int Part, double Surprise, double Observed, double ExpectedLog, ulong UsualKey, Novelty Novelty)
{
    /// <summary>The usual number; NaN for categories.</summary>
    public double Expected => Baselines.QuantityHabit.FromScale(ExpectedLog);

    /// <summary>The score that parts make up.</summary>
    public static double Sum(ReadOnlySpan<SurprisePart> parts)
    {
        var sum = 0.0;
        foreach (ref readonly var part in parts)
            sum += part.Surprise;
        return sum;
    }
}

/// <summary>Who had never seen a value before.</summary>
public enum Novelty : byte
{
    /// <summary>The entity knows it.</summary>
    Known,

    /// <summary>New to the entity, known to its peers.</summary>
    NewToEntity,

    /// <summary>New to the entity and its peers, known in the network.</summary>
    NewToPeers,

    /// <summary>Never seen in the network.</summary>
    NewToNetwork,
}

/// <summary>A streaming detector: learns what is usual, scores what is not.</summary>
/// <remarks>
/// The laws, checked for every detector by one conformance suite: cold is null, not 0; scoring never alters a baseline (I6);
/// scores are finite and not negative, higher is stranger; parts sum to the score; the same observations give the same scores;
/// a saved and reloaded detector is the same detector. One owner thread. No clock, no chance, no strings.
/// </remarks>
public interface IDetector
{
    /// <summary>The detector's name as alerts show it.</summary>
    string Name { get; }

    /// <summary>Names of the parts its score is the sum of.</summary>
    IReadOnlyList<string> PartNames { get; }

    /// <summary>Bytes of state now, all entities together.</summary>
    long SizeBytes { get; }

    /// <summary>The surprise of an observation in nats, or null while the detector has too little to go by.</summary>
    double? Score(in Observation observed);

    /// <summary>Learns an observation.</summary>
    /// <param name="observed">What was observed.</param>
    /// <param name="trust">0..1: how much it may shape the baseline (<see cref="LearnPolicy"/>).</param>
    void Learn(in Observation observed, float trust);

    /// <summary>Writes the parts of the score of an observation; their surprises sum to it. At most one per part name.</summary>
    /// <returns>How many parts were written.</returns>
    int Explain(in Observation observed, Span<SurprisePart> parts);

    /// <summary>Writes the state.</summary>
    void Save(BinaryWriter writer);

    /// <summary>Reads state written by <see cref="Save"/> into this, equally configured, detector.</summary>
    void Load(BinaryReader reader);
}

/// <summary>A detector that keeps state by entity in tables.</summary>
internal interface ITabular
{
    /// <summary>Its tables by entity.</summary>
    IEnumerable<IEntityTable> Tables { get; }
}

/// <summary>What an alerted observation may teach.</summary>
public enum LearnPolicy
{
    /// <summary>Everything is learned in full. Follows drift at once, but an attacker can teach it.</summary>
    Everything,

    /// <summary>Flagged observations count for a tenth. Resists poisoning; a lasting honest change is still learned, ten times slower.</summary>
    FlaggedSlowly,
}

/// <summary>What the policies mean.</summary>
public static class LearnPolicies
{
    /// <summary>How much an observation may shape a baseline.</summary>
    public static float Trust(this LearnPolicy policy, bool isFlagged) => policy switch
    {
        LearnPolicy.Everything => 1f,
        LearnPolicy.FlaggedSlowly => isFlagged ? 0.1f : 1f,
        _ => throw new ArgumentOutOfRangeException(nameof(policy)),
    };
}

using System.Collections.Immutable;

namespace SentinelHealth.Detection.Lifecycle;

/// <summary>What people have decided about single detectors and rules, by their names in alerts. Immutable.</summary>
public sealed record DetectionTuning
{
    /// <summary>The least strictness: no threshold is made more than a hundred times stricter.</summary>
    public const double StrictnessMin = 0.01;

    /// <summary>Nothing decided: everything is enforced at the budget's threshold.</summary>
    public static DetectionTuning None { get; } = new();

    /// <summary>Stages; what is absent is enforced. At most 256.</summary>
    public ImmutableSortedDictionary<string, DetectorStage> Stages { get; init; } =
        ImmutableSortedDictionary.Create<string, DetectorStage>(StringComparer.Ordinal);

    /// <summary>
    /// Factors for the alert threshold of models, <see cref="StrictnessMin"/> to 1; absent is 1. At a tenth, only events a tenth as
    /// likely alert. At most 256.
    /// </summary>
    public ImmutableSortedDictionary<string, double> Strictness { get; init; } =
        ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal);

    /// <summary>The stage of a detector or rule.</summary>
    public DetectorStage StageOf(string name) => Stages.GetValueOrDefault(name, DetectorStage.Enforced);

    /// <summary>The factor for a model's alert threshold.</summary>
    public double StrictnessOf(string name) => Strictness.GetValueOrDefault(name, 1);

    /// <summary>The same with a detector or rule in another stage.</summary>
    public DetectionTuning With(string name, DetectorStage stage) => this with { Stages = Stages.SetItem(name, stage) };

    /// <summary>The same with a proposal taken up.</summary>
    public DetectionTuning With(ThresholdAdvice advice)
    {
        ArgumentNullException.ThrowIfNull(advice);
        return this with { Strictness = Strictness.SetItem(advice.Source, advice.Strictness) };
    }

    /// <summary>A sentence about the first value out of range; null when all are fine.</summary>
    public string? Fault()
    {
        const int entriesMax = 256;
        if (Stages.Count > entriesMax || Strictness.Count > entriesMax)
            return $"At most {entriesMax} detectors can be tuned.";
        foreach (var (name, factor) in Strictness)
        {
            if (!(factor is >= StrictnessMin and <= 1))
                return FormattableString.Invariant($"The strictness of {name} must be {StrictnessMin} to 1.");
        }
        return null;
    }
}

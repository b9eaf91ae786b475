using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Features;

namespace SentinelHealth.Detection.Detectors;

/// <summary>
/// How far numbers lie from what is usual for the same kind of thing, in either direction: amounts, update norms, scores, gas.
/// </summary>
/// <remarks>
/// Each number has moments on a symmetric log scale, per entity (the kind of thing: an activity with its code or model) and per
/// group of kinds. A kind seen a few times is placed by empirical Bayes (Efron and Morris 1975): how far its mean is drawn
/// to the group's depends on how much kinds differ from each other against how much one kind varies, so claims of one code need
/// only a handful before a claim of another size stands out. The surprise is the drop of a Student-t log density from its mode
/// beyond two deviations: within two, sums of many ordinary numbers would only add noise. Moments are winsorized
/// (<see cref="QuantityHabit"/>), the bounded-influence estimate of Huber (1981) in one pass. O(numbers), 12 bytes a number
/// and entity, 16 a group.
/// </remarks>
public sealed class Magnitude : IDetector
{
    /// <summary>Most numbers a schema may have.</summary>
    public const int NumbersMax = 8;

    private const float LearnedMin = 12;
    private const float OwnVarianceValues = 8;
    private const float WithinRate = 1f / 64;
    private const double FreedomMax = 16;
    private const double DeviationsFree = 2;

    /// <summary>Numbers that never varied still may: two per cent of scale.</summary>
    private const double VarianceFloor = 0.0004;

    private readonly string[] _partNames;
    private readonly BoundedMap<QuantityCells> _entities;
    private readonly BoundedMap<QuantityGroup> _groups;

    /// <summary>Creates a cold detector.</summary>
    /// <param name="name">Its name in alerts.</param>
    /// <param name="schema">Whose numbers are watched; at most <see cref="NumbersMax"/>.</param>
    /// <param name="entitiesMax">Bound on entities.</param>
    /// <param name="groupsMax">Bound on groups.</param>
    public Magnitude(string name, FeatureSchema schema, int entitiesMax, int groupsMax)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(schema.Numeric.Count, NumbersMax);
        Name = name;
        _partNames = [.. schema.Numeric];
        _entities = new BoundedMap<QuantityCells>(entitiesMax);
        _groups = new BoundedMap<QuantityGroup>(groupsMax);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> PartNames => _partNames;

    /// <inheritdoc/>
    public long SizeBytes => _entities.SizeBytes + _groups.SizeBytes;

    /// <inheritdoc/>
    public double? Score(in Observation observed)
    {
        Span<SurprisePart> parts = stackalloc SurprisePart[NumbersMax];
        var count = Explain(observed, parts);
        return count == 0 ? null : SurprisePart.Sum(parts[..count]);
    }

    /// <inheritdoc/>
    public int Explain(in Observation observed, Span<SurprisePart> parts)
    {
        ref readonly var group = ref _groups.Find(observed.Peers);
        if (observed.Entity == 0 || Unsafe.IsNullRef(in group))
            return 0;
        ref readonly var entity = ref _entities.Find(observed.Entity);
        var written = 0;
        for (var number = 0; number < Math.Min(observed.Numbers.Length, _partNames.Length); number++)
        {
            var quantity = observed.Numbers[number];
            if (!double.IsFinite(quantity) || group.Overall[number].Weight < LearnedMin)
                continue;
            var own = Unsafe.IsNullRef(in entity) ? default : entity[number];
            var surprise = Surprise(
                QuantityHabit.ToScale(quantity), own, group.Overall[number], group.Within[number], out var mean);
            parts[written++] = new(number, surprise, quantity, mean, 0, Novelty.Known);
        }
        return written;
    }

    /// <inheritdoc/>
    public void Learn(in Observation observed, float trust)
    {
        if (observed.Entity == 0 || observed.Peers == 0)
            return;
        ref var entity = ref _entities.Touch(observed.Entity, observed.AtMs, out _);
        ref var group = ref _groups.Touch(observed.Peers, observed.AtMs, out _);
        for (var number = 0; number < Math.Min(observed.Numbers.Length, _partNames.Length); number++)
        {
            if (!double.IsFinite(observed.Numbers[number]))
                continue;
            var scaled = QuantityHabit.ToScale(observed.Numbers[number]);
            LearnWithin(ref group.Within[number], entity.At(number), scaled, trust);
            entity.At(number).Learn(scaled, trust);
            group.Overall.At(number).Learn(scaled, trust);
        }
    }

    /// <inheritdoc/>
    public void Save(BinaryWriter writer)
    {
        _entities.Save(writer);
        _groups.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(BinaryReader reader)
    {
        _entities.Load(reader);
        _groups.Load(reader);
    }

    /// <summary>How much one kind of thing varies about its own mean, over all kinds of the group.</summary>
    private static void LearnWithin(ref float within, in QuantityHabit own, double scaled, float trust)
    {
        if (own.Weight < 1)
            return;
        var squared = (float)((scaled - own.Mean) * (scaled - own.Mean) * own.Weight / (own.Weight + 1));
        within = within == 0 ? squared : within + (WithinRate * trust * (Math.Min(squared, 16 * within) - within));
    }

    private static double Surprise(double scaled, in QuantityHabit own, in QuantityHabit group, float within, out double mean)
    {
        var between = Math.Max(group.Variance - within, 0.01 * group.Variance);
        var placed = (own.Weight * between) + within + VarianceFloor;
        mean = ((own.Weight * between * own.Mean) + ((within + VarianceFloor) * group.Mean)) / placed;
        var share = own.Weight / (own.Weight + OwnVarianceValues);
        var ofPlace = (within + VarianceFloor) * between / placed;
        var variance = (share * own.Variance) + ((1 - share) * within) + ofPlace + VarianceFloor;
        var freedom = Math.Clamp(group.Weight, 3, FreedomMax);
        var squared = (scaled - mean) * (scaled - mean) / variance;
        return squared <= DeviationsFree * DeviationsFree
            ? 0
            : 0.5 * (freedom + 1) * Math.Log((freedom + squared) / (freedom + (DeviationsFree * DeviationsFree)));
    }

    /// <summary>The habits of one kind's numbers, 96 bytes.</summary>
    [InlineArray(NumbersMax)]
    private struct QuantityCells
    {
        private QuantityHabit _first;

        [System.Diagnostics.CodeAnalysis.UnscopedRef]
        public ref QuantityHabit At(int number) => ref this[number];
    }

    /// <summary>All kinds of a group together, and the variance of one kind about its own mean.</summary>
    private struct QuantityGroup
    {
        public QuantityCells Overall;
        public WithinVariances Within;
    }

    [InlineArray(NumbersMax)]
    private struct WithinVariances
    {
        private float _first;
    }
}

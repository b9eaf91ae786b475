using System.Numerics;

namespace SentinelHealth.Detection.Rules.Sigma.Correlations;

/// <summary>Hits within the timespan that ends at an instant, in the order of time.</summary>
/// <param name="times">When, in UTC ticks.</param>
/// <param name="values">What is measured.</param>
/// <param name="distinct">Different values among them, for types that count them.</param>
internal readonly ref struct HitWindow(ReadOnlySpan<long> times, ReadOnlySpan<long> values, int distinct)
{
    public ReadOnlySpan<long> Times { get; } = times;

    public ReadOnlySpan<long> Values { get; } = values;

    public int Distinct { get; } = distinct;
}

/// <summary>What a correlation measures in a window, and whether its condition holds there.</summary>
/// <remarks>Sigma specification 2.1.0, "Correlation Types". O(hits of the window), times rules for ordered types.</remarks>
internal sealed class CorrelationMeasure(SigmaCorrelation correlation)
{
    private readonly int _rules = correlation.Rules.Count;
    private double[] _sorted = [];

    /// <summary>Whether repeating a hit changes nothing: a correlation of this kind is told of every instant at which one below it holds.</summary>
    public bool IsIdempotent => correlation.Type is SigmaCorrelationType.Temporal or SigmaCorrelationType.TemporalOrdered
        or SigmaCorrelationType.ValueCount or SigmaCorrelationType.ValueMin or SigmaCorrelationType.ValueMax;

    /// <summary>Whether the condition holds.</summary>
    /// <param name="window">At least one hit; the last one is at the instant.</param>
    /// <param name="measure">What was measured.</param>
    public bool Holds(in HitWindow window, out double measure)
    {
        measure = 0;
        if (correlation.Extended is { } condition)
        {
            var present = Present(window);
            measure = BitOperations.PopCount(present);
            return correlation.Type == SigmaCorrelationType.Temporal
                ? IsTrue(condition, present, present)
                : HoldsInOrder(condition, window, present);
        }
        if (correlation is { Type: SigmaCorrelationType.ValuePercentile, Percentile: null })
            return HoldsForShare(window, out measure);
        measure = MeasureOf(window);
        return Holds(measure);
    }

    private bool Holds(double measure)
    {
        foreach (var bound in correlation.Bounds)
        {
            if (!bound.Holds(measure))
                return false;
        }
        return true;
    }

    private double MeasureOf(in HitWindow window) => correlation.Type switch
    {
        SigmaCorrelationType.EventCount => window.Values.Length,
        SigmaCorrelationType.ValueCount => window.Distinct,
        SigmaCorrelationType.Temporal => BitOperations.PopCount(Present(window)),
        SigmaCorrelationType.TemporalOrdered => LongestChain(window.Values),
        SigmaCorrelationType.ValueSum => Sum(window.Values),
        SigmaCorrelationType.ValueAverage => Sum(window.Values) / window.Values.Length,
        SigmaCorrelationType.ValueMin => Extreme(window.Values, Math.Min),
        SigmaCorrelationType.ValueMax => Extreme(window.Values, Math.Max),
        _ => PercentileOf(window.Values, correlation.Percentile!.Value),
    };

    /// <summary>The rules that have a hit, a bit each.</summary>
    private ulong Present(in HitWindow window)
    {
        var (present, all) = (0UL, ulong.MaxValue >> (64 - _rules));
        for (var hit = window.Values.Length - 1; hit >= 0 && present != all; hit--)
            present |= 1UL << (int)window.Values[hit];
        return present;
    }

    /// <summary>How many rules have hits one after the other, in the order of the rules. Hits of one instant may stand in any order.</summary>
    private int LongestChain(ReadOnlySpan<long> rules)
    {
        Span<int> longest = stackalloc int[_rules];
        longest.Clear();
        foreach (var rule in rules)
        {
            var before = 0;
            for (var other = 0; other < (int)rule; other++)
                before = Math.Max(before, longest[other]);
            longest[(int)rule] = Math.Max(longest[(int)rule], before + 1);
        }
        var chain = 0;
        foreach (var length in longest)
            chain = Math.Max(chain, length);
        return chain;
    }

    /// <summary>Whether hits one after the other, in the order of their rules, meet the condition; "not" is about all hits.</summary>
    private bool HoldsInOrder(SigmaExpression condition, in HitWindow window, ulong present)
    {
        Span<bool> isChain = stackalloc bool[1 << _rules];
        isChain.Clear();
        isChain[0] = true;
        foreach (var rule in window.Values)
        {
            // A chain that has no later rule yet, and not this one, can be longer by it.
            for (var chain = (1 << (int)rule) - 1; chain >= 0; chain--)
                isChain[chain | (1 << (int)rule)] |= isChain[chain];
        }
        for (var chain = 1; chain < isChain.Length; chain++)
        {
            if (isChain[chain] && IsTrue(condition, (ulong)chain, present))
                return true;
        }
        return false;
    }

    /// <summary>A condition over rules: those that are negated are looked for among <paramref name="present"/>.</summary>
    private static bool IsTrue(SigmaExpression condition, ulong hit, ulong present)
    {
        switch (condition)
        {
            case SigmaReferenceTerm term:
                return ((hit >> term.Rule) & 1) != 0;
            case SigmaNot not:
                return !IsTrue(not.Part, present, present);
            case SigmaAnd and:
                return CountTrue(and.Parts, hit, present) == and.Parts.Count;
            case SigmaOr or:
                return CountTrue(or.Parts, hit, present) > 0;
            case SigmaSome some:
                return CountTrue(some.Parts, hit, present) >= some.Least;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static int CountTrue(IReadOnlyList<SigmaExpression> parts, ulong hit, ulong present)
    {
        var count = 0;
        for (var part = 0; part < parts.Count; part++)
            count += IsTrue(parts[part], hit, present) ? 1 : 0;
        return count;
    }

    /// <summary>"When a certain percentage of observed values occur": the share of the events that have the same value as one at the instant.</summary>
    private bool HoldsForShare(in HitWindow window, out double measure)
    {
        measure = 0;
        for (var hit = window.Values.Length - 1; hit >= 0 && window.Times[hit] == window.Times[^1]; hit--)
        {
            measure = 100.0 * MemoryExtensions.Count(window.Values, window.Values[hit]) / window.Values.Length;
            if (Holds(measure))
                return true;
        }
        return false;
    }

    /// <summary>Added in the order of time, so that the same hits give the same sum.</summary>
    private static double Sum(ReadOnlySpan<long> bits)
    {
        var sum = 0.0;
        foreach (var value in bits)
            sum += BitConverter.Int64BitsToDouble(value);
        return sum;
    }

    private static double Extreme(ReadOnlySpan<long> bits, Func<double, double, double> better)
    {
        var extreme = BitConverter.Int64BitsToDouble(bits[0]);
        foreach (var value in bits)
            extreme = better(extreme, BitConverter.Int64BitsToDouble(value));
        return extreme;
    }

    /// <summary>With linear interpolation between neighbors, so that percentile 50 is the median.</summary>
    private double PercentileOf(ReadOnlySpan<long> bits, double percentile)
    {
        if (_sorted.Length < bits.Length)
            _sorted = new double[BitOperations.RoundUpToPowerOf2((uint)bits.Length)];
        for (var i = 0; i < bits.Length; i++)
            _sorted[i] = BitConverter.Int64BitsToDouble(bits[i]);
        Array.Sort(_sorted, 0, bits.Length);
        var rank = percentile / 100 * (bits.Length - 1);
        var (below, above) = (_sorted[(int)Math.Floor(rank)], _sorted[(int)Math.Ceiling(rank)]);
        return below + ((above - below) * (rank - Math.Floor(rank)));
    }
}

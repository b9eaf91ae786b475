namespace SentinelHealth.Detection.Federation;

/// <summary>A role's histograms with the noise cut off: how its people spread over the bins of each statistic.</summary>
internal sealed class RoleShape
{
    /// <summary>
    /// A bin within so many deviations of nothing counts as nothing: of the thousands of bins of a contribution, about one that
    /// is empty is taken for more.
    /// </summary>
    private const double DeviationsMin = 3.5;

    private readonly IReadOnlyList<IReadOnlyList<long>> _histograms;
    private readonly long _units;
    private readonly double _noiseVariance;
    private readonly double[][] _shares;
    private readonly double[] _people;

    /// <param name="histograms">Sums over sites, in units.</param>
    /// <param name="units">Units of all people of the role.</param>
    /// <param name="noiseVariance">Variance of the noise of each number, in squared units.</param>
    public RoleShape(IReadOnlyList<IReadOnlyList<long>> histograms, long units, double noiseVariance)
    {
        (_histograms, _units, _noiseVariance) = (histograms, units, noiseVariance);
        var least = DeviationsMin * Math.Sqrt(noiseVariance);
        _shares = [.. histograms.Select(histogram => histogram.Select(bin => bin > least ? (double)bin : 0).ToArray())];
        _people = [.. _shares.Select(shares => shares.Sum() / BaselineSchema.UnitsPerActor)];
        for (var statistic = 0; statistic < _shares.Length; statistic++)
        {
            if (_people[statistic] > 0)
                System.Numerics.Tensors.TensorPrimitives.Divide(_shares[statistic],
                    _people[statistic] * BaselineSchema.UnitsPerActor, _shares[statistic]);
        }
    }

    /// <summary>People that a statistic rests on; 0 when it says nothing beyond the noise.</summary>
    public double People(int statistic) => _people[statistic];

    /// <summary>Share of each bin; they sum to 1, or to 0 when the statistic says nothing.</summary>
    public ReadOnlySpan<double> Shares(int statistic) => _shares[statistic];

    /// <summary>A statistic with its noise, nothing cut off.</summary>
    public NoisyHistogram Noisy(int statistic) => new(_histograms[statistic], _units, _noiseVariance);

    /// <summary>Mean and variance of log(1 + count) of a count statistic.</summary>
    public (double Mean, double Variance) Moments(int statistic)
    {
        var (mean, square) = (0.0, 0.0);
        for (var bin = 0; bin < _shares[statistic].Length; bin++)
        {
            var middle = BaselineSchema.MiddleOf(bin);
            mean += _shares[statistic][bin] * middle;
            square += _shares[statistic][bin] * middle * middle;
        }
        return (mean, Math.Max(0, square - (mean * mean)));
    }

    /// <summary>Total variation distance to another shape's statistic, 0..1.</summary>
    public double DistanceTo(RoleShape other, int statistic)
    {
        var sum = 0.0;
        for (var bin = 0; bin < _shares[statistic].Length; bin++)
            sum += Math.Abs(_shares[statistic][bin] - other._shares[statistic][bin]);
        return sum / 2;
    }
}

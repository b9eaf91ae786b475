namespace SentinelHealth.Detection.Federation;

/// <summary>A histogram as it was published: counts with Gaussian noise of a known variance, empty bins included, nothing cut off.</summary>
/// <param name="Counts">Units in each bin; noise makes some of them negative.</param>
/// <param name="RoleUnits">Units of all people of the role, with noise of the same variance: what the bins hold is no more.</param>
/// <param name="NoiseVariance">Variance of the noise of each number, in squared units.</param>
internal readonly record struct NoisyHistogram(IReadOnlyList<long> Counts, long RoleUnits, double NoiseVariance)
{
    /// <summary>Everything that was counted, with the noise of all bins.</summary>
    public double Sum => Counts.Sum(count => (double)count);

    /// <summary>
    /// Between what the share of a set of bins lies, the noise allowed for: 0 to 1 when the people are lost in the noise, so that
    /// nothing can be said.
    /// </summary>
    /// <remarks>
    /// A quotient of noisy numbers is not Gaussian, but what a share s leaves over, count - s times whole, is (Fieller 1954); s is possible
    /// when that is no further from 0 than noise takes it. The whole is what all bins hold, or what the role holds, of which
    /// a share is no larger but which has the noise of one number only. Cost: the bins.
    /// </remarks>
    /// <param name="isIn">The set.</param>
    /// <param name="deviations">How many deviations of the noise are allowed for.</param>
    public (double Low, double High) ShareOf(ReadOnlySpan<bool> isIn, double deviations)
    {
        var (inside, size, sum) = (0.0, 0, 0.0);
        for (var bin = 0; bin < isIn.Length; bin++)
        {
            sum += Counts[bin];
            if (isIn[bin])
                (inside, size) = (inside + Counts[bin], size + 1);
        }
        var slack = deviations * deviations * NoiseVariance;
        var ofBins = Possible(
            (sum * sum) - (slack * isIn.Length), (inside * sum) - (slack * size), (inside * inside) - (slack * size), sum);
        var ofRole = Possible(
            ((double)RoleUnits * RoleUnits) - slack, inside * RoleUnits, (inside * inside) - (slack * size), RoleUnits);
        return (Math.Max(ofBins.Low, ofRole.Low), ofBins.High);
    }

    /// <summary>Where a s² - 2 b s + c is not above 0, within 0..1.</summary>
    private static (double Low, double High) Possible(double a, double b, double c, double whole)
    {
        if (whole <= 0 || a <= 0)
            return (0, 1);
        var root = Math.Sqrt(Math.Max(0, (b * b) - (a * c)));
        return (Math.Clamp((b - root) / a, 0, 1), Math.Clamp((b + root) / a, 0, 1));
    }
}

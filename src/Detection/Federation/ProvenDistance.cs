namespace SentinelHealth.Detection.Federation;

/// <summary>
/// How much two published histograms differ for certain: what remains when noise is allowed for in both, in the people of each as in its
/// bins. Pure.
/// </summary>
/// <remarks>
/// Looked at are sets of bins, and the one that shows most counts. Each is allowed the more noise the more there are of its kind, so
/// that chance exceeds what is allowed to any of one size, in one histogram, about once in a thousand million times.
/// </remarks>
internal static class ProvenDistance
{
    /// <summary>Deviations that noise exceeds once in a thousand million times.</summary>
    private const double Deviations = 6;

    /// <summary>The share of what is done in one that lies in bins where the other has it not, 0..1: a lower bound of the total variation distance.</summary>
    /// <remarks>Cost: the square of the bins.</remarks>
    public static double Share(NoisyHistogram one, NoisyHistogram other)
    {
        var bins = one.Counts.Count;
        var (mine, theirs) = (Math.Max(1, one.Sum), Math.Max(1, other.Sum));
        // Of all sets of so many bins, the one in which they differ most: it was chosen from many, and is allowed for as many.
        var order = Enumerable.Range(0, bins)
            .OrderByDescending(bin => (one.Counts[bin] / mine) - (other.Counts[bin] / theirs)).ToArray();
        var isIn = new bool[bins];
        var (apart, sets) = (0.0, 0.0);
        for (var size = 1; size < bins; size++)
        {
            isIn[order[size - 1]] = true;
            sets += Math.Log((bins - size + 1.0) / size);
            var deviations = DeviationsFor(sets);
            apart = Math.Max(apart, one.ShareOf(isIn, deviations).Low - other.ShareOf(isIn, deviations).High);
        }
        return apart;
    }

    /// <summary>
    /// The share of the people that differs by more than so many bins, 0..1: a lower bound of what would have to be moved farther than
    /// that to make one histogram of the other.
    /// </summary>
    /// <remarks>
    /// Where most of one lies in a stretch of bins, and most of the other in a stretch that far away, what the two shares exceed 1 by
    /// has no place between. Empty bins, of which noise makes most, are in neither. Cost: the cube of the bins.
    /// </remarks>
    public static double BeyondBins(NoisyHistogram one, NoisyHistogram other, int reach)
    {
        var deviations = DeviationsFor(Math.Log(one.Counts.Count * (one.Counts.Count + 1) / 2.0));
        var (mine, theirs) = (Stretches(one, deviations), Stretches(other, deviations));
        var apart = 0.0;
        for (var cut = 0; cut + reach + 1 < one.Counts.Count; cut++)
        {
            // The best stretches up to the cut, and from beyond the reach on.
            var after = cut + reach + 1;
            apart = Math.Max(apart, Math.Max(
                mine.UpTo[cut] + theirs.From[after], theirs.UpTo[cut] + mine.From[after]) - 1);
        }
        return apart;
    }

    /// <summary>The largest share that lies for certain in one stretch, of those that end by a bin and of those that begin with one or later.</summary>
    private static (double[] UpTo, double[] From) Stretches(NoisyHistogram histogram, double deviations)
    {
        var bins = histogram.Counts.Count;
        var (upTo, from) = (new double[bins], new double[bins]);
        var isIn = new bool[bins];
        for (var first = 0; first < bins; first++)
        {
            Array.Clear(isIn);
            for (var last = first; last < bins; last++)
            {
                isIn[last] = true;
                var share = histogram.ShareOf(isIn, deviations).Low;
                (upTo[last], from[first]) = (Math.Max(upTo[last], share), Math.Max(from[first], share));
            }
        }
        for (var bin = 1; bin < bins; bin++)
        {
            upTo[bin] = Math.Max(upTo[bin], upTo[bin - 1]);
            from[bins - 1 - bin] = Math.Max(from[bins - 1 - bin], from[bins - bin]);
        }
        return (upTo, from);
    }

    /// <summary>A Gaussian exceeds the root of d² + 2 ln n in less than an n-th of the cases in which it exceeds d.</summary>
    private static double DeviationsFor(double logarithmOfNumber) =>
        Math.Sqrt((Deviations * Deviations) + (2 * logarithmOfNumber));
}

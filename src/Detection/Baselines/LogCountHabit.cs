namespace SentinelHealth.Detection.Baselines;

/// <summary>
/// What count a thing usually reaches in one bucket of time: exponentially weighted moments of log(1 + count) over active buckets.
/// </summary>
/// <remarks>
/// The logarithm turns the heavy right tail of human activity into something moments describe well; empty buckets are left out
/// because being off duty is not a habit of doing little. 12 bytes.
/// </remarks>
public struct LogCountHabit
{
    /// <summary>Weight of the newest bucket never falls below this: about 64 buckets of memory.</summary>
    private const float WeightMin = 1f / 64;

    private FadingMoments _moments;

    /// <summary>Buckets learned, in effective number (0..64).</summary>
    public readonly float Weight => _moments.Weight;

    /// <summary>Mean of log(1 + count).</summary>
    public readonly float Mean => _moments.Mean;

    /// <summary>Variance of log(1 + count); 0 before the second bucket.</summary>
    public readonly float Variance => _moments.Variance;

    /// <summary>A habit that was learned elsewhere.</summary>
    internal static LogCountHabit Of(float weight, float mean, float variance) =>
        new() { _moments = FadingMoments.Of(weight, mean, variance) };

    /// <summary>This habit with another one standing in for what it lacks: the other weighs as much as it outweighs this one.</summary>
    internal readonly LogCountHabit FilledFrom(in LogCountHabit other)
    {
        var (own, lent) = (Weight, Math.Max(0, other.Weight - Weight));
        if (lent <= 0)
            return this;
        var weight = own + lent;
        var apart = Mean - other.Mean;
        return Of(
            weight, ((own * Mean) + (lent * other.Mean)) / weight,
            ((own * Variance) + (lent * other.Variance) + (own * lent / weight * apart * apart)) / weight);
    }

    /// <summary>Learns a closed bucket.</summary>
    /// <param name="count">Its count, 1 or more.</param>
    /// <param name="trust">Weight of this bucket, 0..1; flagged buckets are learned with little.</param>
    public void Learn(double count, float trust) => _moments.Learn((float)LogOnePlus(count), trust, WeightMin);

    /// <summary>
    /// How surprising a count is, in nats: the drop of a Student-t log density from its mode, for counts above the habit; 0 below it.
    /// The habit is first drawn toward its peers' as far as its own evidence is thin (normal-normal shrinkage).
    /// </summary>
    /// <param name="count">Count so far in the open bucket.</param>
    /// <param name="peers">The peers' habit.</param>
    /// <param name="mean">The blended mean of log(1 + count); <see cref="QuantityHabit.FromScale"/> turns it into a count.</param>
    public readonly double Surprise(double count, in LogCountHabit peers, out double mean) =>
        SurpriseAbove(-1, count, peers, out mean);

    /// <summary>
    /// The same, or any number that is not above the given one when the surprise is certainly not: spares an exponential and a logarithm
    /// where only the highest of several counts.
    /// </summary>
    internal readonly double SurpriseAbove(double least, double count, in LogCountHabit peers, out double mean)
    {
        var own = Weight / (Weight + ShrinkBuckets);
        if (peers.Weight <= 0)
            own = 1;
        mean = (own * Mean) + ((1 - own) * peers.Mean);
        var excess = LogOnePlus(count) - mean;
        if (excess <= 0)
            return 0;
        var between = own * (1 - own) * (Mean - peers.Mean) * (Mean - peers.Mean);
        var known = (own * Variance) + ((1 - own) * peers.Variance) + between;
        var freedom = Math.Clamp(Weight + peers.Weight, 3, FreedomMax);
        // log(1 + x) is at most x, and more variance only lowers x.
        if (0.5 * (freedom + 1) * excess * excess * (1 + Rounding) <= least * (known + VarianceFloor) * freedom)
            return 0;
        // 1 / (1 + count) is the variance of log(1 + count) that counting alone causes (Poisson, delta method).
        var variance = known + (1 / (1 + Math.Exp(mean))) + VarianceFloor;
        return 0.5 * (freedom + 1) * Math.Log(1 + (excess * excess / (variance * freedom)));
    }

    /// <summary>log(1 + count), from a table for the counts that nearly always occur.</summary>
    private static double LogOnePlus(double count)
    {
        var whole = (int)count;
        return whole == count && whole < SmallLogs.Length ? SmallLogs[whole] : Math.Log(1 + count);
    }

    private static readonly double[] SmallLogs = [.. Enumerable.Range(0, 1_024).Select(count => Math.Log(1 + count))];

    /// <summary>Far more than arithmetic may be off by.</summary>
    private const double Rounding = 1e-9;

    /// <summary>Own buckets at which own habit and peers' weigh the same.</summary>
    private const float ShrinkBuckets = 6;

    /// <summary>People vary by about 25 % from one bucket to the next even when nothing changes.</summary>
    private const double VarianceFloor = 0.06;

    /// <summary>Beyond 24 degrees of freedom the tail is practically normal, too light for human activity.</summary>
    private const double FreedomMax = 24;
}

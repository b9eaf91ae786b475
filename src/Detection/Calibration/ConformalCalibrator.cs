using System.Runtime.InteropServices;

namespace SentinelHealth.Detection.Calibration;

/// <summary>
/// Turns raw scores into p-values against the scores seen before: the streaming conformal rank, with a fitted tail beyond it.
/// </summary>
/// <remarks>
/// Ranks come from a decayed histogram of 128 buckets, finer where scores are small (bucket width grows with the score), with
/// the conformal "+1" in numerator and denominator (Vovk, Gammerman and Shafer 2005), so that p is never 0 and, for exchangeable
/// scores, P(p ≤ a) ≤ a up to the width of a bucket. Ranks alone cannot tell a one-in-a-million score from a one-in-a-thousand
/// before a million scores were seen, so beyond the 98 % quantile the excess follows a generalized Pareto tail, fitted by moments
/// (Hosking and Wallis 1987; the peaks-over-threshold idea as in SPOT, Siffer et al. 2017), refitted every 256 scores.
/// O(buckets) to score, no allocation, 1 KB.
/// </remarks>
public sealed class ConformalCalibrator
{
    private const int Buckets = 128;
    private const double BucketsPerLogUnit = 18;
    private const double CountsMax = 20_000;
    private const double TailShare = 0.02;
    private const double TailCountMin = 10;
    private const double ShapeMax = 0.35;
    private const int RefitEvery = 256;

    /// <summary>How many bytes <see cref="Save"/> writes: always as many.</summary>
    internal const int SavedBytes = (sizeof(double) * (Buckets + 4)) + (2 * sizeof(int));

    private readonly double[] _counts = new double[Buckets];
    private double _total;
    private int _sinceFit;
    private int _tailBucket = -1;
    private double _tailProbability, _tailShape, _tailScale;

    /// <summary>Scores learned, in effective number.</summary>
    public double Weight => _total;

    /// <summary>The p-value of a score: how often a score at least this high came before. (0..1].</summary>
    public double PValue(double score)
    {
        if (_total <= 0)
            return 1;
        return _tailBucket >= 0 && BucketOf(score) > _tailBucket
            ? Tail(score - EdgeOf(_tailBucket + 1))
            : Math.Min(1, (CountAtLeast(score) + 1) / (_total + 1));
    }

    /// <summary>The share of the learned scores that are at least this high, the score itself not counted. 0..1.</summary>
    public double ShareAtLeast(double score) => _total <= 0 ? 0 : Math.Min(1, CountAtLeast(score) / _total);

    /// <summary>Learns a score.</summary>
    /// <param name="score">0 or more.</param>
    /// <param name="trust">Weight, 0..1.</param>
    public void Learn(double score, float trust)
    {
        _counts[BucketOf(score)] += trust;
        _total += trust;
        if (_total > CountsMax)
        {
            System.Numerics.Tensors.TensorPrimitives.Multiply(_counts, 0.5, _counts);
            _total *= 0.5;
        }
        if (++_sinceFit >= RefitEvery)
            FitTail();
    }

    /// <summary>Who may change it: what a kept state refers to has no owner any more. Null where nothing is kept.</summary>
    internal object? Owner { get; init; }

    /// <summary>The same record, to be changed by somebody else. 1 KB.</summary>
    internal ConformalCalibrator GoOn(object owner)
    {
        var copy = new ConformalCalibrator { Owner = owner };
        _counts.CopyTo(copy._counts.AsSpan());
        (copy._total, copy._sinceFit, copy._tailBucket) = (_total, _sinceFit, _tailBucket);
        (copy._tailProbability, copy._tailShape, copy._tailScale) = (_tailProbability, _tailShape, _tailScale);
        return copy;
    }

    /// <summary>Writes the state.</summary>
    public void Save(BinaryWriter writer)
    {
        writer.Write(MemoryMarshal.AsBytes(_counts.AsSpan()));
        writer.Write(_total);
        writer.Write(_sinceFit);
        writer.Write(_tailBucket);
        writer.Write(_tailProbability);
        writer.Write(_tailShape);
        writer.Write(_tailScale);
    }

    /// <summary>Reads state written by <see cref="Save"/>.</summary>
    public void Load(BinaryReader reader)
    {
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(_counts.AsSpan()));
        _total = reader.ReadDouble();
        _sinceFit = reader.ReadInt32();
        _tailBucket = reader.ReadInt32();
        _tailProbability = reader.ReadDouble();
        _tailShape = reader.ReadDouble();
        _tailScale = reader.ReadDouble();
    }

    /// <summary>Buckets are equal on the scale of log(1 + score): about 6 % wide, up to a score of 1,200.</summary>
    internal static int BucketOf(double score) =>
        score <= 0 ? 0 : Math.Clamp((int)(Math.Log(1 + score) * BucketsPerLogUnit), 0, Buckets - 1);

    private static double EdgeOf(int bucket) => Edges[bucket];

    private static readonly double[] Edges =
        [.. Enumerable.Range(0, Buckets + 1).Select(bucket => Math.Exp(bucket / BucketsPerLogUnit) - 1)];

    private double CountAtLeast(double score)
    {
        var bucket = BucketOf(score);
        var above = System.Numerics.Tensors.TensorPrimitives.Sum(_counts.AsSpan(bucket + 1));
        return above + (_counts[bucket] * (1 - Position(score, bucket)));
    }

    private static double Position(double score, int bucket)
    {
        var (low, high) = (EdgeOf(bucket), EdgeOf(bucket + 1));
        return Math.Clamp((score - low) / (high - low), 0, 1);
    }

    private double Tail(double excess)
    {
        var survival = _tailShape < 1e-3
            ? Math.Exp(-excess / _tailScale)
            : Math.Pow(1 + (_tailShape * excess / _tailScale), -1 / _tailShape);
        return Math.Max(_tailProbability * survival, double.Epsilon);
    }

    private void FitTail()
    {
        _sinceFit = 0;
        _tailBucket = -1;
        var (above, bucket) = (0.0, Buckets - 1);
        while (bucket > 0 && above + _counts[bucket] <= TailShare * _total)
            above += _counts[bucket--];
        if (above < TailCountMin)
            return;
        var (mean, square) = (0.0, 0.0);
        var threshold = EdgeOf(bucket + 1);
        for (var i = bucket + 1; i < Buckets; i++)
        {
            var excess = (0.5 * (EdgeOf(i) + EdgeOf(i + 1))) - threshold;
            mean += _counts[i] * excess / above;
            square += _counts[i] * excess * excess / above;
        }
        var ratio = mean * mean / Math.Max(square - (mean * mean), 1e-9);
        _tailBucket = bucket;
        _tailProbability = (above + 1) / (_total + 1);
        _tailShape = Math.Clamp(0.5 * (1 - ratio), 0, ShapeMax);
        // With the shape given, the mean of the tail fixes its scale.
        _tailScale = Math.Max(mean * (1 - _tailShape), 1e-3);
    }
}

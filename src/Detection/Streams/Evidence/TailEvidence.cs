using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace SentinelHealth.Detection.Streams.Evidence;

/// <summary>How the raw scores of a <see cref="TailEvidence"/> are spread.</summary>
internal enum TailScale
{
    /// <summary>Raw scores are counts of nats without bound; buckets grow with them and the tail is followed beyond what was
    /// seen.</summary>
    Logarithmic,

    /// <summary>Raw scores are already logarithms of a share; nothing is more improbable than what was seen.</summary>
    Linear,
}

/// <summary>Turns raw scores into evidence: minus the logarithm of how often a score at least as high came before.</summary>
/// <remarks>
/// A weighted histogram gives the streaming conformal rank (Vovk, Gammerman and Shafer 2005). On the logarithmic scale the scores
/// beyond the 99 % quantile are taken for a Pareto tail whose exponent is Hill's estimate (1975), so that floods keep an order
/// among each other; it departs from peaks over threshold (SPOT, Siffer et al. 2017) in needing no fit but a mean. Evidence is
/// tabulated every 1,024 scores, so that scoring is one logarithm and one table look-up. O(1), 6 KB.
/// </remarks>
internal sealed class TailEvidence(TailScale scale)
{
    private const int Buckets = 384;
    private const double BucketsPerLogUnit = 24, BucketsPerNat = 20;
    private const double TailShare = 0.01;
    private const int TabulateEvery = 1_024, TabulateAlwaysBelow = 64;

    /// <summary>The Pareto exponent believed before a tail was seen, and its weight in scores.</summary>
    private const double TailExponentPrior = 8, TailPriorWeight = 2;

    private readonly double[] _counts = new double[Buckets];
    private readonly double[] _evidence = new double[Buckets + 1];
    private double _total;
    private int _learned;

    public static long SizeBytes => (2 * Buckets * sizeof(double)) + 24;

    /// <summary>Nats of evidence in a raw score of 0 or more. Rises with the score.</summary>
    public double Of(double raw)
    {
        var position = Math.Min(Position(raw), Buckets - 1e-9);
        var bucket = (int)position;
        return _evidence[bucket] + ((_evidence[bucket + 1] - _evidence[bucket]) * (position - bucket));
    }

    /// <summary>Learns a raw score with a weight.</summary>
    public void Learn(double raw, double weight)
    {
        _counts[Math.Min((int)Position(raw), Buckets - 1)] += weight;
        _total += weight;
        _learned++;
        if (_learned % TabulateEvery == 0 || _learned < TabulateAlwaysBelow)
            Tabulate();
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(MemoryMarshal.AsBytes(_counts.AsSpan()));
        writer.Write(MemoryMarshal.AsBytes(_evidence.AsSpan()));
        writer.Write(_total);
        writer.Write(_learned);
    }

    public void Load(BinaryReader reader)
    {
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(_counts.AsSpan()));
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(_evidence.AsSpan()));
        _total = reader.ReadDouble();
        _learned = reader.ReadInt32();
    }

    private double Position(double raw) =>
        raw <= 0 ? 0 : scale == TailScale.Linear ? raw * BucketsPerNat : Math.Log(1 + raw) * BucketsPerLogUnit;

    private void Tabulate()
    {
        var (above, tailBucket, excess) = (0.0, Buckets, 0.0);
        _evidence[Buckets] = Evidence(0);
        for (var bucket = Buckets - 1; bucket >= 0; bucket--)
        {
            // The mean excess over a falling threshold grows by what already lies above it and half a bucket of what it takes in.
            if (above + _counts[bucket] < TailShare * _total)
                (excess, tailBucket) = (excess + above + (0.5 * _counts[bucket]), bucket);
            above += _counts[bucket];
            _evidence[bucket] = Evidence(above);
        }
        if (scale == TailScale.Logarithmic)
            FollowTail(tailBucket, excess);
    }

    private void FollowTail(int tailBucket, double excess)
    {
        var above = TensorPrimitives.Sum(_counts.AsSpan(tailBucket));
        var mean = (excess + (TailPriorWeight * BucketsPerLogUnit / TailExponentPrior)) / (above + TailPriorWeight);
        for (var bucket = tailBucket + 1; bucket <= Buckets; bucket++)
            _evidence[bucket] = _evidence[bucket - 1] + (1 / mean);
    }

    private double Evidence(double above) => -Math.Log((above + 0.5) / (_total + 1));
}

using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace SentinelHealth.Detection.Calibration;

/// <summary>Exact smoothed ranks of scores among all that came before, in buckets. 512 bytes.</summary>
/// <remarks>
/// Equal buckets are ties, broken by a number that the caller draws: the smoothed conformal p-value of Vovk, Gammerman and Shafer
/// (2005). Whatever the width of the buckets, the p-values of exchangeable scores are then independent and exactly
/// uniform, which <see cref="ConformalCalibrator"/> with its fading memory and fitted tail only approximates. O(buckets).
/// </remarks>
internal sealed class ScoreRanks
{
    private const int Buckets = 128;
    private readonly int[] _counts = new int[Buckets];
    private int _total;

    /// <summary>Ranks a score among those before it, then keeps it.</summary>
    /// <param name="score">0 or more.</param>
    /// <param name="chance">Uniform in 0..1, for breaking ties.</param>
    public double Next(double score, double chance)
    {
        var bucket = ConformalCalibrator.BucketOf(score);
        var above = TensorPrimitives.Sum<int>(_counts.AsSpan(bucket + 1));
        var pValue = (above + (chance * (_counts[bucket] + 1.0))) / (_total + 1.0);
        _counts[bucket]++;
        _total++;
        return pValue;
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(_total);
        writer.Write(MemoryMarshal.AsBytes(_counts.AsSpan()));
    }

    public void Load(BinaryReader reader)
    {
        _total = reader.ReadInt32();
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(_counts.AsSpan()));
    }
}

using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace SentinelHealth.Detection.Streams.Evidence;

/// <summary>Learns, without labels, how much each kind of evidence deserves to be heard.</summary>
/// <remarks>
/// What several independent witnesses notice together is more likely to be real than what one sees alone. Evidence comes in
/// families (bursts, rarities, tails, distances), and a member's weight is the root of its mean correlation with the members of
/// other families, so that an aspect that is odd all the time by itself, such as destinations that are always new, is hardly
/// heard. It is divided by the sum of its correlations with everything, so that ten columns saying the same thing have one voice.
/// This follows the spectral meta-learner (Parisi et al. 2014) and SELECT (Rayana and Akoglu 2016) in learning trust from
/// agreement, without their batch of scores. O(members²) every eighth of as many rows as there are members; 8 bytes times
/// members².
/// </remarks>
internal sealed class AgreementWeights
{
    private const int MembersPerRow = 8;
    private const int WeighEvery = 512;
    private const double VarianceMin = 1e-9;

    /// <summary>
    /// A witness that agrees with nobody is heard as if it agreed by this share of the mean: audible for the first anomaly, and not
    /// so loud that dozens of idle columns drown the others.
    /// </summary>
    private const double AudibleShare = 0.02;

    private readonly int[] _family;
    private readonly double[] _mean, _deviation, _covariance, _weights;
    private readonly int _learnEvery;
    private double _total;
    private int _learned;

    /// <summary>Starts with equal weights.</summary>
    /// <param name="family">The family of each member.</param>
    public AgreementWeights(int[] family)
    {
        _family = family;
        _learnEvery = Math.Max(1, family.Length / MembersPerRow);
        (_mean, _deviation, _weights) = (new double[family.Length], new double[family.Length], new double[family.Length]);
        _covariance = new double[family.Length * family.Length];
        _weights.AsSpan().Fill(1.0 / family.Length);
    }

    /// <summary>Weights of the members; their sum is 1.</summary>
    public ReadOnlySpan<double> Weights => _weights;

    public long SizeBytes => sizeof(double) * (long)(_covariance.Length + (3 * _mean.Length) + 1) + sizeof(int);

    /// <summary>Learns how evidence varies together.</summary>
    public void Learn(ReadOnlySpan<double> evidence, double weight)
    {
        if (_learned++ % _learnEvery != 0)
            return;
        _total += weight;
        var share = weight / _total;
        TensorPrimitives.Subtract(evidence, _mean, _deviation);
        TensorPrimitives.MultiplyAdd(_deviation, share, _mean, _mean);
        for (var i = 0; i < _mean.Length; i++)
        {
            var row = _covariance.AsSpan(i * _mean.Length, i + 1);
            TensorPrimitives.Multiply(row, 1 - share, row);
            TensorPrimitives.MultiplyAdd(_deviation.AsSpan(0, i + 1), share * (1 - share) * _deviation[i], row, row);
        }
        if (_learned / _learnEvery % WeighEvery == WeighEvery - 1)
            Weigh();
    }

    public void Save(BinaryWriter writer)
    {
        foreach (var part in new[] { _mean, _covariance, _weights })
            writer.Write(MemoryMarshal.AsBytes(part.AsSpan()));
        writer.Write(_total);
        writer.Write(_learned);
    }

    public void Load(BinaryReader reader)
    {
        foreach (var part in new[] { _mean, _covariance, _weights })
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(part.AsSpan()));
        _total = reader.ReadDouble();
        _learned = reader.ReadInt32();
    }

    private void Weigh()
    {
        var (agreements, redundancies) = (_deviation, _weights);
        var total = 0.0;
        for (var i = 0; i < agreements.Length; i++)
        {
            (agreements[i], redundancies[i]) = AgreementOf(i);
            total += Math.Max(0, agreements[i]);
        }
        var audible = AudibleShare * total / agreements.Length;
        var sum = 0.0;
        for (var i = 0; i < _weights.Length; i++)
            sum += _weights[i] = redundancies[i] > 0 ? Math.Sqrt(Math.Max(audible, agreements[i])) / redundancies[i] : 0;
        if (sum > 0)
            TensorPrimitives.Divide(_weights, sum, _weights);
        else
            _weights.AsSpan().Fill(1.0 / _weights.Length);
    }

    /// <summary>Mean correlation with other families, and the sum of all; 0 and 0 for a witness that never varies.</summary>
    private (double Agreement, double Redundancy) AgreementOf(int member)
    {
        if (Covariance(member, member) < VarianceMin)
            return (0, 0);
        var (others, othersCount, redundancy) = (0.0, 0, 0.0);
        for (var i = 0; i < _weights.Length; i++)
        {
            var variance = Covariance(i, i);
            if (variance < VarianceMin)
                continue;
            var correlation = Covariance(member, i) / Math.Sqrt(variance * Covariance(member, member));
            redundancy += Math.Max(0, correlation);
            if (_family[i] != _family[member])
                (others, othersCount) = (others + correlation, othersCount + 1);
        }
        // With a single family there is nobody else to ask.
        return (othersCount == 0 ? 1 : others / othersCount, redundancy);
    }

    private double Covariance(int i, int j) => _covariance[i >= j ? (i * _mean.Length) + j : (j * _mean.Length) + i];
}

using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace SentinelHealth.Detection.Streams.Shapes;

/// <summary>How far a row lies from its nearest neighbour in small samples, at two sample sizes.</summary>
/// <remarks>
/// One nearest neighbour in a small random sample tells outliers better than exact neighbours in all data (Sugiyama and Borgwardt
/// 2013; LeSiNN, Pang et al. 2015), because anomalies that come in groups rarely meet their own kind in it. Samples of 4 see
/// distance from the bulk, of 16 from its parts; both come from the same 256 distances over standardized columns. Larger ones
/// meet the anomalies. O(256 · columns) a row, vectorized; 1 KB a column.
/// </remarks>
internal sealed class SampleNeighbors(int columns)
{
    public static readonly int[] SampleSizes = [4, 16];

    private const int Neighbors = 256;

    /// <summary>A deviation at which any row is far from everything.</summary>
    private const float DeviationMax = 1e5f;

    /// <summary>Distances are told in sixteenths of a standard deviation, which suits the buckets of the evidence.</summary>
    private const double Unit = 16;

    private readonly float[] _points = new float[columns * Neighbors];
    private readonly float[] _mean = new float[columns];
    private readonly float[] _inverseDeviation = new float[columns];
    private readonly float[] _distances = new float[Neighbors];
    private readonly float[] _difference = new float[Neighbors];
    private int _liveColumns;

    public long SizeBytes => sizeof(float) * (long)(_points.Length + (2 * columns) + (2 * Neighbors));

    /// <summary>Mean distance to the nearest neighbour over the samples of each size.</summary>
    public void Of(ReadOnlySpan<double> numbers, Span<double> scales)
    {
        scales.Clear();
        if (_liveColumns == 0)
            return;
        _distances.AsSpan().Clear();
        for (var column = 0; column < columns; column++)
        {
            if (_inverseDeviation[column] == 0)
                continue;
            TensorPrimitives.Subtract(
                _points.AsSpan(column * Neighbors, Neighbors), Standardized(numbers[column], column), _difference);
            TensorPrimitives.MultiplyAdd(_difference, _difference, _distances, _distances);
        }
        var unit = Unit / Math.Sqrt(_liveColumns);
        var (lanes, scale) = (Neighbors, 0);
        // Halving the array by minima leaves, at each size, one lane a sample: samples of 4, then of 16.
        while (lanes > Neighbors / SampleSizes[^1])
        {
            lanes /= 2;
            TensorPrimitives.Min(_distances.AsSpan(0, lanes), _distances.AsSpan(lanes, lanes), _distances.AsSpan(0, lanes));
            if (lanes == Neighbors / SampleSizes[scale])
                scales[scale++] = unit * MeanRoot(_distances.AsSpan(0, lanes));
        }
    }

    /// <summary>Takes over the sample.</summary>
    public void Rebuild(RowSample sample)
    {
        _liveColumns = 0;
        for (var column = 0; column < columns; column++)
        {
            Standardize(sample, column);
            if (_inverseDeviation[column] > 0)
                _liveColumns++;
            for (var i = 0; i < Neighbors; i++)
                _points[(column * Neighbors) + i] = Standardized(sample.Row(i % sample.Count)[column], column);
        }
    }

    public void Save(BinaryWriter writer)
    {
        foreach (var part in new[] { _points, _mean, _inverseDeviation })
            writer.Write(MemoryMarshal.AsBytes(part.AsSpan()));
        writer.Write(_liveColumns);
    }

    public void Load(BinaryReader reader)
    {
        foreach (var part in new[] { _points, _mean, _inverseDeviation })
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(part.AsSpan()));
        _liveColumns = reader.ReadInt32();
    }

    private void Standardize(RowSample sample, int column)
    {
        var (count, mean, squares) = (0, 0.0, 0.0);
        for (var row = 0; row < sample.Count; row++)
        {
            var value = sample.Row(row)[column];
            if (float.IsNaN(value))
                continue;
            var difference = value - mean;
            mean += difference / ++count;
            squares += difference * (value - mean);
        }
        var deviation = count > 1 ? Math.Sqrt(squares / count) : 0;
        _mean[column] = (float)mean;
        _inverseDeviation[column] = deviation > 1e-6 * Math.Abs(mean) && deviation > 1e-30 ? (float)(1 / deviation) : 0;
    }

    /// <summary>An absent number is an ordinary one.</summary>
    private float Standardized(double value, int column) => double.IsNaN(value)
        ? 0
        : Math.Clamp((RowSample.Bounded(value) - _mean[column]) * _inverseDeviation[column], -DeviationMax, DeviationMax);

    private static double MeanRoot(ReadOnlySpan<float> squares)
    {
        var sum = 0.0;
        foreach (var square in squares)
            sum += Math.Sqrt(square);
        return sum / squares.Length;
    }
}

using System.Runtime.InteropServices;

namespace SentinelHealth.Detection.Streams.Shapes;

/// <summary>How far a row lies in the tails of its columns, taken together.</summary>
/// <remarks>
/// The empirical tail probabilities of ECOD (Li et al. 2022), streaming: against the trusted sample, refreshed as it changes. We
/// sum the smaller tail of each column instead of comparing three sums over all columns: a row may be low in one column and high
/// in another. Columns are taken for independent; <see cref="SampleNeighbors"/> sees what that misses. O(columns · log 512) a
/// row.
/// </remarks>
internal sealed class ColumnTails(int columns)
{
    private static readonly double[] TailNats =
        [.. Enumerable.Range(0, RowSample.RowsMax + 1).Select(count => Math.Log(count + 0.5))];
    private readonly float[] _sorted = new float[columns * RowSample.RowsMax];
    private readonly int[] _counts = new int[columns];

    public long SizeBytes => (_sorted.Length * sizeof(float)) + (columns * sizeof(int));

    /// <summary>Sum over the columns of minus the log of twice the smaller tail. 0 or more.</summary>
    public double Of(ReadOnlySpan<double> numbers)
    {
        var sum = 0.0;
        for (var column = 0; column < columns; column++)
        {
            var value = RowSample.Bounded(numbers[column]);
            if (float.IsNaN(value) || _counts[column] == 0)
                continue;
            var sorted = _sorted.AsSpan(column * RowSample.RowsMax, _counts[column]);
            var below = CountBelow(sorted, value);
            var reached = below;
            if (below < sorted.Length && sorted[below] == value)
                reached = CountBelow(sorted, MathF.BitIncrement(value));
            var tail = Math.Min(reached, sorted.Length - below);
            sum += Math.Max(0, Math.Log(0.5 * (sorted.Length + 1)) - TailNats[tail]);
        }
        return sum;
    }

    /// <summary>Takes over the sample.</summary>
    public void Rebuild(RowSample sample)
    {
        for (var column = 0; column < columns; column++)
        {
            var sorted = _sorted.AsSpan(column * RowSample.RowsMax, RowSample.RowsMax);
            var count = 0;
            for (var row = 0; row < sample.Count; row++)
            {
                var value = sample.Row(row)[column];
                if (!float.IsNaN(value))
                    sorted[count++] = value;
            }
            sorted[..count].Sort();
            _counts[column] = count;
        }
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(MemoryMarshal.AsBytes(_sorted.AsSpan()));
        writer.Write(MemoryMarshal.AsBytes(_counts.AsSpan()));
    }

    public void Load(BinaryReader reader)
    {
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(_sorted.AsSpan()));
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(_counts.AsSpan()));
        if (_counts.AsSpan().ContainsAnyExceptInRange(0, RowSample.RowsMax))
            throw new InvalidDataException("A column of the sample has an impossible number of values.");
    }

    /// <summary>Values smaller than one, by a search without branches to guess wrong.</summary>
    private static int CountBelow(ReadOnlySpan<float> sorted, float value)
    {
        var (start, length) = (0, sorted.Length);
        while (length > 1)
        {
            var half = length / 2;
            start += sorted[start + half - 1] < value ? half : 0;
            length -= half;
        }
        return start + (sorted[start] < value ? 1 : 0);
    }
}

using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace SentinelHealth.Detection.TimeSeries;

/// <summary>
/// How rare a deviation is among those seen before, in decades: minus the logarithm of its streaming conformal p-value.
/// </summary>
/// <remarks>
/// The conformal rank with "+1" above and below (Vovk, Gammerman and Shafer 2005), read from a histogram whose buckets are
/// equal on a logarithmic scale (the idea of DDSketch, Masson, Rim and Lee 2019), four to a doubling. Departures: the
/// buckets hang from the largest deviation ever seen and cover 16 doublings below it, because only the tail is ever asked
/// for; all counts are halved when they pass <see cref="CountMax"/>, so that the memory is long but not endless; beyond the
/// largest deviation the rank cannot grow, so each further doubling adds a little (a Pareto tail of index ¼, for at most
/// four doublings), which only keeps extremes in order. O(64) vectorized, no allocation, 268 bytes.
/// </remarks>
internal struct TailHistogram
{
    public const float CountMax = 5_000;
    private const int BucketsPerDoubling = 4;
    private const double BeyondDecadesPerDoubling = 0.075;
    private const double BeyondDoublingsMax = 4;

    private Counts _counts;
    private float _total;

    /// <summary>
    /// Upper end of the buckets, as an index on the logarithmic scale; meaningless while nothing above 0 was seen.
    /// </summary>
    private int _end;

    /// <summary>Position of the largest deviation seen, on the logarithmic scale.</summary>
    private float _largest;

    /// <summary>Whether nothing above 0 was seen: buckets that end at 0 hold a largest position below 0.</summary>
    private readonly bool IsEmpty => _end == 0 && _largest == 0;

    /// <summary>Decades of rarity of a deviation: 0 = common, 2 = one in a hundred. Finite.</summary>
    public readonly double Rarity(double deviation)
    {
        if (_total < 1 || !(deviation > 0))
            return 0;
        var position = Position(deviation);
        var above = 0f;
        var slot = Slot(position);
        if (slot < Counts.Length)
            above = CountAbove(slot, position);
        var decades = -Math.Log10((above + 1) / (_total + 1));
        return Math.Max(0, decades) + Beyond(position);
    }

    /// <summary>Learns a deviation; 0 and less count as common.</summary>
    public void Learn(double deviation)
    {
        if (deviation > 0)
        {
            var position = Position(deviation);
            Reach(position);
            var slot = Slot(position);
            if (slot >= 0)
                _counts[slot]++;
        }
        if (++_total > CountMax)
            Halve();
    }

    private static double Position(double deviation) => Math.Log2(deviation) * BucketsPerDoubling;

    private readonly int Slot(double position) => (int)Math.Floor(position) - _end + Counts.Length;

    private readonly float CountAbove(int slot, double position)
    {
        ReadOnlySpan<float> counts = _counts;
        if (slot < 0)
            return TensorPrimitives.Sum(counts);
        var within = counts[slot] * (1 - (float)(position - Math.Floor(position)));
        return within + TensorPrimitives.Sum(counts[(slot + 1)..]);
    }

    private readonly double Beyond(double position) =>
        IsEmpty || position <= _largest
            ? 0
            : BeyondDecadesPerDoubling * Math.Min(BeyondDoublingsMax, (position - _largest) / BucketsPerDoubling);

    /// <summary>
    /// Moves the buckets up until they hold the position; the lowest fall off and stay counted in the total alone.
    /// </summary>
    private void Reach(double position)
    {
        var end = (int)Math.Floor(position) + 1;
        var isFirst = IsEmpty;
        if (isFirst || end > _end)
        {
            Span<float> counts = _counts;
            var shift = isFirst ? 0 : Math.Min(end - _end, Counts.Length);
            counts[shift..].CopyTo(counts);
            counts[(Counts.Length - shift)..].Clear();
            _end = end;
        }
        if (isFirst || position > _largest)
            _largest = (float)position;
    }

    private void Halve()
    {
        Span<float> counts = _counts;
        TensorPrimitives.Multiply(counts, 0.5f, counts);
        _total *= 0.5f;
    }

    [InlineArray(Length)]
    private struct Counts
    {
        public const int Length = 64;
        private float _first;
    }
}

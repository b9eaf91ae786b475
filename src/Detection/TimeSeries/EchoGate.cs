using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace SentinelHealth.Detection.TimeSeries;

/// <summary>
/// Tells a new story from the echo of one already told: the greatest evidence of the last 108 to 120 points.
/// </summary>
/// <remarks>
/// A refractory period as in spike detection: evidence no greater than that of the last points belongs to the same cause.
/// The exact moving maximum needs a queue of 120; ten maxima over twelve points each hold it to within twelve points.
/// O(10), 44 bytes.
/// </remarks>
internal struct EchoGate
{
    private const int Blocks = 10;
    private const int PointsPerBlock = 12;

    private Maxima _maxima;
    private int _points;

    /// <summary>The greatest evidence lately, in decades.</summary>
    public readonly float Peak => TensorPrimitives.Max<float>(_maxima);

    /// <summary>Learns the evidence of a point.</summary>
    public void Learn(float decades)
    {
        var block = _points / PointsPerBlock;
        if (_points % PointsPerBlock == 0)
            _maxima[block] = 0;
        _maxima[block] = Math.Max(_maxima[block], decades);
        _points = (_points + 1) % (Blocks * PointsPerBlock);
    }

    [InlineArray(Blocks)]
    private struct Maxima
    {
        private float _first;
    }
}

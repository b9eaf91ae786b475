namespace SentinelHealth.Detection.TimeSeries;

/// <summary>Exponentially weighted mean and variance, plain averages while young. 12 bytes.</summary>
/// <remarks>
/// West's (1979) update, so that a large offset does not cancel. The weight stops growing at a million. O(1).
/// </remarks>
internal struct MovingMoments
{
    private const float WeightMax = 1 << 20;

    private float _mean;
    private float _variance;
    private float _weight;

    public readonly float Mean => _mean;

    public readonly float Variance => _variance;

    /// <summary>Points learned.</summary>
    public readonly float Weight => _weight;

    /// <summary>Learns a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="rateMin">How much of the old mean it replaces at least, 0..1; more while young.</param>
    public void Learn(double value, double rateMin)
    {
        _weight = Math.Min(_weight + 1, WeightMax);
        var rate = Math.Max(rateMin, 1 / _weight);
        var deviation = value - _mean;
        _mean += (float)(rate * deviation);
        _variance = (float)Math.Min(_variance + (rate * ((deviation * deviation * (1 - rate)) - _variance)), float.MaxValue);
    }
}

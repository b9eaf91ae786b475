namespace SentinelHealth.Detection.Baselines;

/// <summary>Mean and variance of weighted values, fading once they are full. 12 bytes.</summary>
/// <remarks>West's weighted update (1979), so that a large offset does not cancel. O(1).</remarks>
internal struct FadingMoments
{
    private float _weight;
    private float _mean;
    private float _variance;

    /// <summary>Values learned, in effective number.</summary>
    public readonly float Weight => _weight;

    /// <summary>Their mean.</summary>
    public readonly float Mean => _mean;

    /// <summary>Their variance; 0 before the second value.</summary>
    public readonly float Variance => _variance;

    /// <summary>Moments that were learned elsewhere.</summary>
    public static FadingMoments Of(float weight, float mean, float variance) =>
        new() { _weight = weight, _mean = mean, _variance = variance };

    /// <summary>Learns a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="trust">Its weight, 0..1.</param>
    /// <param name="weightMin">The share of a fully trusted value never falls below this: the memory is its inverse.</param>
    public void Learn(float value, float trust, float weightMin)
    {
        _weight = Math.Min(_weight + trust, 1 / weightMin);
        if (_weight <= 0)
            return;
        var rate = Math.Max(trust / _weight, weightMin * trust);
        var deviation = value - _mean;
        _mean += rate * deviation;
        _variance = Math.Max(0, (1 - rate) * (_variance + (rate * deviation * deviation)));
    }

    /// <summary>Moves the mean, and nothing else.</summary>
    public void Shift(float by) => _mean += by;
}

namespace SentinelHealth.Detection.Baselines;

/// <summary>
/// What size a quantity usually has: exponentially weighted moments on the symmetric log scale sign(x) · log(1 + |x|).
/// </summary>
/// <remarks>
/// The scale takes amounts over many decades and small signed numbers alike. A value beyond four deviations shapes the moments no
/// more than one at four (winsorizing), so a single absurd value, trusted or not, cannot widen the habit until the next one looks
/// ordinary. 12 bytes.
/// </remarks>
public struct QuantityHabit
{
    /// <summary>About 512 values of memory.</summary>
    private const float WeightMin = 1f / 512;

    private const float ClipDeviations = 4;

    private float _count;
    private float _mean;
    private float _variance;

    /// <summary>Values learned, in effective number (0..512).</summary>
    public readonly float Weight => _count;

    /// <summary>Mean on the symmetric log scale.</summary>
    public readonly float Mean => _mean;

    /// <summary>Variance on that scale.</summary>
    public readonly float Variance => _variance;

    /// <summary>A quantity on the symmetric log scale.</summary>
    public static double ToScale(double quantity) => quantity < 0 ? -Math.Log(1 - quantity) : Math.Log(1 + quantity);

    /// <summary>A quantity from the symmetric log scale.</summary>
    public static double FromScale(double scaled) => scaled < 0 ? 1 - Math.Exp(-scaled) : Math.Exp(scaled) - 1;

    /// <summary>Learns a value on the symmetric log scale with a weight in 0..1.</summary>
    public void Learn(double scaled, float trust)
    {
        if (trust <= 0)
            return;
        var value = (float)Math.Clamp(scaled, -80, 80);
        if (_count >= 8)
        {
            var reach = ClipDeviations * MathF.Sqrt(_variance + 1e-6f);
            value = Math.Clamp(value, _mean - reach, _mean + reach);
        }
        _count = Math.Min(_count + trust, 1 / WeightMin);
        var rate = Math.Max(trust / _count, WeightMin * trust);
        var deviation = value - _mean;
        _mean += rate * deviation;
        _variance = Math.Max(0, (1 - rate) * (_variance + (rate * deviation * deviation)));
    }
}

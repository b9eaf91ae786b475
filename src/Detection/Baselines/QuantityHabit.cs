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

    private FadingMoments _moments;

    /// <summary>Values learned, in effective number (0..512).</summary>
    public readonly float Weight => _moments.Weight;

    /// <summary>Mean on the symmetric log scale.</summary>
    public readonly float Mean => _moments.Mean;

    /// <summary>Variance on that scale.</summary>
    public readonly float Variance => _moments.Variance;

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
        if (Weight >= 8)
        {
            var reach = ClipDeviations * MathF.Sqrt(Variance + 1e-6f);
            value = Math.Clamp(value, Mean - reach, Mean + reach);
        }
        _moments.Learn(value, trust, WeightMin);
    }
}

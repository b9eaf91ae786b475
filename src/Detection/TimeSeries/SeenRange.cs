namespace SentinelHealth.Detection.TimeSeries;

/// <summary>
/// The range of values seen in this epoch and the one before, and how far a value lies outside it. 20 bytes.
/// </summary>
/// <remarks>
/// A range that never forgot would go blind after its first outlier, one that shrinks steadily would find the familiar new
/// again. Two epochs forget in one step: what was not seen for a whole epoch is new once more. O(1).
/// </remarks>
internal struct SeenRange
{
    private float _low, _high, _lowBefore, _highBefore;
    private byte _isSeen, _isSeenBefore;

    /// <summary>Whether any value is remembered.</summary>
    public readonly bool IsSeen => (_isSeen | _isSeenBefore) != 0;

    /// <summary>Least value remembered; +∞ when there is none.</summary>
    public readonly float Low => Math.Min(
        _isSeen != 0 ? _low : float.PositiveInfinity, _isSeenBefore != 0 ? _lowBefore : float.PositiveInfinity);

    /// <summary>Greatest value remembered; −∞ when there is none.</summary>
    public readonly float High => Math.Max(
        _isSeen != 0 ? _high : float.NegativeInfinity, _isSeenBefore != 0 ? _highBefore : float.NegativeInfinity);

    /// <summary>How far a value lies outside a range; 0 within it or when the range is empty.</summary>
    public static double Outside(double value, double low, double high) =>
        low > high ? 0 : Math.Max(0, Math.Max(value - high, low - value));

    /// <summary>How far a value lies outside this range.</summary>
    public readonly double Outside(float value) => Outside(value, Low, High);

    /// <summary>Learns a value.</summary>
    public void Learn(float value)
    {
        (_low, _high) = _isSeen != 0 ? (Math.Min(_low, value), Math.Max(_high, value)) : (value, value);
        _isSeen = 1;
    }

    /// <summary>Begins a new epoch: what the one before the last saw is forgotten.</summary>
    public void Turn()
    {
        (_lowBefore, _highBefore, _isSeenBefore) = (_low, _high, _isSeen);
        _isSeen = 0;
    }
}

using System.Runtime.CompilerServices;

namespace SentinelHealth.Detection.TimeSeries;

/// <summary>
/// A point held against a series as it was before the point: what is strange about it, and how the averages move on.
/// </summary>
/// <remarks>
/// Made by <see cref="SeriesModel.Judge"/>, which alters nothing; taken in by <see cref="SeriesModel.Absorb"/>.
/// </remarks>
internal struct SeriesJudgement
{
    /// <summary>Components with a tail of their own: the first of <see cref="SeriesComponent"/>.</summary>
    public const int Components = 6;

    public long AtMs;

    /// <summary>Difference from the anchor.</summary>
    public float Value;
    public SeasonalView Season;
    public SeriesAverages Next;

    /// <summary>Deviations, in the unit of the series; NaN where there is no opinion yet.</summary>
    public PerComponent Deviations;

    /// <summary>Weighted decades beyond the common.</summary>
    public PerComponent Decades;

    /// <summary>Accumulated evidence before its own rarity is added; NaN while the series is cold.</summary>
    public double Sum;
    public double RarityOfSum;
    public bool IsEcho;

    public readonly bool IsCold => double.IsNaN(Sum);

    public readonly double Total => Sum + RarityOfSum;

    [InlineArray(Components)]
    public struct PerComponent
    {
        private double _first;
    }
}

using System.Runtime.CompilerServices;

namespace SentinelHealth.Detection.TimeSeries;

/// <summary>Everything kept about one series; about 5.7 KB, without references, so that it is snapshotted as bytes.</summary>
internal struct SeriesState
{
    /// <summary>After so many points the ranges begin a new epoch.</summary>
    public const int EpochPoints = 20_000;

    /// <summary>Points learned; stops growing at 2³⁰.</summary>
    public int Points;
    public int PointsInEpoch;

    /// <summary>
    /// The first value; all values are held as single-precision differences from it, so that an offset costs no digits.
    /// </summary>
    public double Anchor;

    public SeasonalProfile Season;
    public SeenRange Range;
    public SeenRange SmoothedRange;
    public EchoGate Gate;
    public TailHistogram SumTail;
    public Tails PartTails;

    /// <summary>Moving averages; see <see cref="SeriesJudgement"/> for each.</summary>
    public SeriesAverages Averages;

    [InlineArray(SeriesJudgement.Components)]
    public struct Tails
    {
        private TailHistogram _first;
    }
}

/// <summary>The moving averages of a series that a point moves on.</summary>
internal struct SeriesAverages
{
    /// <summary>Mean of the last few values.</summary>
    public double Smoothed;

    /// <summary>Mean size of the residual over the last 20 points, and over the last 200.</summary>
    public double MovementLately, MovementUsually;

    /// <summary>Mean of the signed residual over the last 100 points.</summary>
    public double Shift;

    /// <summary>Evidence that has not leaked away, in decades.</summary>
    public double Evidence;
}

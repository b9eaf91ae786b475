using System.Runtime.CompilerServices;

namespace SentinelHealth.Detection.TimeSeries;

/// <summary>
/// What a series usually is at this time of day and at this hour of the week: two profiles of moving means, and the range
/// of values seen around this time of day.
/// </summary>
/// <remarks>
/// Seasonal exponential smoothing (Holt 1957, Winters 1960) without its trend, over 48 half hours of a day and 168 hours of
/// a week. Departures: both seasons are kept and the one that explains a value better is believed, so that a series need
/// not be told whether it has weekends; the weight of a point follows the sampling interval, so that a half hour counts
/// alike whether it holds one point or a thousand. While a week is young, its cell holds the current hour alone and serves
/// as a forecast from the last few points. Times are UTC. O(1), 3.6 KB.
/// </remarks>
internal struct SeasonalProfile
{
    public const int DayCells = 48;
    public const int WeekCells = 168;
    private const long DayMs = 86_400_000;
    private const long DayCellMs = DayMs / DayCells;
    private const long WeekCellMs = 7 * DayMs / WeekCells;

    /// <summary>How much of the old mean one visit of a half hour, or of an hour of the week, replaces.</summary>
    private const double DayVisitWeight = 0.3, WeekVisitWeight = 0.7;
    private const double IntervalRate = 0.02, LevelRate = 0.05, LevelShare = 0.1;
    private const double DeviationsMax = 4;

    private Days _days;
    private Weeks _weeks;
    private MovingMoments _level;
    private long _lastAtMs;
    private double _intervalMs;
    private float _intervals;

    /// <summary>What the profiles say about an instant.</summary>
    public readonly SeasonalView At(long atMs)
    {
        var day = DayCell(atMs);
        var (before, after) = (day == 0 ? DayCells - 1 : day - 1, day == DayCells - 1 ? 0 : day + 1);
        ref readonly var here = ref _days[day];
        ref readonly var week = ref _weeks[WeekCell(atMs)];
        return new SeasonalView
        {
            DayWeight = here.Moments.Weight,
            HasWeek = week.Weight > 0,
            DayMean = here.Moments.Mean,
            WeekMean = week.Mean,
            Low = Math.Min(here.Range.Low, Math.Min(_days[before].Range.Low, _days[after].Range.Low)),
            High = Math.Max(here.Range.High, Math.Max(_days[before].Range.High, _days[after].Range.High)),
        };
    }

    /// <summary>Learns a value.</summary>
    public void Learn(long atMs, float value)
    {
        var passedMs = Math.Clamp(atMs - _lastAtMs, 0, DayMs);
        if (_lastAtMs != 0)
            _intervalMs += Math.Max(IntervalRate, 1 / ++_intervals) * (passedMs - _intervalMs);
        _lastAtMs = atMs;
        ref var day = ref _days[DayCell(atMs)];
        Learn(ref day.Moments, value, DayVisitWeight * Math.Min(1, _intervalMs / DayCellMs));
        day.Range.Learn(value);
        Learn(ref _weeks[WeekCell(atMs)], value, WeekVisitWeight * Math.Min(1, _intervalMs / WeekCellMs));
        _level.Learn(value, LevelRate);
    }

    /// <summary>Begins a new epoch of the ranges.</summary>
    public void Turn()
    {
        for (var cell = 0; cell < DayCells; cell++)
            _days[cell].Range.Turn();
    }

    private static int DayCell(long atMs) => (int)(PositiveModulo(atMs, DayMs) / DayCellMs);

    private static int WeekCell(long atMs) => (int)(PositiveModulo(atMs, 7 * DayMs) / WeekCellMs);

    private static long PositiveModulo(long atMs, long period)
    {
        var rest = atMs % period;
        return rest < 0 ? rest + period : rest;
    }

    /// <summary>Learns a value, drawn in to four deviations (Huber 1964), so that one outlier cannot bend a season.</summary>
    private readonly void Learn(ref MovingMoments cell, float value, double rate)
    {
        var learned = (double)value;
        if (cell.Weight > 2)
        {
            // A little of the whole level's variance keeps a cell that never moved from refusing to.
            var reach = DeviationsMax * Math.Sqrt(cell.Variance + (LevelShare * _level.Variance));
            learned = Math.Clamp(learned, cell.Mean - reach, cell.Mean + reach);
        }
        cell.Learn(learned, rate);
    }

    private struct Day
    {
        public SeenRange Range;
        public MovingMoments Moments;
    }

    [InlineArray(DayCells)]
    private struct Days
    {
        private Day _first;
    }

    [InlineArray(WeekCells)]
    private struct Weeks
    {
        private MovingMoments _first;
    }
}

/// <summary>What the seasonal profiles say about an instant.</summary>
internal readonly struct SeasonalView
{
    /// <summary>Points this half hour of the day has learned.</summary>
    public float DayWeight { get; init; }

    public bool HasDay => DayWeight > 0;

    public bool HasWeek { get; init; }

    public float DayMean { get; init; }

    public float WeekMean { get; init; }

    /// <summary>Least and greatest value seen within the neighbouring half hours; +∞ and −∞ when there is none.</summary>
    public float Low { get; init; }

    public float High { get; init; }

    /// <summary>The mean of the season that explains a value better.</summary>
    public float Nearest(float value) =>
        HasWeek && !(Math.Abs(value - DayMean) < Math.Abs(value - WeekMean)) ? WeekMean : DayMean;
}

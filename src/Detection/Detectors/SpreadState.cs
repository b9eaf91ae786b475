using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;

namespace SentinelHealth.Detection.Detectors;

/// <summary>The distinct keys of one dimension in the open bucket, and the habit of the closed ones. 56 bytes.</summary>
internal struct SpreadCell
{
    public int Bucket;
    public float EventCount;
    public float TrustSum;
    public LogCountHabit Habit;
    public DistinctCounter Distinct;
}

/// <summary>Cells of one entity: 4 dimensions of 2 widths, 448 bytes.</summary>
internal struct SpreadCells
{
    private CellArray _cells;

    [UnscopedRef]
    public ref SpreadCell At(int dimension, int width) => ref _cells[(dimension * Spread.Widths) + width];

    [InlineArray(Spread.DimensionsMax * Spread.Widths)]
    private struct CellArray
    {
        private SpreadCell _first;
    }
}

/// <summary>Habits of a peer group, aligned with <see cref="SpreadCells"/>.</summary>
internal struct SpreadHabits
{
    private HabitArray _habits;

    [UnscopedRef]
    public ref LogCountHabit At(int dimension, int width) => ref _habits[(dimension * Spread.Widths) + width];

    [InlineArray(Spread.DimensionsMax * Spread.Widths)]
    private struct HabitArray
    {
        private LogCountHabit _first;
    }
}

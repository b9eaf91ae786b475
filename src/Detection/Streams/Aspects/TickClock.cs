namespace SentinelHealth.Detection.Streams.Aspects;

/// <summary>Turns event times into ticks 1, 2, 3 … wide enough that a tick usually holds a few rows.</summary>
/// <remarks>
/// A burst is a count, and counts of zero and one say nothing. Streams differ in what their times mean by many orders of
/// magnitude, so ticks double in width while they hold fewer than <see cref="RowsPerTickMin"/> rows on average. O(1), 40 bytes.
/// </remarks>
internal struct TickClock
{
    /// <summary>Ticks pass before their fullness is judged.</summary>
    private const int JudgedAfterTicks = 256;

    private const int RowsPerTickMin = 16;
    private const int DoublingsMax = 40;

    public long StartMs;
    public long Rows;
    public int Tick;
    public int Doublings;

    /// <summary>Rows of the current tick.</summary>
    public int RowsThisTick;

    /// <summary>The tick a row at a time would fall into. Late rows fall into the current one.</summary>
    public readonly int TickOf(long atMs, long tickMs)
    {
        if (Rows == 0)
            return 1;
        var ticks = (UInt128)(ulong)Math.Max(0, unchecked(atMs - StartMs)) / (ulong)tickMs;
        return (int)Math.Max(Tick, Math.Min(int.MaxValue / 2, (long)((ulong)ticks >> Doublings) + 1));
    }

    /// <summary>Counts a row.</summary>
    /// <returns>Whether ticks just doubled in width.</returns>
    public bool Advance(long atMs, long tickMs)
    {
        if (Rows == 0)
            StartMs = atMs;
        var tick = TickOf(atMs, tickMs);
        RowsThisTick = tick == Tick ? RowsThisTick + 1 : 1;
        Tick = tick;
        Rows++;
        if (Tick < JudgedAfterTicks || Rows >= (long)Tick * RowsPerTickMin || Doublings == DoublingsMax)
            return false;
        Doublings++;
        Tick = (Tick + 1) / 2;
        return true;
    }
}

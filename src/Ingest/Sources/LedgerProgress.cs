namespace SentinelHealth.Ingest.Sources;

/// <summary>How far the reading of a ledger is and how fast lately. One writer; readable from any thread.</summary>
internal sealed class LedgerProgress(TimeProvider clock)
{
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(5);

    private long _windowStart = clock.GetTimestamp();
    private long _windowBlocks;
    private Figures _figures = new(0, 0, 0);

    /// <summary>Confirmed blocks not read yet, as of the last look.</summary>
    public long LagBlocks => Math.Max(0, Volatile.Read(ref _figures).Total - Volatile.Read(ref _figures).Done);

    public SourceProgress Read()
    {
        var (done, total, perSecond) = Volatile.Read(ref _figures);
        return new(done, total, "blocks", perSecond);
    }

    /// <summary>Notes what a look saw: blocks from the first to be read, how many of them are read, and how many there are.</summary>
    public void Looked(long done, long total) =>
        Volatile.Write(ref _figures, _figures with { Done = done, Total = Math.Max(done, total), PerSecond = Rate(0) });

    public void Read(int blocks) =>
        Volatile.Write(ref _figures, _figures with { Done = _figures.Done + blocks, PerSecond = Rate(blocks) });

    private double Rate(int blocks)
    {
        _windowBlocks += blocks;
        var passed = clock.GetElapsedTime(_windowStart);
        if (passed < RateWindow)
            return _figures.PerSecond;
        var rate = _windowBlocks / passed.TotalSeconds;
        (_windowBlocks, _windowStart) = (0, clock.GetTimestamp());
        return rate;
    }

    private sealed record Figures(long Done, long Total, double PerSecond);
}

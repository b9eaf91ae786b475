namespace SentinelHealth.Response.Monitoring;

/// <summary>How much the pump takes at once, and how often it goes back: neither may keep new events waiting for long.</summary>
internal sealed class PumpPace(MonitorOptions options, TimeProvider clock)
{
    private const int EntriesMin = 16;

    /// <summary>Corrections may take one part in so many of their partition's time when events trickle in, and of the process's.</summary>
    private const int PartitionShare = 4, ProcessShare = 2;

    /// <summary>While corrections are slow and events many, more of them share one.</summary>
    private const int BatchesPerCorrection = 8;

    private static readonly TimeSpan RestMax = TimeSpan.FromSeconds(2);

    private TimeSpan _correctionTook;
    private bool _hasCorrected;
    private int _entries = options.BatchEntriesMax;

    /// <summary>Entries to read now.</summary>
    public int EntriesMax => _correctionTook > options.BatchTimeMax / 2 ? _entries * BatchesPerCorrection : _entries;

    /// <summary>
    /// How long to leave the partition alone after a batch, two seconds at most: when corrections are dear and follow each other closely, more events
    /// share the next. What is behind is not left alone.
    /// </summary>
    /// <param name="entries">How many the batch had.</param>
    /// <param name="partitions">How many this process has.</param>
    public TimeSpan RestAfter(int entries, int partitions)
    {
        if (!_hasCorrected || entries >= options.BatchEntriesMax)
            return TimeSpan.Zero;
        var rest = _correctionTook * (Math.Max(PartitionShare, ProcessShare * partitions) - 1);
        return rest < RestMax ? rest : RestMax;
    }

    /// <summary>Learns from how long a batch took.</summary>
    public void Done(long startedAt, bool wasCorrection)
    {
        var took = clock.GetElapsedTime(startedAt);
        _hasCorrected = wasCorrection;
        if (wasCorrection)
            _correctionTook = took;
        else if (took > options.BatchTimeMax)
            _entries = Math.Max(Math.Min(EntriesMin, options.BatchEntriesMax), _entries / 2);
        else
            _entries = Math.Min(options.BatchEntriesMax, _entries * 2);
    }
}

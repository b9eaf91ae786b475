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

    /// <summary>A batch of so many bytes is worth what it costs, however few entries they are.</summary>
    private const long FullBytes = 1024 * 1024;

    private TimeSpan _took, _correctionTook;
    private bool _hasCorrected, _isFull;
    private long _beganAt;
    private int _entries = options.BatchEntriesMax;

    /// <summary>Entries to read now.</summary>
    public int EntriesMax => _correctionTook > options.BatchTimeMax / 2 ? _entries * BatchesPerCorrection : _entries;

    /// <summary>A batch begins, with so many entries and bytes of those that were to be read.</summary>
    public void Begin(int entries, long bytes)
    {
        _beganAt = clock.GetTimestamp();
        _isFull = entries >= Math.Min(EntriesMax, options.BatchEntriesMax) || bytes >= FullBytes;
    }

    /// <summary>
    /// How long to leave the partition alone after a batch: until <see cref="MonitorOptions.BatchEvery"/> has passed since it began, and after a
    /// correction until those take no more than their share, two seconds at most. More events share the next batch then. What is behind is not
    /// left alone.
    /// </summary>
    /// <param name="partitions">How many this process has.</param>
    public TimeSpan RestAfter(int partitions)
    {
        if (_isFull)
            return TimeSpan.Zero;
        var share = _hasCorrected ? _took * (Math.Max(PartitionShare, ProcessShare * partitions) - 1) : TimeSpan.Zero;
        var rest = options.BatchEvery - clock.GetElapsedTime(_beganAt);
        rest = rest > share ? rest : share;
        return rest < RestMax ? rest : RestMax;
    }

    /// <summary>Learns from how long scoring a batch took.</summary>
    public void Done(long startedAt, bool wasCorrection)
    {
        (_took, _hasCorrected) = (clock.GetElapsedTime(startedAt), wasCorrection);
        if (wasCorrection)
            _correctionTook = _took;
        else if (_took > options.BatchTimeMax)
            _entries = Math.Max(Math.Min(EntriesMin, options.BatchEntriesMax), _entries / 2);
        else
            _entries = Math.Min(options.BatchEntriesMax, _entries * 2);
    }
}

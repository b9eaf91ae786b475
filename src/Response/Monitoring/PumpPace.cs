namespace SentinelHealth.Response.Monitoring;

/// <summary>How much the pump takes at once, and how often it goes back: neither may keep new events waiting for long.</summary>
internal sealed class PumpPace(MonitorOptions options, TimeProvider clock)
{
    private const int EntriesMin = 16;

    /// <summary>A correction may take one part in so many of the time when events trickle in.</summary>
    private const int CorrectionShare = 4;

    /// <summary>While corrections are slow and events many, more of them share one.</summary>
    private const int BatchesPerCorrection = 8;

    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(2);

    private TimeSpan _correctionTook;
    private long _correctedAt;
    private int _entries = options.BatchEntriesMax;

    /// <summary>Entries to read now.</summary>
    public int EntriesMax => _correctionTook > options.BatchTimeMax / 2 ? _entries * BatchesPerCorrection : _entries;

    /// <summary>Waits a little when corrections are dear and follow each other closely; more events then share the next.</summary>
    public async ValueTask BeforeCorrectionAsync(int entries, CancellationToken cancel)
    {
        var wait = (_correctionTook * (CorrectionShare - 1)) - clock.GetElapsedTime(_correctedAt);
        if (entries < options.BatchEntriesMax && wait > TimeSpan.Zero)
            await Task.Delay(wait < WaitMax ? wait : WaitMax, clock, cancel);
    }

    /// <summary>Learns from how long a batch took.</summary>
    public void Done(long startedAt, bool wasCorrection)
    {
        var took = clock.GetElapsedTime(startedAt);
        if (wasCorrection)
            (_correctionTook, _correctedAt) = (took, clock.GetTimestamp());
        else if (took > options.BatchTimeMax)
            _entries = Math.Max(Math.Min(EntriesMin, options.BatchEntriesMax), _entries / 2);
        else
            _entries = Math.Min(options.BatchEntriesMax, _entries * 2);
    }
}

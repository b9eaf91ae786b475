namespace SentinelHealth.Detection.Rules.Sigma.Correlations;

/// <summary>What all correlations of an engine share: memory, bounds, the clock and where matches go.</summary>
internal sealed class CorrelationContext
{
    public CorrelationContext(SigmaEngineOptions options)
    {
        Options = options;
        LatenessTicks = options.AllowedLateness.Ticks;
    }

    public SigmaEngineOptions Options { get; }

    public long LatenessTicks { get; }

    public BlockArena Arena { get; } = new();

    /// <summary>Time of the newest event so far, in UTC ticks.</summary>
    public long Clock { get; set; }

    /// <summary>Instants before this one can be evaluated: nothing in time comes before it any more.</summary>
    public long Watermark => Clock - LatenessTicks;

    /// <summary>The watermark as of the last event: everything before it is evaluated, in all correlations.</summary>
    public long SettledUntil { get; set; }

    /// <summary>Whether instants wait for the watermark at all.</summary>
    public bool IsWaiting => LatenessTicks > 0;

    /// <summary>Receives matches of the event at hand.</summary>
    public List<SigmaMatch> Matches { get; set; } = [];

    /// <summary>Hits that came after their key had been evaluated at a later instant.</summary>
    public long LateHits { get; set; }

    /// <summary>Hits that made room for newer ones of their key.</summary>
    public long DroppedHits { get; set; }

    /// <summary>Keys that made room for others.</summary>
    public long EvictedKeys { get; set; }

    /// <summary>Becomes as another one is now, bounds and matches apart.</summary>
    public void TakeOver(CorrelationContext other)
    {
        Arena.TakeOver(other.Arena);
        (Clock, SettledUntil) = (other.Clock, other.SettledUntil);
        (LateHits, DroppedHits, EvictedKeys) = (other.LateHits, other.DroppedHits, other.EvictedKeys);
    }
}

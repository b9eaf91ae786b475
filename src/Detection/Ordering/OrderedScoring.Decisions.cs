using SentinelHealth.Detection.Correlation;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Detection.Rules.Live;

namespace SentinelHealth.Detection.Ordering;

/// <content>What people decide between events, which must outlive going back to an earlier state.</content>
public sealed partial class OrderedScoring
{
    private const int ClosuresMax = 4_096;
    private readonly List<Closure> _closures = [];
    private long _closed;

    /// <summary>The last closure that the engine knows of; fewer while events are scored again.</summary>
    private long _closedTo;
    private DetectionTuning? _tuning;
    private StagedRules? _written;

    /// <summary>Puts a tuning into force from here on, also for events that are scored again.</summary>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public void Tune(DetectionTuning tuning)
    {
        Engine.Tune(tuning);
        _tuning = tuning;
    }

    /// <summary>Takes other written rules into use from the next event on, also for events that are scored again.</summary>
    public void Use(StagedRules written)
    {
        Engine.Use(written);
        _written = written;
    }

    /// <summary>Notes what people found an alert to be. Kept until no earlier event can come any more, at most 4,096.</summary>
    /// <returns>New versions of incidents.</returns>
    public IReadOnlyList<Incident> Close(string alertId, Disposition disposition)
    {
        if (_closures.Count == ClosuresMax)
            _closures.RemoveAt(0);
        _closures.Add(new Closure(++_closed, LastRank, alertId, disposition));
        _closedTo = _closed;
        return Engine.Close(alertId, disposition);
    }

    /// <summary>What people found an alert to be, numbered from 1, and the last event before it.</summary>
    private readonly record struct Closure(long Number, EventRank At, string AlertId, Disposition Disposition);
}

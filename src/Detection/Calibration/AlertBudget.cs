namespace SentinelHealth.Detection.Calibration;

/// <summary>
/// Turns "at most so many model alerts a day" into the p-value below which to alert, from the event rate seen so far.
/// </summary>
/// <remarks>
/// With calibrated p-values, alerting below budget / events-per-day raises about that many false alerts a day. The rate is an
/// exponentially weighted daily count in event time. 24 bytes.
/// </remarks>
public sealed class AlertBudget(double alertsPerDay)
{
    private const double DayMs = 86_400_000;
    private const double PValueMax = 0.01;

    private long _firstAtMs = long.MaxValue;
    private long _lastAtMs;
    private double _events;

    /// <summary>Events per day, as estimated; at least 1.</summary>
    public double EventsPerDay => Math.Max(1, _events / Math.Clamp((_lastAtMs - _firstAtMs) / DayMs, 0.25, MemoryDays));

    /// <summary>Alert when the p-value is below this.</summary>
    public double PValueThreshold => Math.Min(PValueMax, alertsPerDay / EventsPerDay);

    private const double MemoryDays = 7;

    /// <summary>Counts an event.</summary>
    public void Count(long atMs)
    {
        if (_events == 0)
            _firstAtMs = _lastAtMs = atMs;
        if (atMs > _lastAtMs)
        {
            // Once a week is full, the count fades so that it stays a week's worth.
            if (_lastAtMs - _firstAtMs >= MemoryDays * DayMs)
                _events *= Math.Exp((_lastAtMs - atMs) / (MemoryDays * DayMs));
            _lastAtMs = atMs;
        }
        _events++;
    }

    /// <summary>Writes the state.</summary>
    public void Save(BinaryWriter writer)
    {
        writer.Write(_firstAtMs);
        writer.Write(_lastAtMs);
        writer.Write(_events);
    }

    /// <summary>Reads state written by <see cref="Save"/>.</summary>
    public void Load(BinaryReader reader)
    {
        _firstAtMs = reader.ReadInt64();
        _lastAtMs = reader.ReadInt64();
        _events = reader.ReadDouble();
    }
}

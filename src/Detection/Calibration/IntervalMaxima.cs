using SentinelHealth.Detection.Baselines;

namespace SentinelHealth.Detection.Calibration;

/// <summary>
/// P-values for a statistic whose neighbouring values repeat each other: what is ranked is each actor's highest value per interval.
/// </summary>
/// <remarks>
/// One busy hour gives hundreds of nearly equal values; ranked as if independent they would drown everything after them. Taking the
/// maximum of an interval is the declustering of extreme-value statistics (Leadbetter 1991). The p-value of an interval is spread
/// over the events of an interval, so that alerting below budget / events still spends the budget on episodes, not on events.
/// 32 bytes an actor, O(1).
/// </remarks>
internal sealed class IntervalMaxima(TimeSpan interval, int actorsMax)
{
    private const double IntervalsLearnedMin = 400;

    private readonly long _intervalMs = (long)interval.TotalMilliseconds;
    private readonly BoundedMap<Running> _running = new(actorsMax);
    private readonly CalibratorBank _bank = new();
    private double _intervals;
    private double _events;

    public long SizeBytes => _running.SizeBytes + _bank.SizeBytes;

    /// <summary>The chance that an ordinary event of the group reaches the value; 1 while fewer than 400 intervals were learned.</summary>
    public double PValue(ulong group, double value) => value <= 0 || _bank.Weight < IntervalsLearnedMin
        ? 1
        : Math.Min(1, _bank.PValue(group, value) * Math.Min(1, _intervals / Math.Max(1, _events)));

    /// <summary>Takes a value in; the highest of a finished interval is learned.</summary>
    public void Learn(ulong actor, ulong group, long atMs, double value, float trust)
    {
        if (actor == 0)
            return;
        _events++;
        ref var running = ref _running.Touch(actor, atMs, out var isNew);
        var index = atMs / _intervalMs;
        if (index > running.Interval)
        {
            if (!isNew)
            {
                _bank.Learn(group, running.Highest, running.Trust);
                _intervals++;
            }
            (running.Interval, running.Highest, running.Trust) = (index, 0, 1);
        }
        running.Highest = Math.Max(running.Highest, value);
        running.Trust = Math.Min(running.Trust, trust);
    }

    public void Save(BinaryWriter writer)
    {
        _running.Save(writer);
        _bank.Save(writer);
        writer.Write(_intervals);
        writer.Write(_events);
    }

    public void Load(BinaryReader reader)
    {
        _running.Load(reader);
        _bank.Load(reader);
        _intervals = reader.ReadDouble();
        _events = reader.ReadDouble();
    }

    private struct Running
    {
        public long Interval;
        public double Highest;
        public float Trust;
    }
}

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

    /// <summary>A promise about one in many thousands needs a longer record than a budget.</summary>
    private const double GroupIntervalsForAll = 4_000;

    private readonly long _intervalMs = (long)interval.TotalMilliseconds;
    private readonly BoundedMap<Running> _running = new(actorsMax);
    private readonly CalibratorBank _bank = new();
    private readonly CalibratorBank _all = new(GroupIntervalsForAll);
    private double _intervals;
    private double _events;

    /// <summary>What runs, by actor.</summary>
    public IEntityTable Table => _running;

    public long SizeBytes => _running.SizeBytes + _bank.SizeBytes + _all.SizeBytes;

    /// <summary>The chance that an ordinary event of the group reaches the value; 1 while fewer than 400 intervals were learned.</summary>
    public double PValue(ulong group, double value) => value <= 0 || _bank.Weight < IntervalsLearnedMin
        ? 1
        : Math.Min(1, _bank.PValue(group, value) * Math.Min(1, _intervals / Math.Max(1, _events)));

    /// <summary>
    /// The chance that an interval of the group reaches the value at its highest, flagged ones included; 1 while under 400 were
    /// learned. Leaving out what was flagged would make innocent peaks look rarer than they are.
    /// </summary>
    public double IntervalPValue(ulong group, double value) =>
        value <= 0 || _all.Weight < IntervalsLearnedMin ? 1 : _all.PValue(group, value);

    /// <summary>Takes a value in; the highest of a finished interval is learned.</summary>
    /// <param name="actor">Whose value it is; 0 is nobody's and ignored.</param>
    /// <param name="group">The actor's peer group.</param>
    /// <param name="atMs">Event time.</param>
    /// <param name="value">0 or more.</param>
    /// <param name="trust">Weight in the calibration, 0..1.</param>
    /// <param name="finished">The interval the actor has left by this, when the result is <see cref="IntervalTurn.Next"/>.</param>
    public IntervalTurn Learn(ulong actor, ulong group, long atMs, double value, float trust, out FinishedInterval finished)
    {
        finished = default;
        if (actor == 0)
            return IntervalTurn.Same;
        _events++;
        ref var running = ref _running.Touch(actor, atMs, out var isNew);
        var index = atMs / _intervalMs;
        var turn = isNew ? IntervalTurn.First : index > running.Interval ? IntervalTurn.Next : IntervalTurn.Same;
        if (index > running.Interval)
        {
            if (!isNew)
            {
                _bank.Learn(group, running.Highest, running.Trust);
                _all.Learn(group, running.Highest, TrustInAll(ref running));
                _intervals++;
                finished = new(
                    actor, group, running.Interval, (running.Interval + 1) * _intervalMs, running.Highest, running.Trust < 1);
            }
            (running.Interval, running.Highest, running.Trust) = (index, 0, 1);
        }
        running.Highest = Math.Max(running.Highest, value);
        running.Trust = Math.Min(running.Trust, trust);
        return turn;
    }

    /// <summary>
    /// Flagged intervals count in full, but of one actor only the first of a day: an innocent one is rarely flagged twice, an attacker
    /// often, who must not make peaks look ordinary.
    /// </summary>
    private float TrustInAll(ref Running running)
    {
        if (running.Trust >= 1)
            return 1;
        var day = (int)(running.Interval * _intervalMs / 86_400_000);
        if (day == running.FlaggedDay)
            return running.Trust;
        running.FlaggedDay = day;
        return 1;
    }

    public void Save(BinaryWriter writer)
    {
        _running.Save(writer);
        _bank.Save(writer);
        _all.Save(writer);
        writer.Write(_intervals);
        writer.Write(_events);
    }

    public void Load(BinaryReader reader)
    {
        _running.Load(reader);
        _bank.Load(reader);
        _all.Load(reader);
        _intervals = reader.ReadDouble();
        _events = reader.ReadDouble();
    }

    private struct Running
    {
        public long Interval;
        public double Highest;
        public float Trust;
        public int FlaggedDay;
    }
}

/// <summary>Whether an actor's value began a new interval.</summary>
internal enum IntervalTurn : byte
{
    /// <summary>It belongs to the running one.</summary>
    Same,

    /// <summary>It is the actor's first.</summary>
    First,

    /// <summary>It began another; the one before is finished.</summary>
    Next,
}

/// <summary>An actor's finished interval.</summary>
/// <param name="Actor">Key of the actor.</param>
/// <param name="Group">Key of its peer group.</param>
/// <param name="Interval">Number of the interval since 1970.</param>
/// <param name="EndedAtMs">When it ended, milliseconds since 1970.</param>
/// <param name="Highest">The highest value in it.</param>
/// <param name="IsFlagged">Whether an event of it was alerted on.</param>
internal readonly record struct FinishedInterval(
    ulong Actor, ulong Group, long Interval, long EndedAtMs, double Highest, bool IsFlagged);

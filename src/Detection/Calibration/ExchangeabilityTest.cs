using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Calibration;

/// <summary>
/// Watches whether what calibration rests on still holds: that what is to come looks like what was.
/// </summary>
/// <remarks>
/// A conformal test martingale (Vovk, Gammerman and Shafer 2005, ch. 7) over the hours of the network. Each actor's highest
/// evidence of an hour is ranked within its peer group, ties broken by a hash of actor and hour, which is chance as good as any
/// and the same in every replay; the mean rank of the hour is ranked among the same hours of earlier working days or weekends. So
/// actors may move together within an hour and days may have a rhythm without either being taken for a change. Two bets run side
/// by side: that scores rise (p-values too small, so the promise fails) and that they fall (too large, so it is kept but
/// detection is duller than it could be). While exchangeable, an alarm of either comes on average not before
/// <see cref="HoursPerAlarmMin"/> hours. After an alarm everything begins anew. Actor-hours that were alerted on are left out: a
/// few attacks among many ordinary hours are what the promise is about, not what breaks it. At most 512 groups of 0.5 KB (others
/// are ranked together) and 48 kinds of hour of 256 values.
/// </remarks>
internal sealed class ExchangeabilityTest
{
    /// <summary>The stated average run length: hours until a false alarm, at least, on average. Over two years.</summary>
    public const double HoursPerAlarmMin = 20_000;

    private const int GroupsMax = 512;
    private const ulong Others = 1;
    private const int ActorsOfHourMin = 5;
    private const long HourMs = 3_600_000;
    private const long SettledAfterMs = 3 * 24 * HourMs;

    private readonly Dictionary<ulong, ScoreRanks> _groups = [];
    private readonly HourRanks _hours = new();
    private readonly BettingMartingale _rise = new();
    private readonly BettingMartingale _fall = new();
    private long _roseAtMs = long.MinValue;
    private long _hour = long.MinValue;
    private double _rankSum;
    private int _rankCount;

    /// <summary>Actor-hours ranked.</summary>
    public long ActorHourCount { get; private set; }

    /// <summary>Hours of the network judged.</summary>
    public long HourCount { get; private set; }

    /// <summary>Alarms that scores rose.</summary>
    public int RiseCount { get; private set; }

    /// <summary>Alarms that scores fell.</summary>
    public int FallCount { get; private set; }

    /// <summary>Evidence that scores rise now, as a share of what gives an alarm on a logarithmic scale, 0..1.</summary>
    public double Suspicion => Math.Clamp(Math.Log(1 + _rise.Statistic) / Math.Log(HoursPerAlarmMin), 0, 1);

    /// <summary>When the last alarm that scores rose came; null before the first.</summary>
    public DateTimeOffset? RoseAt => _roseAtMs == long.MinValue ? null : DateTimeOffset.FromUnixTimeMilliseconds(_roseAtMs);

    /// <summary>Whether no rise was noticed in the last three days.</summary>
    public bool Holds => _roseAtMs == long.MinValue || (_hour * HourMs) - _roseAtMs > SettledAfterMs;

    /// <summary>Takes a finished actor-hour in, at the time it was known to be finished.</summary>
    public void Observe(in FinishedInterval finished, long atMs)
    {
        var hour = atMs / HourMs;
        if (hour > _hour)
        {
            if (_rankCount >= ActorsOfHourMin)
                Judge();
            (_hour, _rankSum, _rankCount) = (hour, 0, 0);
        }
        if (finished.IsFlagged)
            return;
        ActorHourCount++;
        _rankSum += RanksOf(finished.Group).Next(finished.Highest, Chance(finished.Actor, finished.Interval));
        _rankCount++;
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(_groups.Count);
        foreach (var (group, ranks) in _groups)
        {
            writer.Write(group);
            ranks.Save(writer);
        }
        _hours.Save(writer);
        _rise.Save(writer);
        _fall.Save(writer);
        writer.Write(_roseAtMs);
        writer.Write(_hour);
        writer.Write(_rankSum);
        writer.Write(_rankCount);
        writer.Write(ActorHourCount);
        writer.Write(HourCount);
        writer.Write(RiseCount);
        writer.Write(FallCount);
    }

    public void Load(BinaryReader reader)
    {
        _groups.Clear();
        var count = reader.ReadInt32();
        if (count is < 0 or > GroupsMax + 1)
            throw new InvalidDataException($"{count} groups of ranks are over the bound of {GroupsMax}.");
        for (var i = 0; i < count; i++)
        {
            var group = reader.ReadUInt64();
            (_groups[group] = new ScoreRanks()).Load(reader);
        }
        _hours.Load(reader);
        _rise.Load(reader);
        _fall.Load(reader);
        _roseAtMs = reader.ReadInt64();
        _hour = reader.ReadInt64();
        _rankSum = reader.ReadDouble();
        _rankCount = reader.ReadInt32();
        ActorHourCount = reader.ReadInt64();
        HourCount = reader.ReadInt64();
        RiseCount = reader.ReadInt32();
        FallCount = reader.ReadInt32();
    }

    private static double Chance(ulong one, long other) =>
        ((StableHash.Combine(one, (ulong)other) >> 11) + 0.5) / (1UL << 53);

    /// <summary>Ranks the finished hour of the network and bets on it.</summary>
    private void Judge()
    {
        HourCount++;
        var pValue = _hours.Next(_hour, _rankSum / _rankCount, Chance(1, _hour));
        _rise.Bet(pValue);
        _fall.Bet(1 - pValue);
        if (_rise.Statistic >= HoursPerAlarmMin)
            (_roseAtMs, RiseCount) = (_hour * HourMs, RiseCount + 1);
        else if (_fall.Statistic >= HoursPerAlarmMin)
            FallCount++;
        else
            return;
        _groups.Clear();
        _hours.Clear();
        _rise.Restart();
        _fall.Restart();
    }

    private ScoreRanks RanksOf(ulong group)
    {
        if (_groups.TryGetValue(group, out var own))
            return own;
        var key = _groups.Count < GroupsMax ? group : Others;
        if (!_groups.TryGetValue(key, out var ranks))
            _groups[key] = ranks = new ScoreRanks();
        return ranks;
    }
}

namespace SentinelHealth.Detection.Baselines;

/// <summary>
/// How often somebody usually speaks in each hour of a working day and of a day off, and therefore how long a silence is worth
/// noticing: measured not in minutes but in the number of events that were to be expected meanwhile.
/// </summary>
/// <remarks>
/// A hospital's night expects few events, so a quiet night counts for little; a quiet morning counts at once. An hour of a kind that
/// was never seen counts for nothing. Silence that was noticed is not learned from. 0.5 KB; O(hours since the last event).
/// </remarks>
public sealed class SilenceHabit
{
    /// <summary>Missing events below which a silence is never worth a word.</summary>
    public const double MissingMin = 20;

    private const int Slots = 48;
    private const int VisitsToKnow = 24;
    private const int HoursMax = 24 * 28;
    private const double LongestTimes = 3;
    private const double LongestDecay = 0.999;
    private const double NewestWeight = 0.1;
    private const long HourMs = 3_600_000;

    private readonly double[] _perHour = new double[Slots];
    private readonly int[] _visits = new int[Slots];
    private int _hoursKnown;
    private int _inHour;
    private double _longest;

    /// <summary>When it last spoke, Unix milliseconds; <see cref="long.MinValue"/> before the first event.</summary>
    public long LastAtMs { get; private set; } = long.MinValue;

    /// <summary>Events that may be missing before its silence is noticed.</summary>
    public double MissingUsualMax => Math.Max(MissingMin, LongestTimes * _longest);

    /// <summary>Takes in that it spoke.</summary>
    /// <param name="atMs">When, Unix milliseconds. Earlier than the last time counts as then.</param>
    public void Observe(long atMs)
    {
        if (LastAtMs != long.MinValue && atMs > LastAtMs)
        {
            if (IsSilentAt(atMs))
                _inHour = 0;
            else
            {
                _longest = Math.Max(_longest * LongestDecay, MissingAt(atMs));
                CloseHours(atMs / HourMs);
            }
        }
        LastAtMs = Math.Max(LastAtMs, atMs);
        _inHour++;
    }

    /// <summary>How many events were to be expected since it last spoke.</summary>
    public double MissingAt(long nowMs)
    {
        if (LastAtMs == long.MinValue || nowMs <= LastAtMs)
            return 0;
        var missing = 0.0;
        var at = LastAtMs;
        for (var hours = 0; at < nowMs && hours < HoursMax; hours++)
        {
            var end = Math.Min(nowMs, ((at / HourMs) + 1) * HourMs);
            missing += _perHour[SlotOf(at / HourMs)] * (end - at) / HourMs;
            at = end;
        }
        return missing;
    }

    /// <summary>Whether it has been silent for much longer than it ever is; never before a day of its life is known.</summary>
    public bool IsSilentAt(long nowMs) =>
        _hoursKnown >= VisitsToKnow && MissingAt(nowMs) > MissingUsualMax;

    /// <summary>Writes the habit.</summary>
    public void Save(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        for (var slot = 0; slot < Slots; slot++)
        {
            writer.Write(_perHour[slot]);
            writer.Write(_visits[slot]);
        }
        writer.Write(_hoursKnown);
        writer.Write(_inHour);
        writer.Write(_longest);
        writer.Write(LastAtMs);
    }

    /// <summary>Reads a habit written by <see cref="Save"/>.</summary>
    public void Load(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        for (var slot = 0; slot < Slots; slot++)
            (_perHour[slot], _visits[slot]) = (reader.ReadDouble(), reader.ReadInt32());
        (_hoursKnown, _inHour, _longest, LastAtMs) =
            (reader.ReadInt32(), reader.ReadInt32(), reader.ReadDouble(), reader.ReadInt64());
    }

    /// <summary>Learns the hours that are over: the one of the last event, and those in which nothing came.</summary>
    private void CloseHours(long now)
    {
        var hour = LastAtMs / HourMs;
        for (var closed = 0; hour < now && closed < HoursMax; closed++, hour++)
        {
            var slot = SlotOf(hour);
            var weight = Math.Max(NewestWeight, 1.0 / ++_visits[slot]);
            _perHour[slot] += weight * (_inHour - _perHour[slot]);
            _hoursKnown++;
            _inHour = 0;
        }
    }

    /// <summary>Day 0 of the Unix calendar was a Thursday.</summary>
    private static int SlotOf(long hour)
    {
        var day = ((hour / 24) + 3) % 7;
        return (int)(((hour % 24) + 24) % 24) + (day >= 5 ? 24 : 0);
    }
}

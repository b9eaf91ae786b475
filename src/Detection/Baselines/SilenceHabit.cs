namespace SentinelHealth.Detection.Baselines;

/// <summary>
/// How long somebody is usually silent in each hour of a working day and of a day off, and how much it says in them, so that a
/// silence is measured in its own longest usual gaps and not in minutes.
/// </summary>
/// <remarks>
/// Each hour remembers its last seven days of the kind. What is to be expected of it is the second smallest count of them, so a
/// day's burst promises nothing for the days after; its usual gap is the longest of them. An hour of which fewer than three days are
/// known expects nothing. A silence that was noticed is not learned from, unless the same happens three times in a week: then
/// it is the new habit. 3 KB; O(hours since the last event).
/// </remarks>
public sealed class SilenceHabit
{
    /// <summary>How many of its longest usual gaps a silence must last to be noticed.</summary>
    public const double GapsMin = 3;

    /// <summary>Missing events below which a silence is never worth a word: several heartbeats of whoever says little else.</summary>
    public const double MissingMin = 3;

    private const int Slots = 48;
    private const int Days = 7;
    private const int DaysToKnow = 3;
    private const int HoursMax = 24 * 28;
    private const int NoticedToLearn = 3;
    private const long HourMs = 3_600_000;
    private const long NoticedWithinMs = 7 * 24 * HourMs;

    /// <summary>Gaps are looked at about once a minute, so none is known more finely.</summary>
    private const float GapMinMs = 60_000;

    /// <summary>Nothing shorter is a silence, whatever the habit.</summary>
    private const double FloorMs = 5 * 60_000;

    /// <summary>A late beat is no silence: of one who is never silent for an hour, so much more than the gap of its quiet hours.</summary>
    private const double BeatTimes = 1.25;

    /// <summary>Told to a snapshot, so that another layout is refused and not misread.</summary>
    private const int Layout = 0x53_48_42_32;

    private float[] _counts = new float[Slots * Days];
    private float[] _gapsMs = new float[Slots * Days];
    private int[] _visits = new int[Slots];
    private float[] _usualCount = new float[Slots];
    private float[] _usualGapMs = new float[Slots];

    /// <summary>Whether the hours are those of another habit as well, and must be copied before one is closed.</summary>
    private bool _isShared;

    private double _leastMs = FloorMs;
    private int _inHour;
    private float _longestInHourMs;
    private int _noticed;
    private long _noticedAtMs = long.MinValue;

    /// <summary>When it last spoke, Unix milliseconds; <see cref="long.MinValue"/> before the first event.</summary>
    public long LastAtMs { get; private set; } = long.MinValue;

    /// <summary>Takes in that it spoke.</summary>
    /// <param name="atMs">When, Unix milliseconds. Earlier than the last time counts as then.</param>
    public void Observe(long atMs)
    {
        if (LastAtMs != long.MinValue && atMs > LastAtMs)
        {
            if (IsSilentAt(atMs) && !IsNewHabit(atMs))
                (_inHour, _longestInHourMs) = (0, 0);
            else
                Learn(atMs);
        }
        LastAtMs = Math.Max(LastAtMs, atMs);
        _inHour++;
    }

    /// <summary>How many events were to be expected since it last spoke, at least.</summary>
    public double MissingAt(long nowMs) => Over(nowMs).Missing;

    /// <summary>The longest it is usually silent at such a time, in milliseconds; 0 where no hour of the silence is known.</summary>
    public double UsualGapMsAt(long nowMs) =>
        Over(nowMs) is { Gaps: > 0 } over ? (nowMs - LastAtMs) / over.Gaps : 0;

    /// <summary>
    /// Whether it has been silent for much longer than it ever is at such a time: several of its own longest gaps, never less than
    /// five minutes, and longer than the beat it keeps in its quiet hours.
    /// </summary>
    public bool IsSilentAt(long nowMs)
    {
        if (LastAtMs == long.MinValue || nowMs - LastAtMs <= _leastMs)
            return false;
        var over = Over(nowMs);
        return over.Gaps > GapsMin && over.Missing >= MissingMin;
    }

    /// <summary>How many bytes <see cref="Save"/> writes: always as many.</summary>
    internal const int SavedBytes =
        (2 * sizeof(float) * Slots * Days) + (sizeof(int) * (Slots + 3)) + sizeof(float) + (2 * sizeof(long));

    /// <summary>A habit that goes on from here by itself, while this one is changed no more. They have their hours in common until one of them is closed.</summary>
    internal SilenceHabit GoOn()
    {
        var habit = (SilenceHabit)MemberwiseClone();
        habit._isShared = true;
        return habit;
    }

    /// <summary>Writes the habit.</summary>
    public void Save(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(Layout);
        for (var i = 0; i < _counts.Length; i++)
        {
            writer.Write(_counts[i]);
            writer.Write(_gapsMs[i]);
        }
        foreach (var visits in _visits)
            writer.Write(visits);
        writer.Write(_inHour);
        writer.Write(_longestInHourMs);
        writer.Write(_noticed);
        writer.Write(_noticedAtMs);
        writer.Write(LastAtMs);
    }

    /// <summary>Reads a habit written by <see cref="Save"/>.</summary>
    /// <exception cref="InvalidDataException">It was written in another layout.</exception>
    public void Load(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        if (reader.ReadInt32() != Layout)
            throw new InvalidDataException("The habit of silence is of another layout.");
        Own();
        for (var i = 0; i < _counts.Length; i++)
            (_counts[i], _gapsMs[i]) = (reader.ReadSingle(), reader.ReadSingle());
        for (var slot = 0; slot < Slots; slot++)
        {
            _visits[slot] = Math.Max(0, reader.ReadInt32());
            Settle(slot);
        }
        (_inHour, _longestInHourMs, _noticed) = (reader.ReadInt32(), reader.ReadSingle(), reader.ReadInt32());
        (_noticedAtMs, LastAtMs) = (reader.ReadInt64(), reader.ReadInt64());
        SettleLeast();
    }

    /// <summary>The silence until a time, in events that were to come and in longest usual gaps; hours of unknown kinds add nothing.</summary>
    private (double Missing, double Gaps) Over(long nowMs)
    {
        var (missing, gaps) = (0.0, 0.0);
        if (LastAtMs == long.MinValue)
            return (0, 0);
        var at = LastAtMs;
        for (var hours = 0; at < nowMs && hours < HoursMax; hours++)
        {
            var end = Math.Min(nowMs, ((at / HourMs) + 1) * HourMs);
            var slot = SlotOf(at / HourMs);
            if (_visits[slot] >= DaysToKnow)
            {
                missing += (double)_usualCount[slot] * (end - at) / HourMs;
                gaps += (end - at) / _usualGapMs[slot];
            }
            at = end;
        }
        return (missing, gaps);
    }

    private bool IsNewHabit(long atMs)
    {
        _noticed = _noticed > 0 && atMs - _noticedAtMs <= NoticedWithinMs ? _noticed + 1 : 1;
        _noticedAtMs = atMs;
        return _noticed >= NoticedToLearn;
    }

    /// <summary>
    /// Learns the gap that is over, and the hours it closes: the one of the last event, and those in which nothing came. An hour that
    /// saw only an end of the gap is given no more of it than reaches into the hour beside it: that the night is long says nothing of
    /// the morning.
    /// </summary>
    private void Learn(long atMs)
    {
        var gap = atMs - LastAtMs;
        var (hour, last) = (LastAtMs / HourMs, atMs / HourMs);
        if (hour == last)
        {
            _longestInHourMs = Math.Max(_longestInHourMs, gap);
            return;
        }
        Close(hour, _inHour, Math.Max(_longestInHourMs, Math.Min(gap, ((hour + 2) * HourMs) - LastAtMs)));
        for (var closed = 1; ++hour < last && closed < HoursMax; closed++)
            Close(hour, 0, gap);
        (_inHour, _longestInHourMs) = (0, Math.Min(gap, atMs - ((last - 1) * HourMs)));
        SettleLeast();
    }

    private void Close(long hour, int count, float gapMs)
    {
        Own();
        var slot = SlotOf(hour);
        var at = (slot * Days) + (_visits[slot]++ % Days);
        (_counts[at], _gapsMs[at]) = (count, gapMs);
        Settle(slot);
    }

    private void Own()
    {
        if (!_isShared)
            return;
        (_counts, _gapsMs, _visits) = ([.. _counts], [.. _gapsMs], [.. _visits]);
        (_usualCount, _usualGapMs, _isShared) = ([.. _usualCount], [.. _usualGapMs], false);
    }

    private void Settle(int slot)
    {
        var known = Math.Min(_visits[slot], Days);
        if (known == 0)
            return;
        Span<float> sorted = stackalloc float[Days];
        _counts.AsSpan(slot * Days, known).CopyTo(sorted);
        sorted[..known].Sort();
        _usualCount[slot] = sorted[known / 4];
        var longest = GapMinMs;
        foreach (var gap in _gapsMs.AsSpan(slot * Days, known))
            longest = Math.Max(longest, gap);
        _usualGapMs[slot] = longest;
    }

    /// <summary>The gap of the quiet hours is that of the upper quarter of all hours: one outage does not move it.</summary>
    private void SettleLeast()
    {
        Span<float> sorted = stackalloc float[Slots];
        var known = 0;
        for (var slot = 0; slot < Slots; slot++)
        {
            if (_visits[slot] >= DaysToKnow)
                sorted[known++] = _usualGapMs[slot];
        }
        sorted[..known].Sort();
        var quiet = known == 0 ? 0 : sorted[known * 3 / 4];
        _leastMs = quiet <= HourMs ? Math.Max(FloorMs, BeatTimes * quiet) : FloorMs;
    }

    /// <summary>Day 0 of the Unix calendar was a Thursday.</summary>
    private static int SlotOf(long hour)
    {
        var day = ((hour / 24) + 3) % 7;
        return (int)(((hour % 24) + 24) % 24) + (day >= 5 ? 24 : 0);
    }
}

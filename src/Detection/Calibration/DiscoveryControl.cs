namespace SentinelHealth.Detection.Calibration;

/// <summary>
/// Online control of the false discovery rate: of the actor-hours alerted on in a day, at most the stated share is expected to be
/// innocent.
/// </summary>
/// <remarks>
/// Each actor-hour is one hypothesis, each UTC day one family of at most N of them, N being a fifth more than the busiest of the last
/// seven days had. The level of a hypothesis is rate / N · (1 + R), R being the actors discovered earlier in the day: LOND
/// (Javanmard and Montanari 2018) with equal weights. Hours of one actor depend on each other and neighboring hours on everything
/// that happens in the network, so discoveries count only after a lag of <see cref="LagHours"/> and once an actor and day, as in the
/// conflict sets of Zrnic, Ramdas and Jordan (2021). Why that suffices: an innocent hour's p-value is below its level with
/// probability at most the level given everything older than the lag, and if it is, at least 1 + R hours were discovered;
/// so each hypothesis adds at most rate / N to the expected share. Hypotheses beyond N have level 0. O(1), at most 4,096 actors
/// a day; beyond them R stays where it is, which is the cautious side.
/// </remarks>
internal sealed class DiscoveryControl(double rate)
{
    /// <summary>Hours on which an hour is assumed to depend, besides itself.</summary>
    public const int LagHours = 2;

    private const long HourMs = 3_600_000;
    private const long DayMs = 24 * HourMs;
    private const int DaysKept = 7;
    private const int ActorsMax = 4_096;
    private const double Margin = 1.2;
    private const int UnitsMin = 100;

    private readonly int[] _unitsOfDays = new int[DaysKept];
    private readonly int[] _actorsInHour = new int[24];
    private readonly HashSet<ulong> _discoveredToday = [];
    private long _day = long.MinValue;
    private int _daysSeen;
    private int _unitsToday;
    private int _unitsForecast;

    /// <summary>The stated rate, 0..1.</summary>
    public double Rate => rate;

    /// <summary>Actor-hours expected at most today; 0 until a day has passed.</summary>
    public int UnitsForecast => _unitsForecast;

    /// <summary>Actor-days discovered in all.</summary>
    public long DiscoveryCount { get; private set; }

    /// <summary>Counts an actor-hour that has begun.</summary>
    public void Begin(long atMs)
    {
        Turn(atMs);
        _unitsToday++;
    }

    /// <summary>The level of an actor-hour that runs at this time.</summary>
    public double Level(long atMs)
    {
        Turn(atMs);
        if (_unitsForecast == 0 || _unitsToday > _unitsForecast)
            return 0;
        var earlier = 0;
        for (var hour = HourOf(atMs) - LagHours; hour >= 0; hour--)
            earlier += _actorsInHour[hour];
        return rate / _unitsForecast * (1 + earlier);
    }

    /// <summary>Whether the actor's hour is a discovery; if so it is counted.</summary>
    public bool Discovers(ulong actor, long atMs, double pValue)
    {
        if (pValue > Level(atMs))
            return false;
        if (_discoveredToday.Count < ActorsMax && _discoveredToday.Add(actor))
        {
            _actorsInHour[HourOf(atMs)]++;
            DiscoveryCount++;
        }
        return true;
    }

    public void Save(BinaryWriter writer)
    {
        foreach (var units in _unitsOfDays)
            writer.Write(units);
        foreach (var actors in _actorsInHour)
            writer.Write(actors);
        writer.Write(_discoveredToday.Count);
        foreach (var actor in _discoveredToday.Order())
            writer.Write(actor);
        writer.Write(_day);
        writer.Write(_daysSeen);
        writer.Write(_unitsToday);
        writer.Write(_unitsForecast);
        writer.Write(DiscoveryCount);
    }

    public void Load(BinaryReader reader)
    {
        for (var i = 0; i < DaysKept; i++)
            _unitsOfDays[i] = reader.ReadInt32();
        for (var i = 0; i < _actorsInHour.Length; i++)
            _actorsInHour[i] = reader.ReadInt32();
        _discoveredToday.Clear();
        var count = reader.ReadInt32();
        if (count is < 0 or > ActorsMax)
            throw new InvalidDataException($"{count} discoveries a day are over the bound of {ActorsMax}.");
        for (var i = 0; i < count; i++)
            _discoveredToday.Add(reader.ReadUInt64());
        _day = reader.ReadInt64();
        _daysSeen = reader.ReadInt32();
        _unitsToday = reader.ReadInt32();
        _unitsForecast = reader.ReadInt32();
        DiscoveryCount = reader.ReadInt64();
    }

    private static int HourOf(long atMs) => (int)(atMs % DayMs / HourMs);

    private void Turn(long atMs)
    {
        var day = atMs / DayMs;
        if (day <= _day)
            return;
        if (_day != long.MinValue)
        {
            _unitsOfDays[_daysSeen++ % DaysKept] = _unitsToday;
            // The first day may have begun at any hour, so it says too little.
            if (_daysSeen > 1)
                _unitsForecast = Math.Max(UnitsMin, (int)(Margin * _unitsOfDays.Max()));
        }
        (_day, _unitsToday) = (day, 0);
        Array.Clear(_actorsInHour);
        _discoveredToday.Clear();
    }
}

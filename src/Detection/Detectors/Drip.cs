using System.Numerics;
using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Features;

namespace SentinelHealth.Detection.Detectors;

/// <summary>What passes while somebody does nothing.</summary>
internal enum DripClock
{
    /// <summary>Only hours in which the entity did anything count: time off is no reason to do more later.</summary>
    ActiveHours,

    /// <summary>All time counts.</summary>
    ElapsedHours,
}

/// <summary>
/// What adds up: doings too few in any hour to be noticed, summed over hours and over days and held against the entity's own rate
/// from before, drawn toward its peers' while thin.
/// </summary>
/// <remarks>
/// A sum over a fading window against a lagged baseline is the exponentially weighted kin of Page's (1954) cumulative sum,
/// and the lag keeps what is being judged out of what it is judged by. Rates are gamma distributed over peers and counts
/// Poisson around them, so a window is negative binomial (Greenwood and Yule 1920), with the spread between members and
/// within one estimated by moments; the surprise is the deviance of the strangest channel beyond two nats, and only where it
/// is higher than lately. Departures: windows hand on to each other (hours, days, before) instead of being recomputed; time
/// may be hours of activity; and what passes into the baseline is at most three times what it expected, so that patience
/// moves it slowly whether or not anybody noticed. O(channels in the event), and O(channels) once an hour; 116 bytes an
/// entity, 164 a group.
/// </remarks>
internal sealed class Drip : IDetector, ITabular
{
    /// <summary>Most channels a schema may have.</summary>
    public const int ChannelsMax = 8;

    private const int Windows = 2;
    private const float GroupHoursMin = 200;
    private const double InflowTimes = 3, InflowFloor = 0.02;
    private const double FreeNats = 2;
    private const long HourMs = 3_600_000;

    private readonly string[] _partNames;
    private readonly int _channels;
    private readonly DripClock _clock;
    private readonly float _keepHours, _keepDays, _keepBefore;
    private readonly BoundedMap<DripEntity> _entities;
    private readonly BoundedMap<DripGroup> _groups;

    /// <summary>Creates a cold detector.</summary>
    public Drip(string name, FeatureSchema schema, DripClock clock, int entitiesMax, int groupsMax)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(schema.Channels.Count, ChannelsMax);
        (Name, _clock, _channels) = (name, clock, schema.Channels.Count);
        var (hours, days, before) = clock == DripClock.ActiveHours ? (10, 30, 600) : (24, 72, 1_440);
        (_keepHours, _keepDays, _keepBefore) = (1 - (1f / hours), 1 - (1f / days), 1 - (1f / before));
        string[] windows = clock == DripClock.ActiveHours ? ["within a shift or two", "within a few shifts"] : ["within a day", "within three days"];
        _partNames = [.. schema.Channels.SelectMany(_ => windows, (channel, window) => $"{channel} {window}")];
        _entities = new BoundedMap<DripEntity>(entitiesMax);
        _groups = new BoundedMap<DripGroup>(groupsMax);
    }

    public string Name { get; }

    public IReadOnlyList<string> PartNames => _partNames;

    public long SizeBytes => _entities.SizeBytes + _groups.SizeBytes;

    IEnumerable<IEntityTable> ITabular.Tables => [_entities];

    public double? Score(in Observation observed)
    {
        Span<SurprisePart> parts = stackalloc SurprisePart[1];
        return Explain(observed, parts) == 0 ? null : parts[0].Surprise;
    }

    public int Explain(in Observation observed, Span<SurprisePart> parts)
    {
        if (observed.Entity == 0 || observed.Channels == 0)
            return 0;
        ref readonly var group = ref _groups.Find(observed.Peers);
        if (Unsafe.IsNullRef(in group) || group.Hours < GroupHoursMin)
            return 0;
        ref readonly var held = ref _entities.Find(observed.Entity);
        var entity = Unsafe.IsNullRef(in held) ? default : held;
        var passed = Advance(ref entity, observed.AtMs);
        if (passed > 0)
            Leak(ref entity, ref Unsafe.NullRef<DripGroup>(), group, passed);
        if (Strangest(entity, group, observed.Channels) is not { } most)
            return 0;
        // A window that stays full says nothing new, however many events go by.
        parts[0] = most.Surprise > entity.Peak ? most : most with { Surprise = 0 };
        return 1;
    }

    public void Learn(in Observation observed, float trust)
    {
        if (observed.Entity == 0 || observed.Peers == 0)
            return;
        ref var entity = ref _entities.Touch(observed.Entity, observed.AtMs, out _);
        var passed = Advance(ref entity, observed.AtMs);
        ref var group = ref _groups.Touch(observed.Peers, observed.AtMs, out _);
        if (passed > 0)
            Leak(ref entity, ref group, group, passed);
        if (observed.Channels == 0)
            return;
        if (group.Hours >= GroupHoursMin && Strangest(entity, group, observed.Channels) is { } most)
            entity.Peak = Math.Max(entity.Peak, (float)most.Surprise);
        for (var left = observed.Channels; left != 0; left &= left - 1)
        {
            var channel = BitOperations.TrailingZeroCount(left);
            if (channel < _channels)
                entity.At(channel).Hours++;
        }
    }

    public void Save(BinaryWriter writer)
    {
        _entities.Save(writer);
        _groups.Save(writer);
    }

    public void Load(BinaryReader reader)
    {
        _entities.Load(reader);
        _groups.Load(reader);
    }

    /// <summary>Hours of the entity's clock that begin with this observation; 0 within the hour already counted.</summary>
    private int Advance(ref DripEntity entity, long atMs)
    {
        var hour = (int)(atMs / HourMs);
        if (entity.Hour == 0 && entity.Time.Hours == 0)
        {
            entity.Hour = hour;
            return 1;
        }
        var passed = _clock == DripClock.ActiveHours ? Math.Min(1, hour - entity.Hour) : hour - entity.Hour;
        entity.Hour = Math.Max(entity.Hour, hour);
        return Math.Max(0, passed);
    }

    /// <summary>Hands counts on from window to window; into the baseline no more than three times what it expects.</summary>
    private void Leak(ref DripEntity entity, ref DripGroup learning, in DripGroup group, int hours)
    {
        var keep = new DripCell
        {
            Hours = MathF.Pow(_keepHours, hours),
            Days = MathF.Pow(_keepDays, hours),
            Before = MathF.Pow(_keepBefore, hours),
        };
        var learns = !Unsafe.IsNullRef(ref learning);
        var timeIn = entity.Time.Days * (1 - keep.Days);
        for (var channel = 0; channel < _channels; channel++)
        {
            ref var cell = ref entity.At(channel);
            var expected = Placed(cell, entity.Time, group.Hours, PeersOf(group, channel)).Rate * timeIn;
            var countIn = Math.Min(cell.Days * (1 - keep.Days), (float)((InflowTimes * expected) + (InflowFloor * timeIn)));
            if (learns)
                LearnPeers(ref learning, channel, entity, countIn, timeIn);
            Pass(ref cell, keep, countIn);
        }
        if (learns)
            Count(ref learning, timeIn);
        Pass(ref entity.Time, keep, timeIn);
        entity.Peak *= keep.Days;
        entity.Time.Hours += hours;
    }

    private static void Pass(ref DripCell cell, in DripCell keep, float into)
    {
        cell.Before = (cell.Before * keep.Before) + into;
        cell.Days = (cell.Days * keep.Days) + (cell.Hours * (1 - keep.Hours));
        cell.Hours *= keep.Hours;
    }

    private static void LearnPeers(ref DripGroup group, int channel, DripEntity entity, float countIn, float timeIn)
    {
        ref var peers = ref group.At(channel);
        ref var cell = ref entity.At(channel);
        var rate = Placed(cell, entity.Time, group.Hours, peers).Rate;
        peers.LearnWithin(cell.Hours, rate * entity.Time.Hours);
        peers.LearnBetween(cell.Before, peers.Rate(group.Hours) * entity.Time.Before);
        peers.Count += countIn;
    }

    private void Count(ref DripGroup group, float hours)
    {
        group.Hours += hours;
        var factor = DripPeers.FadeAt(group.Hours);
        if (factor >= 1)
            return;
        group.Hours *= factor;
        for (var channel = 0; channel < _channels; channel++)
            group.At(channel).Fade(factor);
    }

    /// <summary>The most surprising of the channels; several often count the same doing.</summary>
    private SurprisePart? Strangest(in DripEntity entity, in DripGroup group, uint channels)
    {
        SurprisePart? most = null;
        for (var left = channels; left != 0; left &= left - 1)
        {
            var channel = BitOperations.TrailingZeroCount(left);
            if (channel >= _channels)
                continue;
            var part = MostSurprising(entity, channel, group);
            if (most is null || part.Surprise > most.Value.Surprise)
                most = part;
        }
        return most;
    }

    private static SurprisePart MostSurprising(DripEntity entity, int channel, in DripGroup group)
    {
        ref var cell = ref entity.At(channel);
        var peers = PeersOf(group, channel);
        var (rate, evidence) = Placed(cell, entity.Time, group.Hours, peers);
        var evenness = 1 / ((1 / evidence) + peers.Within);
        var (hours, days) = (cell.Hours + 1.0, cell.Hours + cell.Days + 1.0);
        var (inHours, inDays) = (rate * entity.Time.Hours, rate * (entity.Time.Hours + entity.Time.Days));
        var (ofHours, ofDays) = (Deviance(hours, inHours, evenness), Deviance(days, inDays, evenness));
        return ofHours >= ofDays
            ? new(channel * Windows, ofHours, Math.Round(hours, 1), Math.Log(1 + inHours), 0, Novelty.Known)
            : new((channel * Windows) + 1, ofDays, Math.Round(days, 1), Math.Log(1 + inDays), 0, Novelty.Known);
    }

    /// <summary>The entity's rate placed among its peers', and how many doings' worth of evidence stand behind it.</summary>
    private static (double Rate, double Evidence) Placed(in DripCell cell, in DripCell time, float groupHours, in DripPeers peers)
    {
        var shape = 1 / peers.Between;
        return ((shape + cell.Before) / ((shape / peers.Rate(groupHours)) + time.Before), shape + cell.Before);
    }

    /// <summary>How much better its own rate explains a count than the expected one does, beyond what chance does every day.</summary>
    private static double Deviance(double count, double mean, double evenness) => count <= mean
        ? 0
        : Math.Max(
            0, (count * Math.Log(count / mean))
                - ((count + evenness) * Math.Log((count + evenness) / (mean + evenness))) - FreeNats);

    private static DripPeers PeersOf(DripGroup group, int channel) => group.At(channel);
}

using System.Numerics;
using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Features;
using SentinelHealth.Detection.Federation;

namespace SentinelHealth.Detection.Detectors;

/// <summary>
/// How far an entity's counts in the running ten minutes, hour and day exceed its own habit, drawn toward its peers' while thin.
/// </summary>
/// <remarks>
/// Each channel (all events, reads, failures…) keeps the open bucket and the moments of log(1 + count) of the closed, active ones
/// per width. The surprise of a channel is that of its most surprising width, under a Student-t on the log scale: a heavy-tailed
/// count model in the spirit of the negative binomial, at O(1). Only excess counts; silence is judged elsewhere. Widths catch what
/// the others miss: ten minutes a burst, a day the low and slow. Cost O(channels), 24 bytes per channel and width.
/// </remarks>
public sealed class Volume : IDetector, ITabular
{
    /// <summary>Most channels a schema may have.</summary>
    public const int ChannelsMax = 8;

    private const float PeerBucketsMin = 8;

    private readonly string[] _partNames;
    private readonly BoundedMap<VolumeCells> _entities;
    private readonly BoundedMap<VolumeCells> _groups;
    private readonly PeerBaseline _shared;

    /// <summary>Creates a cold detector.</summary>
    /// <param name="name">Its name in alerts.</param>
    /// <param name="schema">Whose channels are counted; at most <see cref="ChannelsMax"/>.</param>
    /// <param name="entitiesMax">Bound on entities.</param>
    /// <param name="groupsMax">Bound on peer groups.</param>
    /// <param name="shared">What other sites find usual; nothing when null.</param>
    public Volume(string name, FeatureSchema schema, int entitiesMax, int groupsMax, PeerBaseline? shared = null)
    {
        _shared = shared ?? PeerBaseline.None;
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(schema.Channels.Count, ChannelsMax);
        Name = name;
        _partNames = [.. schema.Channels.SelectMany(_ => TimeBuckets.Names, (channel, width) => $"{channel} per {width}")];
        _entities = new BoundedMap<VolumeCells>(entitiesMax);
        _groups = new BoundedMap<VolumeCells>(groupsMax);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> PartNames => _partNames;

    /// <inheritdoc/>
    public long SizeBytes => _entities.SizeBytes + _groups.SizeBytes;

    IEnumerable<IEntityTable> ITabular.Tables => [_entities];

    /// <inheritdoc/>
    public double? Score(in Observation observed)
    {
        Span<SurprisePart> parts = stackalloc SurprisePart[ChannelsMax];
        var count = Explain(observed, parts);
        return count == 0 ? null : SurprisePart.Sum(parts[..count]);
    }

    /// <inheritdoc/>
    public int Explain(in Observation observed, Span<SurprisePart> parts)
    {
        if (observed.Entity == 0 || observed.Channels == 0)
            return 0;
        ref var group = ref Unsafe.AsRef(in _groups.Find(observed.Peers));
        if (Unsafe.IsNullRef(in group) && !_shared.Knows(observed.Role))
            return 0;
        ref var entity = ref Unsafe.AsRef(in _entities.Find(observed.Entity));
        var written = 0;
        for (var left = observed.Channels; left != 0; left &= left - 1)
        {
            if (TryFindMost(observed, BitOperations.TrailingZeroCount(left), ref entity, ref group, ref parts[written]))
                written++;
        }
        return written;
    }

    /// <inheritdoc/>
    public void Learn(in Observation observed, float trust)
    {
        if (observed.Entity == 0 || observed.Channels == 0)
            return;
        ref var entity = ref _entities.Touch(observed.Entity, observed.AtMs, out _);
        ref var group = ref _groups.Touch(observed.Peers, observed.AtMs, out _);
        for (var left = observed.Channels; left != 0; left &= left - 1)
        {
            var channel = BitOperations.TrailingZeroCount(left);
            for (var width = 0; width < TimeBuckets.WidthsMs.Length; width++)
            {
                ref var cell = ref entity.At(channel, width);
                Close(ref cell, ref group.At(channel, width).Habit, TimeBuckets.IndexOf(observed.AtMs, width));
                cell.Count++;
                cell.TrustSum += trust;
            }
        }
    }

    /// <inheritdoc/>
    public void Save(BinaryWriter writer)
    {
        _entities.Save(writer);
        _groups.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(BinaryReader reader)
    {
        _entities.Load(reader);
        _groups.Load(reader);
    }

    /// <summary>The channel's most surprising width; false when the peers know too little of any.</summary>
    private bool TryFindMost(
        in Observation observed, int channel, ref VolumeCells entity, ref VolumeCells group, ref SurprisePart most)
    {
        var isFound = false;
        var least = -1.0;
        for (var width = 0; width < TimeBuckets.WidthsMs.Length; width++)
        {
            var peers = Unsafe.IsNullRef(in group) ? default : group.At(channel, width).Habit;
            if (observed.Role != 0 && _shared.Sites.Count > 0)
                peers = peers.FilledFrom(_shared.Counts(observed.Role, channel, width));
            if (peers.Weight < PeerBucketsMin)
                continue;
            var bucket = TimeBuckets.IndexOf(observed.AtMs, width);
            var (count, habit) = Unsafe.IsNullRef(in entity) ? (1, default) : Running(entity.At(channel, width), bucket);
            if (observed.Omitted.Doings > 0)
                count = (float)observed.Omitted.Left(count, width, CountAt(observed, channel, ref entity));
            var surprise = habit.SurpriseAbove(least, count, peers, out var expected);
            if (isFound && surprise <= least)
                continue;
            most = new((channel * 3) + width, surprise, count, expected, 0, Novelty.Known);
            (isFound, least) = (true, surprise);
        }
        return isFound;
    }

    /// <summary>The count at the width something is left out of.</summary>
    private static double CountAt(in Observation observed, int channel, ref VolumeCells entity) => Unsafe.IsNullRef(in entity)
        ? 1
        : Running(entity.At(channel, observed.Omitted.Width), TimeBuckets.IndexOf(observed.AtMs, observed.Omitted.Width)).Count;

    /// <summary>The count this observation brings its bucket to, and the habit as it will be once older buckets are closed.</summary>
    private static (float Count, LogCountHabit Habit) Running(in CountCell cell, int bucket)
    {
        var habit = cell.Habit;
        if (cell.Bucket >= bucket)
            return (cell.Count + 1, habit);
        if (cell.Count > 0)
            habit.Learn(cell.Count, cell.TrustSum / cell.Count);
        return (1, habit);
    }

    private static void Close(ref CountCell cell, ref LogCountHabit peers, int bucket)
    {
        if (cell.Bucket >= bucket)
            return;
        if (cell.Count > 0)
        {
            var trust = cell.TrustSum / cell.Count;
            cell.Habit.Learn(cell.Count, trust);
            peers.Learn(cell.Count, trust);
        }
        (cell.Bucket, cell.Count, cell.TrustSum) = (bucket, 0, 0);
    }
}

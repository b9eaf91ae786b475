using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Features;
using SentinelHealth.Detection.Federation;

namespace SentinelHealth.Detection.Detectors;

/// <summary>What is counted distinctly.</summary>
/// <param name="Name">Its name in sentences, such as <c>patients</c>.</param>
/// <param name="Category">Index of the categorical feature.</param>
/// <param name="Keys">All keys, or only those new to the entity.</param>
/// <param name="Channels">Only events in one of these channels are counted; 0 is every event.</param>
public sealed record SpreadDimension(string Name, int Category, SpreadKeys Keys, uint Channels = 0);

/// <summary>Which keys a dimension counts.</summary>
public enum SpreadKeys
{
    /// <summary>Every key.</summary>
    All,

    /// <summary>Keys the entity has not met before, as far as it is remembered.</summary>
    Unfamiliar,
}

/// <summary>
/// How many distinct patients, nodes or devices an entity touches in an hour and a day, against its own habit and its peers'.
/// </summary>
/// <remarks>
/// Distinct keys are counted by linear counting, habits are the same log-count moments as <see cref="Volume"/>'s. Counting only
/// unfamiliar keys separates the clinician who always meets new patients from the one who starts to look up strangers. Cost
/// O(dimensions), 56 bytes per dimension and width, 520 more per entity where familiarity is asked for.
/// </remarks>
public sealed class Spread : IDetector, ITabular
{
    /// <summary>Most dimensions of one detector.</summary>
    public const int DimensionsMax = 4;

    internal const int Widths = 2;
    private const int FirstWidth = 1;
    private const float PeerBucketsMin = 8;

    private readonly SpreadDimension[] _dimensions;
    private readonly PeerBaseline _shared;
    private readonly int _sharedDimension;
    private readonly string[] _partNames;
    private readonly BoundedMap<SpreadCells> _entities;
    private readonly BoundedMap<SpreadHabits> _groups;
    private readonly BoundedMap<FamiliarKeys>? _familiar;

    /// <summary>Creates a cold detector.</summary>
    /// <param name="name">Its name in alerts.</param>
    /// <param name="dimensions">What is counted; at most <see cref="DimensionsMax"/>.</param>
    /// <param name="entitiesMax">Bound on entities.</param>
    /// <param name="groupsMax">Bound on peer groups.</param>
    /// <param name="shared">What other sites find usual; nothing when null.</param>
    public Spread(
        string name, IReadOnlyList<SpreadDimension> dimensions, int entitiesMax, int groupsMax, PeerBaseline? shared = null)
    {
        _shared = shared ?? PeerBaseline.None;
        ArgumentNullException.ThrowIfNull(dimensions);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions.Count, DimensionsMax);
        Name = name;
        _dimensions = [.. dimensions];
        _sharedDimension = _shared.Sites.Count == 0 ? -1 : Array.FindIndex(_dimensions, IsShared);
        _partNames = [.. _dimensions.SelectMany(_ => TimeBuckets.Names[FirstWidth..], (d, width) => $"{d.Name} per {width}")];
        _entities = new BoundedMap<SpreadCells>(entitiesMax);
        _groups = new BoundedMap<SpreadHabits>(groupsMax);
        if (_dimensions.Any(d => d.Keys == SpreadKeys.Unfamiliar))
            _familiar = new BoundedMap<FamiliarKeys>(entitiesMax);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> PartNames => _partNames;

    /// <inheritdoc/>
    public long SizeBytes => _entities.SizeBytes + _groups.SizeBytes + (_familiar?.SizeBytes ?? 0);

    IEnumerable<IEntityTable> ITabular.Tables => _familiar is null ? [_entities] : [_entities, _familiar];

    /// <inheritdoc/>
    public double? Score(in Observation observed)
    {
        Span<SurprisePart> parts = stackalloc SurprisePart[DimensionsMax];
        var count = Explain(observed, parts);
        return count == 0 ? null : SurprisePart.Sum(parts[..count]);
    }

    /// <inheritdoc/>
    public int Explain(in Observation observed, Span<SurprisePart> parts)
    {
        ref var group = ref Unsafe.AsRef(in _groups.Find(observed.Peers));
        if (observed.Entity == 0 || (Unsafe.IsNullRef(in group) && !_shared.Knows(observed.Role)))
            return 0;
        ref var entity = ref Unsafe.AsRef(in _entities.Find(observed.Entity));
        var written = 0;
        for (var dimension = 0; dimension < _dimensions.Length; dimension++)
        {
            if (Counts(observed, dimension, out var key)
                && TryFindMost(observed, dimension, key, ref entity, ref group, ref parts[written]))
                written++;
        }
        return written;
    }

    /// <inheritdoc/>
    public void Learn(in Observation observed, float trust)
    {
        if (observed.Entity == 0)
            return;
        ref var entity = ref _entities.Touch(observed.Entity, observed.AtMs, out _);
        ref var group = ref _groups.Touch(observed.Peers, observed.AtMs, out _);
        for (var dimension = 0; dimension < _dimensions.Length; dimension++)
        {
            if (!Counts(observed, dimension, out var key))
                continue;
            for (var width = 0; width < Widths; width++)
            {
                ref var cell = ref entity.At(dimension, width);
                Close(ref cell, ref group.At(dimension, width), TimeBuckets.IndexOf(observed.AtMs, width + FirstWidth));
                cell.Distinct.Add(key);
                cell.EventCount++;
                cell.TrustSum += trust;
            }
        }
        Remember(observed, trust);
    }

    /// <inheritdoc/>
    public void Save(BinaryWriter writer)
    {
        _entities.Save(writer);
        _groups.Save(writer);
        _familiar?.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(BinaryReader reader)
    {
        _entities.Load(reader);
        _groups.Load(reader);
        _familiar?.Load(reader);
    }

    /// <summary>Sites exchange how many patients a role deals with, and nothing else of what is counted here.</summary>
    private static bool IsShared(SpreadDimension dimension) =>
        dimension is { Category: HealthFeatures.Patient, Keys: SpreadKeys.All };

    private bool Counts(in Observation observed, int dimension, out ulong key)
    {
        key = observed.Categories[_dimensions[dimension].Category];
        var channels = _dimensions[dimension].Channels;
        if (key == 0 || (channels != 0 && (observed.Channels & channels) == 0))
            return false;
        if (_dimensions[dimension].Keys == SpreadKeys.All)
            return true;
        ref readonly var familiar = ref _familiar!.Find(observed.Entity);
        return !Unsafe.IsNullRef(in familiar) && familiar.IsEstablished && !familiar.Contains(key);
    }

    private void Remember(in Observation observed, float trust)
    {
        // A flagged stranger must not become an acquaintance by being flagged.
        if (_familiar is null || trust < 1)
            return;
        foreach (var dimension in _dimensions)
        {
            var key = observed.Categories[dimension.Category];
            if (dimension.Keys == SpreadKeys.Unfamiliar && key != 0)
                _familiar.Touch(observed.Entity, observed.AtMs, out _).Add(key);
        }
    }

    /// <summary>The dimension's most surprising width; false when the peers know too little of any.</summary>
    private bool TryFindMost(
        in Observation observed, int dimension, ulong key, ref SpreadCells entity, ref SpreadHabits group, ref SurprisePart most)
    {
        var isFound = false;
        var least = -1.0;
        for (var width = 0; width < Widths; width++)
        {
            var peers = Unsafe.IsNullRef(in group) ? default : group.At(dimension, width);
            if (dimension == _sharedDimension && observed.Role != 0)
                peers = peers.FilledFrom(_shared.Patients(observed.Role, width + FirstWidth));
            if (peers.Weight < PeerBucketsMin)
                continue;
            var bucket = TimeBuckets.IndexOf(observed.AtMs, width + FirstWidth);
            var (count, habit) = Unsafe.IsNullRef(in entity) ? (1, default) : Running(entity.At(dimension, width), bucket, key);
            if (observed.Omitted.Doings > 0)
                count = observed.Omitted.Left(count, width + FirstWidth, CountAt(observed, dimension, key, ref entity));
            var surprise = habit.SurpriseAbove(least, count, peers, out var expected);
            if (isFound && surprise <= least)
                continue;
            most = new((dimension * Widths) + width, surprise, Math.Round(count), expected, 0, Novelty.Known);
            (isFound, least) = (true, surprise);
        }
        return isFound;
    }

    /// <summary>The count at the width something is left out of; nothing shorter than an hour is counted here.</summary>
    private static double CountAt(in Observation observed, int dimension, ulong key, ref SpreadCells entity)
    {
        var width = Math.Max(observed.Omitted.Width, FirstWidth);
        return Unsafe.IsNullRef(in entity)
            ? 1
            : Running(entity.At(dimension, width - FirstWidth), TimeBuckets.IndexOf(observed.AtMs, width), key).Count;
    }

    private static (double Count, LogCountHabit Habit) Running(in SpreadCell cell, int bucket, ulong key)
    {
        var habit = cell.Habit;
        if (cell.Bucket >= bucket)
            return (cell.Distinct.EstimateWith(key), habit);
        if (cell.EventCount > 0)
            habit.Learn(cell.Distinct.Estimate(), cell.TrustSum / cell.EventCount);
        return (1, habit);
    }

    private static void Close(ref SpreadCell cell, ref LogCountHabit peers, int bucket)
    {
        if (cell.Bucket >= bucket)
            return;
        if (cell.EventCount > 0)
        {
            var (distinct, trust) = (cell.Distinct.Estimate(), cell.TrustSum / cell.EventCount);
            cell.Habit.Learn(distinct, trust);
            peers.Learn(distinct, trust);
        }
        (cell.Bucket, cell.EventCount, cell.TrustSum, cell.Distinct) = (bucket, 0, 0, default);
    }
}

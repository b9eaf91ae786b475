using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Features;

namespace SentinelHealth.Detection.Detectors;

/// <summary>
/// Surprise of each categorical value given the entity, backing off to its peer group and then to the whole network.
/// </summary>
/// <remarks>
/// A value the entity knows costs how much rarer it is than the entity's usual value. A value new to the entity costs the
/// improbability of novelty for this entity plus what the value costs among its peers, and so on to the network, so that
/// "first time for her, everyday for her ward" and "never seen anywhere" are far apart. Back-off by novelty mass follows the idea
/// of Witten-Bell smoothing (1991); we depart from it by comparing with the usual probability at each level instead of summing
/// probabilities, which makes features of different cardinality comparable. An entity with little history is judged mostly as
/// its peers would be. Cost O(features), 0.7 KB an entity, 4 KB a peer group. Counts fade with a time constant of 45 days.
/// </remarks>
public sealed class Rarity : IDetector
{
    /// <summary>Most features a schema may have.</summary>
    public const int FeaturesMax = 8;

    private const double OwnHistoryHalf = 20;
    private const float NetworkObservationsMin = 200;
    private const double DecayDays = 45;
    private const long DayMs = 86_400_000;

    private readonly string[] _features;
    private readonly BoundedMap<EntityRarity> _entities;
    private readonly BoundedMap<GroupRarity> _groups;
    private GroupRarity _network;

    /// <summary>Creates a cold detector.</summary>
    /// <param name="name">Its name in alerts.</param>
    /// <param name="schema">Whose categorical features are watched; at most <see cref="FeaturesMax"/>.</param>
    /// <param name="entitiesMax">Bound on entities.</param>
    /// <param name="groupsMax">Bound on peer groups.</param>
    public Rarity(string name, FeatureSchema schema, int entitiesMax, int groupsMax)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(schema.Categorical.Count, FeaturesMax);
        Name = name;
        _features = [.. schema.Categorical];
        _entities = new BoundedMap<EntityRarity>(entitiesMax);
        _groups = new BoundedMap<GroupRarity>(groupsMax);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> PartNames => _features;

    /// <inheritdoc/>
    public long SizeBytes => _entities.SizeBytes + _groups.SizeBytes + Unsafe.SizeOf<GroupRarity>();

    /// <inheritdoc/>
    public double? Score(in Observation observed)
    {
        if (IsCold(observed))
            return null;
        var sum = 0.0;
        for (var feature = 0; feature < _features.Length; feature++)
        {
            var value = (uint)observed.Categories[feature];
            if (value != 0)
                sum += Surprise(observed, feature, value, out _);
        }
        return sum;
    }

    /// <inheritdoc/>
    public void Learn(in Observation observed, float trust)
    {
        var day = (int)(observed.AtMs / DayMs);
        ref var entity = ref _entities.Touch(observed.Entity, observed.AtMs, out var isNewEntity);
        ref var group = ref _groups.Touch(observed.Peers, observed.AtMs, out var isNewGroup);
        Fade(ref entity, day, isNewEntity);
        Fade(ref group, day, isNewGroup);
        Fade(ref _network, day, _network.DecayedOnDay == 0);
        for (var feature = 0; feature < _features.Length; feature++)
        {
            var value = (uint)observed.Categories[feature];
            if (value == 0)
                continue;
            entity.Feature(feature).Learn(value, trust);
            group.Feature(feature).Learn(value, trust);
            _network.Feature(feature).Learn(value, trust);
        }
    }

    /// <inheritdoc/>
    public int Explain(in Observation observed, Span<SurprisePart> parts)
    {
        if (IsCold(observed))
            return 0;
        var written = 0;
        for (var feature = 0; feature < _features.Length; feature++)
        {
            var value = (uint)observed.Categories[feature];
            if (value == 0)
                continue;
            var surprise = Surprise(observed, feature, value, out var novelty);
            parts[written++] = new(feature, surprise, double.NaN, double.NaN, UsualKey(observed, feature), novelty);
        }
        return written;
    }

    /// <inheritdoc/>
    public void Save(BinaryWriter writer)
    {
        _entities.Save(writer);
        _groups.Save(writer);
        writer.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<GroupRarity>(in _network)));
    }

    /// <inheritdoc/>
    public void Load(BinaryReader reader)
    {
        _entities.Load(reader);
        _groups.Load(reader);
        reader.BaseStream.ReadExactly(System.Runtime.InteropServices.MemoryMarshal.AsBytes(new Span<GroupRarity>(ref _network)));
    }

    private bool IsCold(in Observation observed) =>
        observed.Entity == 0 || observed.Peers == 0 || _network.Feature(0).Total < NetworkObservationsMin;

    private double Surprise(in Observation observed, int feature, uint value, out Novelty novelty)
    {
        var network = _network.Feature(feature).Surprise(value);
        novelty = _network.Feature(feature).Knows(value) ? Novelty.NewToPeers : Novelty.NewToNetwork;
        ref var group = ref _groups.Find(observed.Peers);
        var peers = network;
        if (!Unsafe.IsNullRef(ref group))
            peers = BackOff(group.Feature(feature), value, network, Novelty.NewToEntity, ref novelty);
        ref var entity = ref _entities.Find(observed.Entity);
        if (Unsafe.IsNullRef(ref entity))
            return peers;
        return BackOff(entity.Feature(feature), value, peers, Novelty.Known, ref novelty);
    }

    /// <summary>Surprise at one level, drawn toward the level above as far as this one's history is thin.</summary>
    private static double BackOff(ValueCounts level, uint value, double above, Novelty ifKnown, ref Novelty novelty)
    {
        var isKnown = level.Knows(value);
        if (isKnown)
            novelty = ifKnown;
        var own = level.Total / (level.Total + OwnHistoryHalf);
        var here = level.Surprise(value) + (isKnown ? 0 : above);
        return (own * here) + ((1 - own) * above);
    }

    private uint UsualKey(in Observation observed, int feature)
    {
        ref var entity = ref _entities.Find(observed.Entity);
        if (!Unsafe.IsNullRef(ref entity) && entity.Feature(feature).Total > 0)
            return entity.Feature(feature).Usual();
        ref var group = ref _groups.Find(observed.Peers);
        return Unsafe.IsNullRef(ref group) ? _network.Feature(feature).Usual() : group.Feature(feature).Usual();
    }

    private void Fade<TState>(ref TState state, int day, bool isNew)
        where TState : struct, IRarityState
    {
        if (!isNew && day > state.DecayedOnDay)
        {
            var factor = (float)Math.Exp((state.DecayedOnDay - day) / DecayDays);
            for (var feature = 0; feature < _features.Length; feature++)
                state.Feature(feature).Decay(factor);
        }
        if (isNew || day > state.DecayedOnDay)
            state.DecayedOnDay = day;
    }
}

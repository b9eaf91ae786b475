using System.Runtime.CompilerServices;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Features;

namespace SentinelHealth.Detection.Detectors;

/// <summary>What <see cref="Rarity"/> asks of its counts, whatever room an entity has.</summary>
internal abstract class RarityLevels
{
    public abstract long SizeBytes { get; }

    /// <summary>Counts by entity.</summary>
    public abstract IEntityTable Entities { get; }

    public abstract double? Score(in Observation observed);

    public abstract void Learn(in Observation observed, float trust);

    public abstract int Explain(in Observation observed, Span<SurprisePart> parts);

    public abstract void Save(BinaryWriter writer);

    public abstract void Load(BinaryReader reader);
}

/// <summary>Value counts at three levels, entity, peer group and network, and the surprise of a value down the levels.</summary>
/// <typeparam name="TEntity">The counts of one entity: how many features and slots it has room for.</typeparam>
internal sealed class RarityLevels<TEntity>(int featureCount, int entitiesMax, int groupsMax) : RarityLevels
    where TEntity : unmanaged, IRarityState
{
    private const double OwnHistoryHalf = 20;
    private const float NetworkObservationsMin = 200;
    private const double DecayDays = 45;
    private const long DayMs = 86_400_000;

    private readonly BoundedMap<TEntity> _entities = new(entitiesMax);
    private readonly BoundedMap<GroupRarity> _groups = new(groupsMax);
    private readonly int _featureCount = featureCount;
    private GroupRarity _network;

    public override long SizeBytes => _entities.SizeBytes + _groups.SizeBytes + Unsafe.SizeOf<GroupRarity>();

    public override IEntityTable Entities => _entities;

    public override double? Score(in Observation observed)
    {
        if (IsCold(observed))
            return null;
        ref var group = ref Unsafe.AsRef(in _groups.Find(observed.Peers));
        ref var entity = ref Unsafe.AsRef(in _entities.Find(observed.Entity));
        var sum = 0.0;
        for (var feature = 0; feature < _featureCount; feature++)
        {
            var value = (uint)observed.Categories[feature];
            if (value != 0)
                sum += Surprise(feature, value, ref group, ref entity, out _);
        }
        return sum;
    }

    public override void Learn(in Observation observed, float trust)
    {
        var day = (int)(observed.AtMs / DayMs);
        ref var entity = ref _entities.Touch(observed.Entity, observed.AtMs, out var isNewEntity);
        ref var group = ref _groups.Touch(observed.Peers, observed.AtMs, out var isNewGroup);
        Fade(ref entity, day, isNewEntity);
        Fade(ref group, day, isNewGroup);
        Fade(ref _network, day, _network.DecayedOnDay == 0);
        for (var feature = 0; feature < _featureCount; feature++)
        {
            var value = (uint)observed.Categories[feature];
            if (value == 0)
                continue;
            entity.Feature(feature).Learn(value, trust);
            group.Feature(feature).Learn(value, trust);
            _network.Feature(feature).Learn(value, trust);
        }
    }

    public override int Explain(in Observation observed, Span<SurprisePart> parts)
    {
        if (IsCold(observed))
            return 0;
        ref var group = ref Unsafe.AsRef(in _groups.Find(observed.Peers));
        ref var entity = ref Unsafe.AsRef(in _entities.Find(observed.Entity));
        var written = 0;
        for (var feature = 0; feature < _featureCount; feature++)
        {
            var value = (uint)observed.Categories[feature];
            if (value == 0)
                continue;
            var surprise = Surprise(feature, value, ref group, ref entity, out var novelty);
            parts[written++] = new(feature, surprise, double.NaN, double.NaN, UsualKey(observed, feature), novelty);
        }
        return written;
    }

    public override void Save(BinaryWriter writer)
    {
        _entities.Save(writer);
        _groups.Save(writer);
        writer.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<GroupRarity>(in _network)));
    }

    public override void Load(BinaryReader reader)
    {
        _entities.Load(reader);
        _groups.Load(reader);
        reader.BaseStream.ReadExactly(System.Runtime.InteropServices.MemoryMarshal.AsBytes(new Span<GroupRarity>(ref _network)));
    }

    private bool IsCold(in Observation observed) =>
        observed.Entity == 0 || observed.Peers == 0 || _network.Feature(0).Total < NetworkObservationsMin;

    private double Surprise(int feature, uint value, ref GroupRarity group, ref TEntity entity, out Novelty novelty)
    {
        var surprise = _network.Feature(feature).Surprise(value, out var isKnown);
        novelty = isKnown ? Novelty.NewToPeers : Novelty.NewToNetwork;
        if (!Unsafe.IsNullRef(in group))
            surprise = BackOff(group.Feature(feature), value, surprise, Novelty.NewToEntity, ref novelty);
        return Unsafe.IsNullRef(in entity)
            ? surprise
            : BackOff(entity.Feature(feature), value, surprise, Novelty.Known, ref novelty);
    }

    /// <summary>Surprise at one level, drawn toward the level above as far as this one's history is thin.</summary>
    private static double BackOff(ValueCounts level, uint value, double above, Novelty ifKnown, ref Novelty novelty)
    {
        var surprise = level.Surprise(value, out var isKnown);
        if (isKnown)
            novelty = ifKnown;
        var own = level.Total / (level.Total + OwnHistoryHalf);
        var here = surprise + (isKnown ? 0 : above);
        return (own * here) + ((1 - own) * above);
    }

    private uint UsualKey(in Observation observed, int feature)
    {
        ref var entity = ref Unsafe.AsRef(in _entities.Find(observed.Entity));
        if (!Unsafe.IsNullRef(in entity) && entity.Feature(feature).Total > 0)
            return entity.Feature(feature).Usual();
        ref var group = ref Unsafe.AsRef(in _groups.Find(observed.Peers));
        return Unsafe.IsNullRef(in group) ? _network.Feature(feature).Usual() : group.Feature(feature).Usual();
    }

    private void Fade<TState>(ref TState state, int day, bool isNew)
        where TState : struct, IRarityState
    {
        if (!isNew && day > state.DecayedOnDay)
        {
            var factor = (float)Math.Exp((state.DecayedOnDay - day) / DecayDays);
            for (var feature = 0; feature < _featureCount; feature++)
                state.Feature(feature).Decay(factor);
        }
        if (isNew || day > state.DecayedOnDay)
            state.DecayedOnDay = day;
    }
}

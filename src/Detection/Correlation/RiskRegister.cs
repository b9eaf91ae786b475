using System.Collections.Immutable;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Snapshots;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Correlation;

/// <summary>The decaying risk of each entity, as an exact sum of listed contributions.</summary>
/// <remarks>
/// Bounded to 4,096 entities of 64 alerts each; at the bound the least risky entity, and of an entity the alert that weighs least, is
/// forgotten. An alert that grows replaces its own share, one closed as benign leaves nothing behind: the risk is then the
/// same as if it had never been raised.
/// </remarks>
public sealed class RiskRegister : IKeptTable
{
    private const int EntitiesMax = 4_096;
    private const int AlertsPerEntityMax = 64;

    private SharedMap<EntityRef, ImmutableArray<RiskShare>> _shares = new(BytesOf);
    private long _newestMs;

    /// <summary>Creates one without risks.</summary>
    public RiskRegister()
    {
    }

    /// <summary>The risks as they are now, for a kept state.</summary>
    private RiskRegister(RiskRegister kept) => TakeOver(kept);

    long IKeptTable.SavedBytes => sizeof(long) + sizeof(int) + _shares.SavedBytes;

    /// <summary>Moves the time at which risk is stated; risk decays by event time.</summary>
    public void Advance(DateTimeOffset at) => _newestMs = Math.Max(_newestMs, at.ToUnixTimeMilliseconds());

    /// <summary>Adds an alert, or replaces its earlier version.</summary>
    public void Add(Alert alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        Advance(alert.At);
        if (!_shares.TryGetValue(alert.Entity, out var shares))
        {
            if (_shares.Count >= EntitiesMax)
                _shares.Remove(LeastRisky());
            shares = [];
        }
        shares = shares.RemoveAll(share => share.AlertId == alert.Id).Add(new RiskShare(
            alert.Id, alert.Source, AttackStages.Of(alert.Tags), alert.At.ToUnixTimeMilliseconds(), RiskSum.PointsOf(alert)));
        _shares[alert.Entity] = shares.Length <= AlertsPerEntityMax ? shares : shares.RemoveAt(LeastOf(shares));
    }

    /// <summary>Takes an alert's share out, whole and at once; does nothing when it has none.</summary>
    public void Remove(string alertId)
    {
        foreach (var (entity, shares) in _shares)
        {
            var left = shares.RemoveAll(share => share.AlertId == alertId);
            if (left.Length == shares.Length)
                continue;
            if (left.Length == 0)
                _shares.Remove(entity);
            else
                _shares[entity] = left;
            return;
        }
    }

    /// <summary>An entity's risk now with its contributions; null when it has none.</summary>
    public EntityRisk? Of(EntityRef entity) => _shares.TryGetValue(entity, out var shares) ? Stated(entity, shares) : null;

    /// <summary>The riskiest entities, riskiest first; ties by identifier.</summary>
    public IReadOnlyList<EntityRisk> Top(int entitiesMax) =>
        [.. _shares
            .Select(pair => Stated(pair.Key, pair.Value))
            .OrderByDescending(risk => risk.Risk)
            .ThenBy(risk => risk.Entity.Id, StringComparer.Ordinal)
            .Take(entitiesMax)];

    void IKeptTable.Save(BinaryWriter writer) => Save(writer);

    internal void Save(BinaryWriter writer)
    {
        if (writer.BaseStream is ITableKeeper keeper)
        {
            keeper.Keep(new RiskRegister(this));
            return;
        }
        writer.Write(_newestMs);
        writer.Write(_shares.Count);
        foreach (var (entity, shares) in _shares.OrderBy(pair => pair.Key.Id, StringComparer.Ordinal)
            .ThenBy(pair => pair.Key.Type))
        {
            writer.Write((byte)entity.Type);
            writer.Write(entity.Id);
            writer.Write(shares.Length);
            foreach (var share in shares)
            {
                writer.Write(share.AlertId);
                writer.Write(share.Source);
                writer.Write((byte)share.Stage);
                writer.Write(share.AtMs);
                writer.Write(share.Points);
            }
        }
    }

    internal void Load(BinaryReader reader)
    {
        if (KeptTable.TryTake<RiskRegister>(reader, "Risks were", out var kept))
        {
            TakeOver(kept);
            return;
        }
        _shares.Clear();
        _newestMs = reader.ReadInt64();
        var entities = reader.ReadInt32();
        for (var i = 0; i < Math.Min(entities, EntitiesMax); i++)
        {
            var entity = new EntityRef((EntityType)reader.ReadByte(), reader.ReadString());
            var shares = ImmutableArray.CreateBuilder<RiskShare>();
            for (var left = Math.Min(reader.ReadInt32(), AlertsPerEntityMax); left > 0; left--)
            {
                shares.Add(new RiskShare(
                    reader.ReadString(), reader.ReadString(), (AttackStage)reader.ReadByte(),
                    reader.ReadInt64(), reader.ReadDouble()));
            }
            _shares[entity] = shares.ToImmutable();
        }
    }

    private static long BytesOf(EntityRef entity, ImmutableArray<RiskShare> shares) =>
        sizeof(byte) + SavedText.BytesOf(entity.Id) + sizeof(int) + shares.Sum(share => SavedText.BytesOf(share.AlertId)
            + SavedText.BytesOf(share.Source) + sizeof(byte) + sizeof(long) + (long)sizeof(double));

    private void TakeOver(RiskRegister other) => (_shares, _newestMs) = (other._shares.Share(), other._newestMs);

    private EntityRisk Stated(EntityRef entity, ImmutableArray<RiskShare> shares)
    {
        var listed = RiskSum.Of(shares, _newestMs);
        return new EntityRisk(
            entity, RiskSum.Sum(listed), shares.Length, DateTimeOffset.FromUnixTimeMilliseconds(shares.Max(share => share.AtMs)))
        {
            Contributions = listed,
        };
    }

    /// <summary>
    /// The entity with the least risk, of equals that with the least hash, whatever the order in which they stand. Only of those whose weightiest share alone is not too much
    /// already are all shares added up.
    /// </summary>
    private EntityRef LeastRisky()
    {
        var (least, risk) = (default(EntityRef), double.PositiveInfinity);
        foreach (var (entity, shares) in _shares)
        {
            var atLeast = RiskSum.AtLeast(shares, _newestMs);
            if (atLeast > risk)
                continue;
            var own = shares.Length == 1 ? atLeast : RiskSum.Sum(RiskSum.Of(shares, _newestMs));
            if (own < risk || (own == risk && RankOf(entity).CompareTo(RankOf(least)) < 0))
                (least, risk) = (entity, own);
        }
        return least;
    }

    private static (ulong, EntityType) RankOf(EntityRef entity) => (StableHash.Of(entity.Id), entity.Type);

    /// <summary>Older weighs less: a day counts as much as a half.</summary>
    private static int LeastOf(ImmutableArray<RiskShare> shares)
    {
        var newestMs = shares.Max(share => share.AtMs);
        var least = 0;
        for (var i = 1; i < shares.Length; i++)
        {
            if (Now(shares[i]) < Now(shares[least]))
                least = i;
        }
        return least;

        double Now(in RiskShare share) => share.Points * Math.Pow(2, (share.AtMs - newestMs) / 86_400_000.0);
    }
}

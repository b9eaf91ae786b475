using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Correlation;

/// <summary>
/// The decaying risk of each entity: the sum of its alerts' scores weighted by severity, halved every day of event time.
/// </summary>
/// <remarks>Bounded to 4,096 entities; at the bound the least risky is forgotten. An alert that grows replaces its own share.</remarks>
public sealed class RiskRegister
{
    private const int EntitiesMax = 4_096;
    private const double HalfLifeMs = 86_400_000;
    private const int AlertsPerEntityMax = 64;

    private readonly Dictionary<EntityRef, List<RiskShare>> _shares = [];
    private long _newestMs;

    /// <summary>Adds an alert, or replaces its earlier version.</summary>
    public void Add(Alert alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        var atMs = alert.At.ToUnixTimeMilliseconds();
        _newestMs = Math.Max(_newestMs, atMs);
        if (!_shares.TryGetValue(alert.Entity, out var shares))
        {
            if (_shares.Count >= EntitiesMax)
                _shares.Remove(_shares.MinBy(pair => (RiskOf(pair.Value), StableHash.Of(pair.Key.Id))).Key);
            _shares[alert.Entity] = shares = [];
        }
        shares.RemoveAll(share => share.AlertId == alert.Id);
        if (shares.Count >= AlertsPerEntityMax)
            shares.RemoveAt(0);
        shares.Add(new RiskShare(alert.Id, atMs, alert.Score * WeightOf(alert.Severity)));
    }

    /// <summary>The riskiest entities, riskiest first; ties by identifier.</summary>
    public IReadOnlyList<EntityRisk> Top(int entitiesMax) =>
        [.. _shares
            .Select(pair => new EntityRisk(
                pair.Key, RiskOf(pair.Value), pair.Value.Count,
                DateTimeOffset.FromUnixTimeMilliseconds(pair.Value.Max(share => share.AtMs))))
            .OrderByDescending(risk => risk.Risk)
            .ThenBy(risk => risk.Entity.Id, StringComparer.Ordinal)
            .Take(entitiesMax)];

    internal void Save(BinaryWriter writer)
    {
        writer.Write(_newestMs);
        writer.Write(_shares.Count);
        foreach (var (entity, shares) in _shares.OrderBy(pair => pair.Key.Id, StringComparer.Ordinal)
            .ThenBy(pair => pair.Key.Type))
        {
            writer.Write((byte)entity.Type);
            writer.Write(entity.Id);
            writer.Write(shares.Count);
            foreach (var share in shares)
            {
                writer.Write(share.AlertId);
                writer.Write(share.AtMs);
                writer.Write(share.Weight);
            }
        }
    }

    internal void Load(BinaryReader reader)
    {
        _shares.Clear();
        _newestMs = reader.ReadInt64();
        var entities = reader.ReadInt32();
        for (var i = 0; i < Math.Min(entities, EntitiesMax); i++)
        {
            var entity = new EntityRef((EntityType)reader.ReadByte(), reader.ReadString());
            var shares = new List<RiskShare>();
            for (var left = Math.Min(reader.ReadInt32(), AlertsPerEntityMax); left > 0; left--)
                shares.Add(new RiskShare(reader.ReadString(), reader.ReadInt64(), reader.ReadDouble()));
            _shares[entity] = shares;
        }
    }

    private static double WeightOf(Severity severity) => severity switch
    {
        Severity.Critical => 100,
        Severity.High => 60,
        Severity.Medium => 25,
        Severity.Low => 8,
        _ => 1,
    };

    private double RiskOf(List<RiskShare> shares) =>
        shares.Sum(share => share.Weight * Math.Pow(2, (share.AtMs - _newestMs) / HalfLifeMs));

    private readonly record struct RiskShare(string AlertId, long AtMs, double Weight);
}

using Microsoft.Data.Sqlite;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Rules.Sigma.Fields;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Response.Queries;

namespace SentinelHealth.Response.Hunting;

/// <summary>Who did how much within a fence: counted from the events themselves, since what is kept by entity is of everyone's.</summary>
public sealed partial class EventArchive
{
    /// <summary>Events that are looked at for an answer within a fence; what is older is not counted.</summary>
    public const int FencedEventsMax = 500_000;

    /// <summary>Everyone and everything in the events of a fence, busiest first. O(events of the fence); about a second for the most.</summary>
    /// <param name="fence">Whose events.</param>
    /// <param name="since">The earliest event that counts.</param>
    /// <param name="cancel">Gives up.</param>
    public IReadOnlyList<KnownEntity> EntitiesWithin(HuntFence fence, DateTimeOffset since, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(fence);
        var tally = new EntityTally { CountsWhenAndWithWhom = false };
        TallyWithin(fence.Around(Since(since)), (tally, null), cancel);
        return [.. tally.Entities.Select(pair => KnownOf(pair.Key, pair.Value))
            .OrderByDescending(known => known.EventCount).ThenBy(known => known.Entity.Id, StringComparer.Ordinal)];
    }

    /// <summary>What an entity did in the events of a fence; null when it is in none of them.</summary>
    /// <param name="fence">Whose events.</param>
    /// <param name="entity">The entity.</param>
    /// <param name="since">The earliest event that counts.</param>
    /// <param name="told">Ties told of each kind, and everyone within the fence, busiest first, to find peers among.</param>
    /// <param name="cancel">Gives up.</param>
    public EntityHistory? HistoryWithin(
        HuntFence fence, EntityRef entity, DateTimeOffset since, (int TiesMax, IReadOnlyList<KnownEntity> Others) told,
        CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(fence);
        if (FieldOf(entity.Type) is not { } field)
            return null;
        var tally = new EntityTally();
        var about = new QueryIs(EventFields.Asking(field), new QueryPattern([entity.Id]));
        TallyWithin(fence.Around(new QueryAnd([Since(since), about])), (tally, entity), cancel);
        if (!tally.Entities.TryGetValue(entity, out var seen))
            return null;
        var known = KnownOf(entity, seen);
        return new EntityHistory
        {
            Known = known,
            Hours = tally.Hours.ToDictionary(pair => pair.Key.Hour, pair => pair.Value),
            Ties = MostTied(tally.Ties.Select(pair => KeyValuePair.Create(pair.Key.Other, pair.Value)), told.TiesMax),
            Peers = known.Organization.Length == 0 ? [] : [.. told.Others.Where(other => IsPeer(other, known)).Take(PeersMax)],
        };
    }

    private static bool IsPeer(KnownEntity other, KnownEntity known) =>
        other.Entity.Type == known.Entity.Type && other.Entity != known.Entity
        && other.Organization == known.Organization && other.Role == known.Role;

    private void TallyWithin(QueryNode query, (EntityTally Tally, EntityRef? Only) counted, CancellationToken cancel)
    {
        var (fits, observed, looked) = (EventFields.Reader.Compile(query), new SentinelEvent(), 0);
        Read(connection =>
        {
            Look(LooseRecords(connection));
            var (from, to) = HuntScope.SpanOf(query);
            foreach (var block in MayFind(connection, query, (from, to)))
            {
                cancel.ThrowIfCancellationRequested();
                if (looked >= FencedEventsMax)
                    break;
                Look(Open(connection, block));
            }
            return looked;
        });

        void Look(IEnumerable<ReadOnlyMemory<byte>> records)
        {
            foreach (var record in records)
            {
                looked++;
                if (_decoder.TryDecode(record, observed, out _) && fits(observed))
                    counted.Tally.Add(observed, counted.Only);
            }
        }
    }

    private static QueryRange Since(DateTimeOffset since) => new(
        EventFields.Schema.Find(SentinelFields.Time)!, QueryOrder.GreaterOrEqual, since.ToUnixTimeMilliseconds());

    private static KnownEntity KnownOf(EntityRef entity, EntityTally.Seen seen) => new(
        entity, seen.Role, seen.Organization, DateTimeOffset.FromUnixTimeMilliseconds(seen.FirstMs),
        DateTimeOffset.FromUnixTimeMilliseconds(seen.LastMs), seen.Count);

    private static TextField? FieldOf(EntityType type) => type switch
    {
        EntityType.Actor => TextField.Actor,
        EntityType.Node => TextField.Node,
        EntityType.Patient => TextField.Subject,
        EntityType.Device => TextField.Device,
        EntityType.Contract => TextField.Contract,
        _ => null,
    };
}

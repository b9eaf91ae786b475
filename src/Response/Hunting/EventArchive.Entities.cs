using Microsoft.Data.Sqlite;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Hunting;

/// <summary>Who did how much when, and with whom.</summary>
public sealed partial class EventArchive
{
    private const int EntitiesMax = 200, PeersMax = 12;

    private const string KnownColumns = "type, id, role, organization, first_ms, last_ms, count";

    /// <summary>What an entity did since an instant; null when it is not known. O(log n) and at most 2,048 loose events.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="since">The earliest hour that is told.</param>
    /// <param name="tiesMax">Ties told of each kind.</param>
    public EntityHistory? HistoryOf(EntityRef entity, DateTimeOffset since, int tiesMax)
    {
        var hour = EntityTally.HourOf(since.ToUnixTimeMilliseconds());
        return Read(connection =>
        {
            var stored = Find(connection, entity);
            var fresh = Recent(connection, entity);
            if (Joined(stored?.Known, fresh, entity) is not { } known)
                return null;
            return new EntityHistory
            {
                Known = known,
                Hours = HoursOf(connection, stored?.Number, hour, fresh),
                Ties = TiesOf(connection, stored?.Number, fresh, tiesMax),
                Peers = PeersOf(connection, known),
            };
        });
    }

    /// <summary>Entities by a part of their name, busiest first; without one, the busiest.</summary>
    /// <param name="part">A part of the identifier; empty for any.</param>
    /// <param name="type">Of which kind; null for any.</param>
    /// <param name="limit">At most so many, up to 200.</param>
    public IReadOnlyList<KnownEntity> EntitiesLike(string part, EntityType? type, int limit) => Read(connection =>
    {
        using var command = connection.Statement(
            null,
            $"SELECT {KnownColumns} FROM entity WHERE ($part = '' OR instr(id, $part) > 0) AND ($type IS NULL OR type = $type) ORDER BY count DESC, id LIMIT $limit",
            ("$part", part), ("$type", (int?)type), ("$limit", Math.Clamp(limit, 1, EntitiesMax)));
        return command.Rows(row => KnownOf(row, 0));
    });

    private static (long Number, KnownEntity Known)? Find(SqliteConnection connection, EntityRef entity)
    {
        using var command = connection.Statement(
            null, $"SELECT number, {KnownColumns} FROM entity WHERE type = $type AND id = $id", ("$type", (int)entity.Type), ("$id", entity.Id));
        return command.Rows(row => ((long, KnownEntity)?)(row.GetInt64(0), KnownOf(row, 1))).FirstOrDefault();
    }

    private EntityTally Recent(SqliteConnection connection, EntityRef entity)
    {
        var (tally, observed) = (new EntityTally(), new SentinelEvent());
        foreach (var record in LooseRecords(connection))
        {
            if (_decoder.TryDecode(record, observed, out _))
                tally.Add(observed, entity);
        }
        return tally;
    }

    private static KnownEntity? Joined(KnownEntity? stored, EntityTally fresh, EntityRef entity)
    {
        if (!fresh.Entities.TryGetValue(entity, out var seen))
            return stored;
        var (first, last) = (DateTimeOffset.FromUnixTimeMilliseconds(seen.FirstMs),
            DateTimeOffset.FromUnixTimeMilliseconds(seen.LastMs));
        return stored is null
            ? new KnownEntity(entity, seen.Role, seen.Organization, first, last, seen.Count)
            : stored with
            {
                Role = seen.Role.Length > 0 ? seen.Role : stored.Role,
                Organization = seen.Organization.Length > 0 ? seen.Organization : stored.Organization,
                FirstAt = first < stored.FirstAt ? first : stored.FirstAt,
                LastAt = last > stored.LastAt ? last : stored.LastAt,
                EventCount = stored.EventCount + seen.Count,
            };
    }

    private static Dictionary<long, long> HoursOf(SqliteConnection connection, long? number, long since, EntityTally fresh)
    {
        using var command = connection.Statement(
            null, "SELECT hour, count FROM entity_hour WHERE entity = $entity AND hour >= $since", ("$entity", number), ("$since", since));
        var hours = command.Rows(row => (row.GetInt64(0), row.GetInt64(1))).ToDictionary();
        foreach (var ((_, hour), count) in fresh.Hours.Where(pair => pair.Key.Hour >= since))
            hours[hour] = hours.GetValueOrDefault(hour) + count;
        return hours;
    }

    private static List<EntityTie> TiesOf(SqliteConnection connection, long? number, EntityTally fresh, int tiesMax)
    {
        using var command = connection.Statement(
            null,
            """
            SELECT type, id, tie_count, tie_last FROM (
                SELECT entity.type, entity.id, tie.count AS tie_count, tie.last_ms AS tie_last,
                    row_number() OVER (PARTITION BY entity.type ORDER BY tie.count DESC, entity.id) AS place
                FROM entity_tie AS tie JOIN entity ON entity.number = tie.other WHERE tie.entity = $entity)
            WHERE place <= $max
            """,
            ("$entity", number), ("$max", tiesMax));
        var ties = command.Rows(row => (
                Other: new EntityRef((EntityType)row.GetInt32(0), row.GetString(1)),
                    Tie: new EntityTally.Tie(row.GetInt64(2), row.GetInt64(3))))
            .ToDictionary(pair => pair.Other, pair => pair.Tie);
        foreach (var ((_, other), tie) in fresh.Ties)
            ties[other] = ties.TryGetValue(other, out var known)
                ? new EntityTally.Tie(known.Count + tie.Count, Math.Max(known.LastMs, tie.LastMs)) : tie;
        return MostTied(ties, tiesMax);
    }

    private static List<EntityTie> MostTied(IEnumerable<KeyValuePair<EntityRef, EntityTally.Tie>> ties, int tiesMax) =>
        [.. ties.GroupBy(pair => pair.Key.Type).OrderBy(kind => kind.Key).SelectMany(kind => kind
            .OrderByDescending(pair => pair.Value.Count).ThenBy(pair => pair.Key.Id, StringComparer.Ordinal).Take(tiesMax))
            .Select(pair => new EntityTie(pair.Key, pair.Value.Count,
                DateTimeOffset.FromUnixTimeMilliseconds(pair.Value.LastMs)))];

    private static List<KnownEntity> PeersOf(SqliteConnection connection, KnownEntity known)
    {
        if (known.Organization.Length == 0)
            return [];
        using var command = connection.Statement(
            null,
            $"SELECT {KnownColumns} FROM entity WHERE type = $type AND organization = $organization AND role = $role AND id <> $id ORDER BY count DESC, id LIMIT $max",
            ("$type", (int)known.Entity.Type), ("$organization", known.Organization), ("$role", known.Role), ("$id", known.Entity.Id),
            ("$max", PeersMax));
        return command.Rows(row => KnownOf(row, 0));
    }

    private static KnownEntity KnownOf(SqliteDataReader row, int from) => new(
        new EntityRef((EntityType)row.GetInt32(from), row.GetString(from + 1)), row.GetString(from + 2), row.GetString(from + 3),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(from + 4)),
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(from + 5)),
        row.GetInt64(from + 6));

    private static void Store(SqliteTransaction transaction, EntityTally tally)
    {
        var numbers = new Dictionary<EntityRef, long>();
        foreach (var (entity, seen) in tally.Entities)
        {
            using var meet = transaction.Connection!.Statement(
                transaction, ArchiveSchema.MeetEntity, ("$type", (int)entity.Type), ("$id", entity.Id), ("$role", seen.Role),
                ("$organization", seen.Organization), ("$first", seen.FirstMs), ("$last", seen.LastMs), ("$count", seen.Count));
            numbers[entity] = (long)meet.ExecuteScalar()!;
        }
        foreach (var ((entity, hour), count) in tally.Hours)
            transaction.Execute(ArchiveSchema.CountHour, ("$entity", numbers[entity]), ("$hour", hour), ("$count", count));
        foreach (var ((entity, other), tie) in tally.Ties)
            transaction.Execute(
                ArchiveSchema.CountTie, ("$entity", numbers[entity]), ("$other", numbers[other]), ("$count", tie.Count), ("$last", tie.LastMs));
    }
}

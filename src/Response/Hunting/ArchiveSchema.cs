namespace SentinelHealth.Response.Hunting;

/// <summary>The statements of the event archive.</summary>
internal static class ArchiveSchema
{
    public const int Version = 1;

    public const string Create = """
        CREATE TABLE IF NOT EXISTS position (partition INTEGER PRIMARY KEY, offset INTEGER NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS tail (number INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS block (
            number INTEGER PRIMARY KEY AUTOINCREMENT, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL, count INTEGER NOT NULL,
            body_bytes INTEGER NOT NULL, filter BLOB NOT NULL, body BLOB NOT NULL) STRICT;
        CREATE INDEX IF NOT EXISTS block_by_time ON block (to_ms);
        CREATE TABLE IF NOT EXISTS entity (
            number INTEGER PRIMARY KEY AUTOINCREMENT, type INTEGER NOT NULL, id TEXT NOT NULL, role TEXT NOT NULL,
            organization TEXT NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, count INTEGER NOT NULL,
            UNIQUE (type, id)) STRICT;
        CREATE INDEX IF NOT EXISTS entity_by_peers ON entity (type, organization, role, count);
        CREATE TABLE IF NOT EXISTS entity_hour (
            entity INTEGER NOT NULL, hour INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (entity, hour)) STRICT,
                WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS entity_tie (
            entity INTEGER NOT NULL, other INTEGER NOT NULL, count INTEGER NOT NULL, last_ms INTEGER NOT NULL,
            PRIMARY KEY (entity, other)) STRICT, WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS saved_hunt (
            name TEXT PRIMARY KEY, query TEXT NOT NULL, by TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS feed (
            one INTEGER PRIMARY KEY CHECK (one = 1), sent_to INTEGER NOT NULL, refused INTEGER NOT NULL,
            forgotten INTEGER NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS feed_due (block INTEGER PRIMARY KEY, up_to INTEGER NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS feed_erasure (subject TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS feed_refused (
            number INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL, at_ms INTEGER NOT NULL, reason TEXT NOT NULL) STRICT;
        """;

    public const string MeetEntity = """
        INSERT INTO entity (type, id, role, organization, first_ms, last_ms, count)
        VALUES ($type, $id, $role, $organization, $first, $last, $count)
        ON CONFLICT (type, id) DO UPDATE SET
            role = CASE WHEN $role = '' OR $last < last_ms THEN role ELSE $role END,
            organization = CASE WHEN $organization = '' OR $last < last_ms THEN organization ELSE $organization END,
            first_ms = min(first_ms, $first), last_ms = max(last_ms, $last), count = count + $count
        RETURNING number
        """;

    public const string CountHour = """
        INSERT INTO entity_hour VALUES ($entity, $hour, $count) ON CONFLICT DO UPDATE SET count = count + $count
        """;

    public const string CountTie = """
        INSERT INTO entity_tie VALUES ($entity, $other, $count, $last)
        ON CONFLICT DO UPDATE SET count = count + $count, last_ms = max(last_ms, $last)
        """;
}

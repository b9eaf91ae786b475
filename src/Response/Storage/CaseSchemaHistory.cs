using System.Security.Cryptography;
using System.Text.Json;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Response.Storage;

/// <summary>How the case store of earlier versions is taken further. Only SQLite files were written before version 2; later steps run on both engines.</summary>
internal static class CaseSchemaHistory
{
    /// <summary>Tables that came while the version was 1: a file may have any of them, and what an older table held moves over.</summary>
    private const string Additions = """
        CREATE TABLE IF NOT EXISTS task (
            id TEXT PRIMARY KEY, incident_id TEXT NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL, requested_by TEXT NOT NULL,
            requested_at INTEGER NOT NULL, due_at INTEGER NOT NULL, outcome TEXT, concluded_by TEXT NOT NULL,
            concluded_at INTEGER, note TEXT NOT NULL) STRICT;
        CREATE INDEX IF NOT EXISTS task_open ON task (due_at) WHERE outcome IS NULL;
        CREATE INDEX IF NOT EXISTS task_by_incident ON task (incident_id);
        CREATE TABLE IF NOT EXISTS notice (
            id TEXT PRIMARY KEY, state TEXT NOT NULL, due_at INTEGER, attempts INTEGER NOT NULL, created_at INTEGER NOT NULL,
            detail TEXT NOT NULL, body TEXT NOT NULL) STRICT;
        CREATE INDEX IF NOT EXISTS notice_due ON notice (due_at) WHERE state = 'Waiting';
        CREATE TABLE IF NOT EXISTS step_up (actor TEXT PRIMARY KEY, until INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS mode_change (number INTEGER PRIMARY KEY, name TEXT NOT NULL, body TEXT NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS review (incident_id TEXT PRIMARY KEY, due_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
        INSERT OR IGNORE INTO task
            SELECT 'review:' || incident_id, incident_id, 'Review', json_extract(body, '$.reason'), 'policy', due_at, due_at,
                NULL, '', NULL, '' FROM review;
        DROP TABLE review;
        CREATE TABLE IF NOT EXISTS standing_change (
            number INTEGER PRIMARY KEY, alert_id TEXT NOT NULL, at INTEGER NOT NULL, by TEXT NOT NULL, before TEXT NOT NULL,
            after TEXT NOT NULL, note TEXT NOT NULL, disposition INTEGER) STRICT;
        CREATE INDEX IF NOT EXISTS standing_change_by_alert ON standing_change (alert_id, number);
        CREATE INDEX IF NOT EXISTS standing_change_deciding ON standing_change (number) WHERE disposition IS NOT NULL;
        CREATE TABLE IF NOT EXISTS triage_job (
            id TEXT PRIMARY KEY, at INTEGER NOT NULL, state TEXT NOT NULL, body TEXT NOT NULL) STRICT;
        CREATE INDEX IF NOT EXISTS triage_job_by_time ON triage_job (at DESC, id DESC);
        CREATE TABLE IF NOT EXISTS triage_job_item (
            job_id TEXT NOT NULL, number INTEGER NOT NULL, alert_id TEXT NOT NULL, outcome TEXT, before TEXT, revision INTEGER,
            PRIMARY KEY (job_id, number)) STRICT, WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS suppression (
            id TEXT PRIMARY KEY, at INTEGER NOT NULL, expires_at INTEGER NOT NULL, ended_at INTEGER, hidden INTEGER NOT NULL,
            body TEXT NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS evidence_number (one INTEGER PRIMARY KEY CHECK (one = 1), next INTEGER NOT NULL) STRICT;
        INSERT INTO evidence_number VALUES (1, 0) ON CONFLICT DO NOTHING;
        CREATE TABLE IF NOT EXISTS evidence_waiting (
            number INTEGER PRIMARY KEY, at INTEGER NOT NULL, commitment BLOB NOT NULL, payload BLOB NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS evidence_place (
            number INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, incident TEXT NOT NULL) STRICT;
        CREATE INDEX IF NOT EXISTS evidence_by_incident ON evidence_place (incident, number) WHERE incident <> '';
        CREATE INDEX IF NOT EXISTS evidence_by_key ON evidence_place (kind, key, number);
        CREATE TABLE IF NOT EXISTS outgoing (
            number INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL) STRICT;
        """;

    /// <summary>Columns that came meanwhile, as they are added to a table that has rows.</summary>
    private static readonly (string Table, string Column, string Definition)[] AddedColumns =
    [
        ("alert", "status", "INTEGER NOT NULL DEFAULT 0"),
        ("alert", "assignee", "TEXT NOT NULL DEFAULT ''"),
        ("alert", "close_reason", "INTEGER"),
        ("alert", "suppression", "TEXT NOT NULL DEFAULT ''"),
        ("alert", "notes", "INTEGER NOT NULL DEFAULT 0"),
        ("alert", "revision", "INTEGER NOT NULL DEFAULT 0"),
        ("alert", "changed_by", "TEXT NOT NULL DEFAULT ''"),
        ("alert", "changed_at", "INTEGER"),
    ];

    private const string QueueIndex = """
        CREATE INDEX IF NOT EXISTS alert_queue ON alert (
            at DESC, id DESC, severity, status, kind, source, assignee, suppression, incident_id);
        DROP INDEX IF EXISTS alert_by_time;
        """;

    public static void ToVersion2(StoreSession session)
    {
        session.Execute(Additions);
        foreach (var (table, column, definition) in AddedColumns.Where(added => !Has(session, added.Table, added.Column)))
            session.Execute($"ALTER TABLE {table} ADD COLUMN {column} {definition}");
        session.Execute(QueueIndex);
    }

    /// <summary>What people do with incidents; until then every incident stood by itself.</summary>
    private const string Incidents = """
        ALTER TABLE alert ADD COLUMN case_id TEXT NOT NULL DEFAULT '';
        ALTER TABLE alert ADD COLUMN split_id TEXT NOT NULL DEFAULT '';
        UPDATE alert SET case_id = incident_id;
        DROP INDEX alert_queue;
        CREATE INDEX alert_queue ON alert (
            at DESC, id DESC, severity, status, kind, source, assignee, suppression, case_id) /*include (rowid)*/;
        CREATE INDEX alert_by_case ON alert (case_id, at DESC, id DESC);
        CREATE INDEX alert_split ON alert (split_id) WHERE split_id <> '';
        ALTER TABLE incident ADD COLUMN shown_at INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE incident ADD COLUMN shown_severity INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE incident ADD COLUMN shown_body TEXT;
        ALTER TABLE incident ADD COLUMN head_id TEXT NOT NULL DEFAULT '';
        ALTER TABLE incident ADD COLUMN merged_into TEXT NOT NULL DEFAULT '';
        ALTER TABLE incident ADD COLUMN split_from TEXT NOT NULL DEFAULT '';
        ALTER TABLE incident ADD COLUMN notes INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE incident ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE incident ADD COLUMN changed_by TEXT NOT NULL DEFAULT '';
        ALTER TABLE incident ADD COLUMN changed_at INTEGER;
        UPDATE incident SET shown_at = at, shown_severity = severity;
        DROP INDEX incident_by_time;
        CREATE INDEX incident_shown ON incident (shown_at DESC, id DESC) WHERE head_id = '';
        CREATE INDEX incident_merged ON incident (head_id) WHERE head_id <> '';
        CREATE INDEX incident_moved ON incident (id) WHERE revision > 0;
        CREATE TABLE incident_change (
            number INTEGER PRIMARY KEY, incident_id TEXT NOT NULL, at INTEGER NOT NULL, by TEXT NOT NULL, act TEXT NOT NULL,
            other_id TEXT NOT NULL, said TEXT NOT NULL, alerts TEXT NOT NULL) STRICT;
        CREATE INDEX incident_change_by_incident ON incident_change (incident_id, number);
        CREATE TABLE queue_view (
            owner TEXT NOT NULL, name TEXT NOT NULL, address TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL,
            PRIMARY KEY (owner, name)) STRICT, WITHOUT ROWID;
        CREATE TABLE queue_default (person TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL) STRICT;
        """;

    private const string Shards = """
        DROP TABLE snapshot;
        CREATE TABLE snapshot (partition INTEGER PRIMARY KEY, "offset" INTEGER NOT NULL, state BLOB NOT NULL) STRICT;
        CREATE TABLE shard_report (partition INTEGER PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
        CREATE INDEX event_evidence_open ON event_evidence (event_id) WHERE substr(body, 1, 9) = 'unsealed:';
        """;

    public static void ToVersion3(StoreSession session) => StoreSchema.Run(session, Incidents);

    /// <summary>
    /// Until version 3 one snapshot was of all partitions of a process. One of a single partition moves over; another is dropped, and its
    /// detectors read the log again.
    /// </summary>
    public static void ToVersion4(StoreSession session)
    {
        var kept = new List<(int Partition, long Offset, byte[] State)>();
        using (var read = session.Statement("SELECT offsets, state FROM snapshot"))
        {
            foreach (var (offsets, state) in read.Rows(row => (row.GetString(0), row.GetFieldValue<byte[]>(1))))
            {
                if (JsonSerializer.Deserialize<Dictionary<int, long>>(offsets) is { Count: 1 } one)
                    kept.Add((one.Keys.Single(), one.Values.Single(), state));
            }
        }
        StoreSchema.Run(session, Shards);
        foreach (var (partition, offset, state) in kept)
            session.Execute("INSERT INTO snapshot VALUES (@partition, @offset, @state)",
                ("@partition", partition), ("@offset", offset), ("@state", state));
    }

    /// <summary>The evidence log as processes share it; until then it was files of one data folder.</summary>
    private const string Kept = """
        CREATE TABLE evidence_kept (number INTEGER PRIMARY KEY, leaf BLOB NOT NULL, payload BLOB NOT NULL) STRICT;
        CREATE TABLE evidence_head (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
        CREATE TABLE evidence_anchor (size INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
        CREATE TABLE evidence_key (number INTEGER PRIMARY KEY, id TEXT NOT NULL, body TEXT NOT NULL) STRICT;
        """;

    /// <summary>What is in the log stays: its head is the only thing about it that changes.</summary>
    public static IReadOnlyList<StoreGuard> KeptGuards { get; } =
    [
        new("evidence_kept", "An entry of the evidence log is never changed.", "An entry of the evidence log is never removed."),
        new("evidence_anchor", "An anchor is never changed.", "An anchor is never removed."),
        new("evidence_key", "A key of the evidence log is never changed.", "A key of the evidence log is never removed."),
    ];

    public static void ToVersion5(StoreSession session)
    {
        StoreSchema.Run(session, Kept);
        StoreSchema.Guard(session, KeptGuards);
    }

    private const string Parts = """
        CREATE TABLE snapshot_part (
            partition INTEGER NOT NULL, generation INTEGER NOT NULL, part INTEGER NOT NULL, digest BLOB NOT NULL,
            body BLOB NOT NULL, PRIMARY KEY (partition, generation, part)) STRICT;
        CREATE TABLE heeded (partition INTEGER PRIMARY KEY, number INTEGER NOT NULL) STRICT;
        """;

    private const string Headers = """
        DROP TABLE snapshot;
        CREATE TABLE snapshot (
            partition INTEGER PRIMARY KEY, "offset" INTEGER NOT NULL, generation INTEGER NOT NULL, parts INTEGER NOT NULL,
            bytes INTEGER NOT NULL) STRICT;
        """;

    private const int PartBytes = 16 << 20;

    /// <summary>
    /// Until version 5 a snapshot was one row; its bytes become the parts of a first generation. Decisions of people count as heeded until
    /// here: every pump took them up at once.
    /// </summary>
    public static void ToVersion6(StoreSession session)
    {
        StoreSchema.Run(session, Parts);
        using var read = session.Statement("SELECT partition, \"offset\", length(state) FROM snapshot");
        var kept = read.Rows(row => (Partition: row.GetInt32(0), Offset: row.GetInt64(1), Bytes: row.GetInt64(2)));
        foreach (var (partition, _, bytes) in kept)
        {
            for (var part = 0; (long)part * PartBytes < bytes; part++)
                CopyPart(session, partition, part);
        }
        StoreSchema.Run(session, Headers);
        foreach (var (partition, offset, bytes) in kept)
            session.Execute(
                "INSERT INTO snapshot VALUES (@partition, @offset, 1, @parts, @bytes)", ("@partition", partition),
                ("@offset", offset), ("@parts", (bytes + PartBytes - 1) / PartBytes), ("@bytes", bytes));
        session.Execute(
            "INSERT INTO heeded SELECT partition, (SELECT coalesce(max(number), 0) FROM standing_change WHERE disposition IS NOT NULL) FROM scored");
    }

    private static void CopyPart(StoreSession session, int partition, int part)
    {
        using var read = session.Statement(
            "SELECT substr(state, @from, @count) FROM snapshot WHERE partition = @partition",
            ("@from", (part * PartBytes) + 1), ("@count", PartBytes), ("@partition", partition));
        var body = read.Rows(row => row.GetFieldValue<byte[]>(0))[0];
        session.Execute(
            "INSERT INTO snapshot_part VALUES (@partition, 1, @part, @digest, @body)", ("@partition", partition),
            ("@part", part + 1), ("@digest", SHA256.HashData(body)), ("@body", body));
    }

    /// <summary>Erasures in files of processes; until then one process with files was all there was.</summary>
    private const string FileErasures = """
        CREATE TABLE file_keeper (id TEXT PRIMARY KEY, name TEXT NOT NULL, seen_at INTEGER NOT NULL) STRICT;
        CREATE TABLE file_erasure (
            number INTEGER PRIMARY KEY AUTOINCREMENT, subject TEXT NOT NULL, at INTEGER NOT NULL, up_to TEXT NOT NULL,
            records INTEGER NOT NULL) STRICT;
        CREATE TABLE file_erasure_open (
            number INTEGER NOT NULL, keeper TEXT NOT NULL, PRIMARY KEY (number, keeper)) STRICT;
        CREATE TABLE file_erased_to (partition INTEGER PRIMARY KEY, "offset" INTEGER NOT NULL) STRICT;
        """;

    public static void ToVersion7(StoreSession session) => StoreSchema.Run(session, FileErasures);

    private static bool Has(StoreSession session, string table, string column)
    {
        using var command = session.Statement(
            "SELECT count(*) FROM pragma_table_info(@table) WHERE name = @column", ("@table", table), ("@column", column));
        return (long)command.ExecuteScalar()! > 0;
    }
}

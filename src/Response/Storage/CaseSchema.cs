using System.Globalization;
using Microsoft.Data.Sqlite;

namespace SentinelHealth.Response.Storage;

/// <summary>The tables of the case store. Instants are UTC ticks; bodies are the published JSON, columns only what queries need.</summary>
internal static class CaseSchema
{
    public const int Version = 1;

    private const string Tables = """
        CREATE TABLE version (version INTEGER NOT NULL) STRICT;
        CREATE TABLE scored (partition INTEGER PRIMARY KEY, offset INTEGER NOT NULL) STRICT;
        CREATE TABLE tally (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
        CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL, changed_by TEXT NOT NULL,
            changed_at INTEGER NOT NULL) STRICT;

        CREATE TABLE alert (
            id TEXT PRIMARY KEY, at INTEGER NOT NULL, severity INTEGER NOT NULL, kind INTEGER NOT NULL, source TEXT NOT NULL,
            incident_id TEXT NOT NULL, reason_folded TEXT NOT NULL, body TEXT NOT NULL) STRICT;
        CREATE INDEX alert_by_time ON alert (at DESC, id DESC);
        CREATE INDEX alert_by_incident ON alert (incident_id, at DESC, id DESC);
        CREATE TABLE alert_entity (entity_id TEXT NOT NULL, alert_id TEXT NOT NULL, PRIMARY KEY (entity_id, alert_id)) STRICT,
            WITHOUT ROWID;

        CREATE TABLE incident (
            id TEXT PRIMARY KEY, version INTEGER NOT NULL, at INTEGER NOT NULL, severity INTEGER NOT NULL,
            title_folded TEXT NOT NULL,
            is_break_glass INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
        CREATE INDEX incident_by_time ON incident (at DESC, id DESC);
        CREATE TABLE incident_entity (
            entity_id TEXT NOT NULL, incident_id TEXT NOT NULL, PRIMARY KEY (entity_id, incident_id)) STRICT, WITHOUT ROWID;

        CREATE TABLE event_evidence (event_id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE decision_evidence (hash TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT;

        CREATE TABLE action (
            key TEXT PRIMARY KEY, incident_id TEXT NOT NULL, target_id TEXT NOT NULL, state TEXT NOT NULL,
            is_open INTEGER NOT NULL,
            decided_at INTEGER NOT NULL, changed_at INTEGER NOT NULL, revision INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
        CREATE INDEX action_by_time ON action (decided_at DESC, key DESC);
        CREATE INDEX action_by_incident ON action (incident_id);
        CREATE INDEX action_by_change ON action (changed_at);
        CREATE INDEX action_open ON action (is_open) WHERE is_open = 1;
        CREATE TABLE action_step (
            number INTEGER PRIMARY KEY, key TEXT NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL, by TEXT NOT NULL,
            detail TEXT NOT NULL) STRICT;
        CREATE INDEX action_step_by_key ON action_step (key, number);
        CREATE TABLE outbox (key TEXT PRIMARY KEY REFERENCES action (key), due_at INTEGER NOT NULL) STRICT;
        CREATE INDEX outbox_by_due ON outbox (due_at);

        CREATE TABLE refusal (
            incident_id TEXT NOT NULL, kind TEXT NOT NULL, target_type TEXT NOT NULL, target_id TEXT NOT NULL,
            guardrail TEXT NOT NULL,
            at INTEGER NOT NULL, times INTEGER NOT NULL, body TEXT NOT NULL,
            PRIMARY KEY (incident_id, kind, target_type, target_id, guardrail)) STRICT;
        CREATE INDEX refusal_by_time ON refusal (at DESC);
        CREATE TABLE snapshot (one INTEGER PRIMARY KEY CHECK (one = 1), offsets TEXT NOT NULL, state BLOB NOT NULL) STRICT;
        """;

    /// <summary>Tables that came later; a store without them gets them, and what an older table held moves over.</summary>
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
        """;

    /// <summary>Creates the tables in an empty database; refuses one of another version rather than guess.</summary>
    public static void Prepare(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction();
        using var known = connection.Statement(transaction, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'version'");
        if ((long)known.ExecuteScalar()! == 0)
        {
            using var create = connection.Statement(transaction, Tables);
            create.ExecuteNonQuery();
            using var stamp = connection.Statement(transaction, "INSERT INTO version VALUES ($version)", ("$version", Version));
            stamp.ExecuteNonQuery();
        }
        using var read = connection.Statement(transaction, "SELECT version FROM version");
        var version = Convert.ToInt32(read.ExecuteScalar(), CultureInfo.InvariantCulture);
        if (version != Version)
            throw new InvalidDataException($"The case store has version {version}; this program reads version {Version}.");
        using var add = connection.Statement(transaction, Additions);
        add.ExecuteNonQuery();
        transaction.Commit();
    }
}

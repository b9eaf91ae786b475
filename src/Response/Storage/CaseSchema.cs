using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Response.Storage;

/// <summary>The tables of the case store. Instants are UTC ticks; bodies are the published JSON, columns only what queries need.</summary>
/// <remarks>
/// The queue of alerts is read, filtered and counted over the index <c>alert_queue</c> alone; the bodies, which are large, are read only
/// for the rows that are shown. <c>rowid</c> grows with each new alert, whatever the engine.
/// What people do with incidents is columns of its own: <c>case_id</c> is where an alert is shown, <c>split_id</c> what it was split off
/// into, <c>head_id</c> the incident another one is shown in, and <c>shown_</c> what an incident looks like with all that is shown in it.
/// </remarks>
internal static class CaseSchema
{
    /// <summary>The schema as this program writes it.</summary>
    public static StoreSchema Current { get; } = new("case store", 7, Tables, new Dictionary<int, Action<StoreSession>>
    {
        [2] = CaseSchemaHistory.ToVersion2,
        [3] = CaseSchemaHistory.ToVersion3,
        [4] = CaseSchemaHistory.ToVersion4,
        [5] = CaseSchemaHistory.ToVersion5,
        [6] = CaseSchemaHistory.ToVersion6,
        [7] = CaseSchemaHistory.ToVersion7,
    })
    {
        Guards = CaseSchemaHistory.KeptGuards,
    };

    private const string Tables = """
        CREATE TABLE version (version INTEGER NOT NULL) STRICT;
        CREATE TABLE scored (partition INTEGER PRIMARY KEY, "offset" INTEGER NOT NULL) STRICT;
        CREATE TABLE tally (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
        CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL, changed_by TEXT NOT NULL,
            changed_at INTEGER NOT NULL) STRICT;

        CREATE TABLE alert (
            id TEXT PRIMARY KEY, at INTEGER NOT NULL, severity INTEGER NOT NULL, kind INTEGER NOT NULL, source TEXT NOT NULL,
            incident_id TEXT NOT NULL, reason_folded TEXT NOT NULL, body TEXT NOT NULL, status INTEGER NOT NULL DEFAULT 0,
            assignee TEXT NOT NULL DEFAULT '', close_reason INTEGER, suppression TEXT NOT NULL DEFAULT '',
            notes INTEGER NOT NULL DEFAULT 0, revision INTEGER NOT NULL DEFAULT 0, changed_by TEXT NOT NULL DEFAULT '',
            changed_at INTEGER, case_id TEXT NOT NULL DEFAULT '', split_id TEXT NOT NULL DEFAULT ''/*, rowid*/) STRICT;
        CREATE INDEX alert_queue ON alert (
            at DESC, id DESC, severity, status, kind, source, assignee, suppression, case_id) /*include (rowid)*/;
        CREATE INDEX alert_by_incident ON alert (incident_id, at DESC, id DESC);
        CREATE INDEX alert_by_case ON alert (case_id, at DESC, id DESC);
        CREATE INDEX alert_split ON alert (split_id) WHERE split_id <> '';
        CREATE TABLE alert_entity (entity_id TEXT NOT NULL, alert_id TEXT NOT NULL, PRIMARY KEY (entity_id, alert_id)) STRICT,
            WITHOUT ROWID;

        CREATE TABLE incident (
            id TEXT PRIMARY KEY, version INTEGER NOT NULL, at INTEGER NOT NULL, severity INTEGER NOT NULL,
            title_folded TEXT NOT NULL,
            is_break_glass INTEGER NOT NULL, body TEXT NOT NULL, shown_at INTEGER NOT NULL DEFAULT 0,
            shown_severity INTEGER NOT NULL DEFAULT 0, shown_body TEXT, head_id TEXT NOT NULL DEFAULT '',
            merged_into TEXT NOT NULL DEFAULT '', split_from TEXT NOT NULL DEFAULT '', notes INTEGER NOT NULL DEFAULT 0,
            revision INTEGER NOT NULL DEFAULT 0, changed_by TEXT NOT NULL DEFAULT '', changed_at INTEGER) STRICT;
        CREATE INDEX incident_shown ON incident (shown_at DESC, id DESC) WHERE head_id = '';
        CREATE INDEX incident_merged ON incident (head_id) WHERE head_id <> '';
        CREATE INDEX incident_moved ON incident (id) WHERE revision > 0;
        CREATE TABLE incident_change (
            number INTEGER PRIMARY KEY, incident_id TEXT NOT NULL, at INTEGER NOT NULL, by TEXT NOT NULL, act TEXT NOT NULL,
            other_id TEXT NOT NULL, said TEXT NOT NULL, alerts TEXT NOT NULL) STRICT;
        CREATE INDEX incident_change_by_incident ON incident_change (incident_id, number);
        CREATE TABLE incident_entity (
            entity_id TEXT NOT NULL, incident_id TEXT NOT NULL, PRIMARY KEY (entity_id, incident_id)) STRICT, WITHOUT ROWID;

        CREATE TABLE event_evidence (event_id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX event_evidence_open ON event_evidence (event_id) WHERE substr(body, 1, 9) = 'unsealed:';
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
        CREATE TABLE snapshot (
            partition INTEGER PRIMARY KEY, "offset" INTEGER NOT NULL, generation INTEGER NOT NULL, parts INTEGER NOT NULL,
            bytes INTEGER NOT NULL) STRICT;
        CREATE TABLE snapshot_part (
            partition INTEGER NOT NULL, generation INTEGER NOT NULL, part INTEGER NOT NULL, digest BLOB NOT NULL,
            body BLOB NOT NULL, PRIMARY KEY (partition, generation, part)) STRICT;
        CREATE TABLE heeded (partition INTEGER PRIMARY KEY, number INTEGER NOT NULL) STRICT;
        CREATE TABLE file_keeper (id TEXT PRIMARY KEY, name TEXT NOT NULL, seen_at INTEGER NOT NULL) STRICT;
        CREATE TABLE file_erasure (
            number INTEGER PRIMARY KEY AUTOINCREMENT, subject TEXT NOT NULL, at INTEGER NOT NULL, up_to TEXT NOT NULL,
            records INTEGER NOT NULL) STRICT;
        CREATE TABLE file_erasure_open (
            number INTEGER NOT NULL, keeper TEXT NOT NULL, PRIMARY KEY (number, keeper)) STRICT;
        CREATE TABLE file_erased_to (partition INTEGER PRIMARY KEY, "offset" INTEGER NOT NULL) STRICT;
        CREATE TABLE shard_report (partition INTEGER PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
        CREATE TABLE task (
            id TEXT PRIMARY KEY, incident_id TEXT NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL, requested_by TEXT NOT NULL,
            requested_at INTEGER NOT NULL, due_at INTEGER NOT NULL, outcome TEXT, concluded_by TEXT NOT NULL,
            concluded_at INTEGER, note TEXT NOT NULL) STRICT;
        CREATE INDEX task_open ON task (due_at) WHERE outcome IS NULL;
        CREATE INDEX task_by_incident ON task (incident_id);
        CREATE TABLE notice (
            id TEXT PRIMARY KEY, state TEXT NOT NULL, due_at INTEGER, attempts INTEGER NOT NULL, created_at INTEGER NOT NULL,
            detail TEXT NOT NULL, body TEXT NOT NULL) STRICT;
        CREATE INDEX notice_due ON notice (due_at) WHERE state = 'Waiting';
        CREATE TABLE step_up (actor TEXT PRIMARY KEY, until INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
        CREATE TABLE mode_change (number INTEGER PRIMARY KEY, name TEXT NOT NULL, body TEXT NOT NULL) STRICT;
        CREATE TABLE standing_change (
            number INTEGER PRIMARY KEY, alert_id TEXT NOT NULL, at INTEGER NOT NULL, by TEXT NOT NULL, before TEXT NOT NULL,
            after TEXT NOT NULL, note TEXT NOT NULL, disposition INTEGER) STRICT;
        CREATE INDEX standing_change_by_alert ON standing_change (alert_id, number);
        CREATE INDEX standing_change_deciding ON standing_change (number) WHERE disposition IS NOT NULL;
        CREATE TABLE triage_job (
            id TEXT PRIMARY KEY, at INTEGER NOT NULL, state TEXT NOT NULL, body TEXT NOT NULL) STRICT;
        CREATE INDEX triage_job_by_time ON triage_job (at DESC, id DESC);
        CREATE TABLE triage_job_item (
            job_id TEXT NOT NULL, number INTEGER NOT NULL, alert_id TEXT NOT NULL, outcome TEXT, before TEXT, revision INTEGER,
            PRIMARY KEY (job_id, number)) STRICT, WITHOUT ROWID;
        CREATE TABLE suppression (
            id TEXT PRIMARY KEY, at INTEGER NOT NULL, expires_at INTEGER NOT NULL, ended_at INTEGER, hidden INTEGER NOT NULL,
            body TEXT NOT NULL) STRICT;
        CREATE TABLE queue_view (
            owner TEXT NOT NULL, name TEXT NOT NULL, address TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL,
            PRIMARY KEY (owner, name)) STRICT, WITHOUT ROWID;
        CREATE TABLE queue_default (person TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL) STRICT;
        CREATE TABLE evidence_number (one INTEGER PRIMARY KEY CHECK (one = 1), next INTEGER NOT NULL) STRICT;
        INSERT INTO evidence_number VALUES (1, 0) ON CONFLICT DO NOTHING;
        CREATE TABLE evidence_waiting (
            number INTEGER PRIMARY KEY, at INTEGER NOT NULL, commitment BLOB NOT NULL, payload BLOB NOT NULL) STRICT;
        CREATE TABLE evidence_place (
            number INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, incident TEXT NOT NULL) STRICT;
        CREATE INDEX evidence_by_incident ON evidence_place (incident, number) WHERE incident <> '';
        CREATE INDEX evidence_by_key ON evidence_place (kind, key, number);
        CREATE TABLE evidence_kept (number INTEGER PRIMARY KEY, leaf BLOB NOT NULL, payload BLOB NOT NULL) STRICT;
        CREATE TABLE evidence_head (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
        CREATE TABLE evidence_anchor (size INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
        CREATE TABLE evidence_key (number INTEGER PRIMARY KEY, id TEXT NOT NULL, body TEXT NOT NULL) STRICT;
        CREATE TABLE outgoing (
            number INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL) STRICT;
        """;
}

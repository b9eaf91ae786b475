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
    changed_at INTEGER/*, rowid*/) STRICT;
CREATE INDEX alert_queue ON alert (
    at DESC, id DESC, severity, status, kind, source, assignee, suppression, incident_id) /*include (rowid)*/;
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
CREATE TABLE evidence_number (one INTEGER PRIMARY KEY CHECK (one = 1), next INTEGER NOT NULL) STRICT;
INSERT INTO evidence_number VALUES (1, 0) ON CONFLICT DO NOTHING;
CREATE TABLE evidence_waiting (
    number INTEGER PRIMARY KEY, at INTEGER NOT NULL, commitment BLOB NOT NULL, payload BLOB NOT NULL) STRICT;
CREATE TABLE evidence_place (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, incident TEXT NOT NULL) STRICT;
CREATE INDEX evidence_by_incident ON evidence_place (incident, number) WHERE incident <> '';
CREATE INDEX evidence_by_key ON evidence_place (kind, key, number);
CREATE TABLE outgoing (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL) STRICT;
INSERT INTO version VALUES (2);
INSERT INTO scored VALUES (0, 41);
INSERT INTO tally VALUES ('scored', 40);
INSERT INTO alert (id, at, severity, kind, source, incident_id, reason_folded, body, status, assignee, revision, changed_by, changed_at) VALUES ('alert-1', 639292032000000000, 3, 0, 'node.unregistered', 'inc-1', 'a node that is not registered asked for templates.', '{"id": "alert-1", "at": "2026-11-02T08:00:00+00:00", "kind": "rule", "source": "node.unregistered", "severity": "high", "score": 0.95, "entity": {"type": "node", "id": "node:clinic-9"}, "relatedEntities": [], "eventIds": ["0x5f1c:3"], "eventCount": 1, "reason": "A node that is not registered asked for templates.", "contributions": [], "notUnusual": [], "wouldBeNormalIf": "", "tags": [], "isBreakGlass": false, "incidentId": "inc-1"}', 1, 'ana', 1, 'ana', 639292032000000000);
INSERT INTO alert_entity VALUES ('node:clinic-9', 'alert-1');
INSERT INTO alert (id, at, severity, kind, source, incident_id, reason_folded, body, status, assignee, revision, changed_by, changed_at) VALUES ('alert-2', 639292032000000000, 3, 0, 'node.unregistered', 'inc-2', 'a node that is not registered asked for templates.', '{"id": "alert-2", "at": "2026-11-02T08:00:00+00:00", "kind": "rule", "source": "node.unregistered", "severity": "high", "score": 0.95, "entity": {"type": "node", "id": "node:clinic-9"}, "relatedEntities": [], "eventIds": ["0x5f1c:3"], "eventCount": 1, "reason": "A node that is not registered asked for templates.", "contributions": [], "notUnusual": [], "wouldBeNormalIf": "", "tags": [], "isBreakGlass": false, "incidentId": "inc-2"}', 0, '', 0, '', NULL);
INSERT INTO alert_entity VALUES ('node:clinic-9', 'alert-2');
INSERT INTO incident VALUES ('inc-1', 1, 639292032000000000, 3, 'unregistered node', 0, '{"id": "inc-1", "version": 1, "openedAt": "2026-11-02T08:00:00+00:00", "lastAlertAt": "2026-11-02T08:00:00+00:00", "severity": "high", "score": 0.95, "sourceCount": 1, "principal": {"type": "node", "id": "node:clinic-9"}, "entities": [{"type": "node", "id": "node:clinic-9"}], "alertIds": [], "alertCount": 1, "title": "Unregistered node", "sources": ["node.unregistered"], "tags": [], "stage": "unknown", "mergedInto": "", "splitFrom": "", "isBreakGlass": false}');
INSERT INTO incident_entity VALUES ('node:clinic-9', 'inc-1');
INSERT INTO incident VALUES ('inc-2', 1, 639292032000000000, 3, 'unregistered node', 0, '{"id": "inc-2", "version": 1, "openedAt": "2026-11-02T08:00:00+00:00", "lastAlertAt": "2026-11-02T08:00:00+00:00", "severity": "high", "score": 0.95, "sourceCount": 1, "principal": {"type": "node", "id": "node:clinic-9"}, "entities": [{"type": "node", "id": "node:clinic-9"}], "alertIds": [], "alertCount": 1, "title": "Unregistered node", "sources": ["node.unregistered"], "tags": [], "stage": "unknown", "mergedInto": "", "splitFrom": "", "isBreakGlass": false}');
INSERT INTO incident_entity VALUES ('node:clinic-9', 'inc-2');

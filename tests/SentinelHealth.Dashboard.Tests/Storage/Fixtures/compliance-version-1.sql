CREATE TABLE case_version (incident_id TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (incident_id, version)) STRICT;
INSERT INTO "case_version" VALUES('inc-1',1,'{"incidentId":"inc-1","version":1}');
INSERT INTO "case_version" VALUES('inc-2',1,'{"incidentId":"inc-2","version":1}');
INSERT INTO "case_version" VALUES('inc-1',2,'{"incidentId":"inc-1","version":2}');
CREATE TABLE erasure_order (digest TEXT PRIMARY KEY, asked_by TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;
INSERT INTO "erasure_order" VALUES('d-1','ann',1790000000000);
CREATE TABLE job_run (name TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) STRICT;
INSERT INTO "job_run" VALUES('retention',1795361682025);
INSERT INTO "job_run" VALUES('clock',1790000000000);
CREATE TABLE notice (incident_id TEXT NOT NULL, clock TEXT NOT NULL, warning TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    body TEXT NOT NULL, PRIMARY KEY (incident_id, clock, warning)) STRICT;
INSERT INTO "notice" VALUES('inc-1','gdpr','HalfLeft',1790000000000,'{"incidentId":"inc-1","clock":"gdpr","warning":"half-left","at":"2026-09-21T14:13:20+00:00","text":"Half"}');
CREATE TABLE report (id TEXT NOT NULL, version INTEGER NOT NULL, sha256 TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    issued_by TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (id, version)) STRICT;
CREATE TABLE sign_off (id TEXT NOT NULL, version INTEGER NOT NULL, signer TEXT NOT NULL, body TEXT NOT NULL,
    number INTEGER NOT NULL, PRIMARY KEY (id, version, signer)) STRICT;
CREATE TRIGGER case_stays BEFORE UPDATE ON case_version BEGIN SELECT RAISE(ABORT,
    'Records are not changed.'); END;
CREATE TRIGGER case_is_kept BEFORE DELETE ON case_version BEGIN SELECT RAISE(ABORT,
    'Records are kept.'); END;
CREATE TRIGGER report_stays BEFORE UPDATE ON report BEGIN SELECT RAISE(ABORT,
    'Reports are not changed.'); END;
CREATE TRIGGER report_is_kept BEFORE DELETE ON report BEGIN SELECT RAISE(ABORT, 'Reports are kept.'); END;
CREATE TRIGGER sign_stays BEFORE UPDATE ON sign_off BEGIN SELECT RAISE(ABORT,
    'Signatures are not changed.'); END;
CREATE TRIGGER sign_is_kept BEFORE DELETE ON sign_off BEGIN SELECT RAISE(ABORT,
    'Signatures are kept.'); END;
PRAGMA user_version = 0;

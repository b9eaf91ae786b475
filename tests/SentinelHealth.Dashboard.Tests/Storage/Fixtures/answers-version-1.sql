CREATE TABLE answer (
                caller TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, at_ms INTEGER NOT NULL,
                status INTEGER, content_type TEXT, body BLOB, PRIMARY KEY (caller, key)) STRICT;
INSERT INTO "answer" VALUES('ann','k-1','f-1',1790000000000,200,'application/json',X'010203');
INSERT INTO "answer" VALUES('ann','k-2','f-2',1790000000001,NULL,NULL,NULL);
CREATE INDEX answer_at ON answer (at_ms);
PRAGMA user_version = 0;

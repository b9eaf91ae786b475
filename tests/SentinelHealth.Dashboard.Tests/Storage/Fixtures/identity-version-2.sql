CREATE TABLE account (
    name TEXT PRIMARY KEY, password_hash TEXT NOT NULL, role TEXT NOT NULL, stamp TEXT NOT NULL,
    failures INTEGER NOT NULL, locked_until_ms INTEGER, created_at_ms INTEGER NOT NULL, organizations TEXT NOT NULL DEFAULT '[]', is_disabled INTEGER NOT NULL DEFAULT 0, totp TEXT NOT NULL DEFAULT '', totp_step INTEGER NOT NULL DEFAULT 0, issuer TEXT NOT NULL DEFAULT '', subject TEXT NOT NULL DEFAULT '', signed_in_at_ms INTEGER, version INTEGER NOT NULL DEFAULT 1) STRICT;
INSERT INTO "account" VALUES('ann','hash-of-ann','administrator','stamp-1',3,NULL,1780000000000,'[]',0,'c2VjcmV0',58700000,'','',NULL,1);
INSERT INTO "account" VALUES('bo','','viewer','stamp-2',0,1790000900000,1780000000001,'["hospital-a"]',0,'',0,'https://idp.example','s-17',NULL,1);
CREATE TABLE act (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, done_by TEXT NOT NULL, what TEXT NOT NULL, about TEXT NOT NULL,
    detail TEXT NOT NULL) STRICT;
INSERT INTO "act" VALUES(1,1795361680884,'command line','made the token','gateway (63c704a62a38bfc7)','analyst');
INSERT INTO "act" VALUES(2,1790000000001,'ann','invited','somebody','analyst');
CREATE TABLE invitation (
    hash TEXT PRIMARY KEY, role TEXT NOT NULL, organizations TEXT NOT NULL, made_by TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL) STRICT;
INSERT INTO "invitation" VALUES('h-inv','analyst','["hospital-b"]','ann',1790000000000);
CREATE TABLE recovery (
    account TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE, hash TEXT NOT NULL, PRIMARY KEY (account, hash)) STRICT;
INSERT INTO "recovery" VALUES('ann','r-1');
INSERT INTO "recovery" VALUES('ann','r-2');
CREATE TABLE session (
    id TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE, created_at_ms INTEGER NOT NULL,
    seen_at_ms INTEGER NOT NULL, address TEXT NOT NULL, agent TEXT NOT NULL) STRICT;
INSERT INTO "session" VALUES('s-1','ann',1790000000000,1790000000500,'10.1.2.3','Firefox');
INSERT INTO "session" VALUES('s-2','ann',1790000000001,1790000000500,'10.1.2.4','Chromium');
CREATE TABLE setup (
    id INTEGER PRIMARY KEY CHECK (id = 1), hash TEXT NOT NULL, expires_at_ms INTEGER NOT NULL) STRICT;
INSERT INTO "setup" VALUES(1,'h-setup',1790000000000);
CREATE TABLE token (
    hash TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, created_at_ms INTEGER NOT NULL, scopes TEXT NOT NULL DEFAULT '[]', organizations TEXT NOT NULL DEFAULT '[]', expires_at_ms INTEGER, created_by TEXT NOT NULL DEFAULT '', used_at_ms INTEGER) STRICT;
INSERT INTO "token" VALUES('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','gateway','analyst',1795361680862,'[]','[]',NULL,'command line',NULL);
CREATE UNIQUE INDEX account_subject ON account (issuer, subject) WHERE issuer <> '';
CREATE INDEX session_account ON session (account);
CREATE TRIGGER act_stays BEFORE UPDATE ON act BEGIN SELECT RAISE(ABORT, 'What was done is not changed.'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('act',2);
PRAGMA user_version = 2;

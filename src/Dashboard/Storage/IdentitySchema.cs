using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>The tables of accounts. Instants are milliseconds since 1970.</summary>
internal static class IdentitySchema
{
    private const string Tables = """
        CREATE TABLE version (version INTEGER NOT NULL) STRICT;
        CREATE TABLE account (
            name TEXT PRIMARY KEY, password_hash TEXT NOT NULL, role TEXT NOT NULL, stamp TEXT NOT NULL,
            failures INTEGER NOT NULL, locked_until_ms INTEGER, created_at_ms INTEGER NOT NULL,
            organizations TEXT NOT NULL DEFAULT '[]', is_disabled INTEGER NOT NULL DEFAULT 0, totp TEXT NOT NULL DEFAULT '',
            totp_step INTEGER NOT NULL DEFAULT 0, issuer TEXT NOT NULL DEFAULT '', subject TEXT NOT NULL DEFAULT '',
            signed_in_at_ms INTEGER, version INTEGER NOT NULL DEFAULT 1) STRICT;
        CREATE UNIQUE INDEX account_subject ON account (issuer, subject) WHERE issuer <> '';
        CREATE TABLE token (
            hash TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, created_at_ms INTEGER NOT NULL,
            scopes TEXT NOT NULL DEFAULT '[]', organizations TEXT NOT NULL DEFAULT '[]', expires_at_ms INTEGER,
            created_by TEXT NOT NULL DEFAULT '', used_at_ms INTEGER) STRICT;
        CREATE TABLE setup (id INTEGER PRIMARY KEY CHECK (id = 1), hash TEXT NOT NULL, expires_at_ms INTEGER NOT NULL) STRICT;
        CREATE TABLE session (
            id TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE, created_at_ms INTEGER NOT NULL,
            seen_at_ms INTEGER NOT NULL, address TEXT NOT NULL, agent TEXT NOT NULL/*, rowid*/) STRICT;
        CREATE INDEX session_account ON session (account);
        CREATE TABLE recovery (
            account TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE, hash TEXT NOT NULL, PRIMARY KEY (account, hash)) STRICT;
        CREATE TABLE invitation (
            hash TEXT PRIMARY KEY, role TEXT NOT NULL, organizations TEXT NOT NULL, made_by TEXT NOT NULL,
            expires_at_ms INTEGER NOT NULL) STRICT;
        CREATE TABLE act (
            number INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, done_by TEXT NOT NULL, what TEXT NOT NULL, about TEXT NOT NULL,
            detail TEXT NOT NULL) STRICT;
        """;

    /// <summary>Version 1 as every file had it, whichever of its tables was there.</summary>
    private const string People = """
        ALTER TABLE account ADD COLUMN organizations TEXT NOT NULL DEFAULT '[]';
        ALTER TABLE account ADD COLUMN is_disabled INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE account ADD COLUMN totp TEXT NOT NULL DEFAULT '';
        ALTER TABLE account ADD COLUMN totp_step INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE account ADD COLUMN issuer TEXT NOT NULL DEFAULT '';
        ALTER TABLE account ADD COLUMN subject TEXT NOT NULL DEFAULT '';
        ALTER TABLE account ADD COLUMN signed_in_at_ms INTEGER;
        ALTER TABLE account ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
        CREATE UNIQUE INDEX account_subject ON account (issuer, subject) WHERE issuer <> '';
        ALTER TABLE token ADD COLUMN scopes TEXT NOT NULL DEFAULT '[]';
        ALTER TABLE token ADD COLUMN organizations TEXT NOT NULL DEFAULT '[]';
        ALTER TABLE token ADD COLUMN expires_at_ms INTEGER;
        ALTER TABLE token ADD COLUMN created_by TEXT NOT NULL DEFAULT '';
        ALTER TABLE token ADD COLUMN used_at_ms INTEGER;
        CREATE TABLE session (
            id TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE, created_at_ms INTEGER NOT NULL,
            seen_at_ms INTEGER NOT NULL, address TEXT NOT NULL, agent TEXT NOT NULL) STRICT;
        CREATE INDEX session_account ON session (account);
        CREATE TABLE recovery (
            account TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE, hash TEXT NOT NULL, PRIMARY KEY (account, hash)) STRICT;
        CREATE TABLE invitation (
            hash TEXT PRIMARY KEY, role TEXT NOT NULL, organizations TEXT NOT NULL, made_by TEXT NOT NULL,
            expires_at_ms INTEGER NOT NULL) STRICT;
        CREATE TABLE act (
            number INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, done_by TEXT NOT NULL, what TEXT NOT NULL, about TEXT NOT NULL,
            detail TEXT NOT NULL) STRICT;
        CREATE TRIGGER act_stays BEFORE UPDATE ON act BEGIN SELECT RAISE(ABORT, 'What was done is not changed.'); END;
        """;

    /// <summary>Versions 1 and 2 were SQLite files alone, with their version in the file's own mark; from 3 on it is in a table.</summary>
    public static StoreSchema Current { get; } = new("store of accounts", 3, Tables, new Dictionary<int, Action<StoreSession>>
    {
        [2] = session => StoreSchema.Run(session, People),
        [3] = _ => { },
    })
    {
        Guards = [new StoreGuard("act", "What was done is not changed.")],
        Origin = new StoreOrigin("account"),
        Passing = ["setup"],
    };
}

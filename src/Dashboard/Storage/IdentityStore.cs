using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>Accounts, sessions, API tokens and one-time links, in a file of their own so that they outlive any change of the case store.</summary>
/// <remarks>One connection under a lock: these are a few reads a second. Another process (<c>token create</c>) may write at the same time.</remarks>
internal sealed partial class IdentityStore : IDisposable
{
    public const string FileName = "identity.db";

    /// <summary>Each takes the file one version further; the version is SQLite's own <c>user_version</c>.</summary>
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE IF NOT EXISTS account (
            name TEXT PRIMARY KEY, password_hash TEXT NOT NULL, role TEXT NOT NULL, stamp TEXT NOT NULL,
            failures INTEGER NOT NULL, locked_until_ms INTEGER, created_at_ms INTEGER NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS token (
            hash TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, created_at_ms INTEGER NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS setup (
            id INTEGER PRIMARY KEY CHECK (id = 1), hash TEXT NOT NULL, expires_at_ms INTEGER NOT NULL) STRICT;
        """,
        """
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
        """,
    ];

    private readonly SqliteConnection _connection;
    private readonly Lock _gate = new();

    public IdentityStore(string folder)
    {
        _connection = new SqliteFile(Path.Combine(folder, FileName)).OpenPrivate();
        Upgrade();
    }

    public void SetSetupSecret(string hash, DateTimeOffset expiresAt) =>
        Run("INSERT INTO setup VALUES (1, $a, $b) ON CONFLICT (id) DO UPDATE SET hash = $a, expires_at_ms = $b",
            hash, expiresAt.ToUnixTimeMilliseconds());

    public bool IsSetupSecret(string hash, DateTimeOffset now) =>
        Read("SELECT 1 FROM setup WHERE hash = $a AND expires_at_ms > $b", _ => true, hash, now.ToUnixTimeMilliseconds());

    public void ClearSetupSecret() => Run("DELETE FROM setup");

    public void Dispose()
    {
        lock (_gate)
            _connection.Dispose();
    }

    /// <summary>In one transaction that excludes another process doing the same.</summary>
    private void Upgrade()
    {
        Run("BEGIN IMMEDIATE");
        try
        {
            var version = Read("PRAGMA user_version", row => row.GetInt32(0));
            if (version > Steps.Length)
                throw new InvalidDataException($"{FileName} was written by a newer version of this program.");
            foreach (var step in Steps.Skip(version))
                Run(step);
            Run(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Steps.Length}"));
            Run("COMMIT");
        }
        catch
        {
            Run("ROLLBACK");
            _connection.Dispose();
            throw;
        }
    }

    private int Run(string statement, params object[] values)
    {
        lock (_gate)
        {
            using var command = Command(statement, values);
            return command.ExecuteNonQuery();
        }
    }

    private T? Read<T>(string query, Func<SqliteDataReader, T> map, params object[] values)
    {
        lock (_gate)
        {
            using var command = Command(query, values);
            using var rows = command.ExecuteReader();
            return rows.Read() ? map(rows) : default;
        }
    }

    private List<T> List<T>(string query, Func<SqliteDataReader, T> map, params object[] values)
    {
        lock (_gate)
        {
            using var command = Command(query, values);
            using var rows = command.ExecuteReader();
            var list = new List<T>();
            while (rows.Read())
                list.Add(map(rows));
            return list;
        }
    }

    /// <summary>Parameters are $a, $b, … in order.</summary>
    private SqliteCommand Command(string statement, object[] values)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Every statement is a constant of this class; values go in as parameters.
        command.CommandText = statement;
#pragma warning restore CA2100
        for (var i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue("$" + (char)('a' + i), values[i]);
        return command;
    }

    private static DateTimeOffset At(SqliteDataReader row, int column) =>
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    private static DateTimeOffset? AtOrNull(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : At(row, column);

    private static object OrNull(DateTimeOffset? at) => at?.ToUnixTimeMilliseconds() ?? (object)DBNull.Value;

    private static List<string> Names(SqliteDataReader row, int column) =>
        JsonSerializer.Deserialize<List<string>>(row.GetString(column)) ?? [];

    private static string Json(IReadOnlyList<string> names) => JsonSerializer.Serialize(names);
}

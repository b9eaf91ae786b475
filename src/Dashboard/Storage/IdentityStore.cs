using Microsoft.Data.Sqlite;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>Accounts, API tokens and the setup link, in a file of their own so that they outlive any change of the case store.</summary>
/// <remarks>One connection under a lock: these are a few reads a second. Another process (<c>token create</c>) may write at the same time.</remarks>
internal sealed class IdentityStore : IDisposable
{
    public const string FileName = "identity.db";

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS account (
            name TEXT PRIMARY KEY, password_hash TEXT NOT NULL, role TEXT NOT NULL, stamp TEXT NOT NULL,
            failures INTEGER NOT NULL, locked_until_ms INTEGER, created_at_ms INTEGER NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS token (
            hash TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, created_at_ms INTEGER NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS setup (
            id INTEGER PRIMARY KEY CHECK (id = 1), hash TEXT NOT NULL, expires_at_ms INTEGER NOT NULL) STRICT;
        """;

    private readonly SqliteConnection _connection;
    private readonly Lock _gate = new();

    public IdentityStore(string folder)
    {
        var path = Path.Combine(folder, FileName);
        _connection = new SqliteFile(path).Open();
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Run(Schema);
    }

    public bool HasAccounts() => Read("SELECT 1 FROM account LIMIT 1", _ => true);

    public Account? FindAccount(string name) => Read(
        "SELECT name, password_hash, role, stamp, failures, locked_until_ms FROM account WHERE name = $a",
        row => new Account(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt32(4),
            row.IsDBNull(5) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5))), name);

    public bool TryAddAccount(Account account, DateTimeOffset createdAt) => Run(
        "INSERT INTO account VALUES ($a, $b, $c, $d, 0, NULL, $e) ON CONFLICT DO NOTHING",
        account.Name, account.PasswordHash, account.Role, account.Stamp, createdAt.ToUnixTimeMilliseconds()) == 1;

    public void SetFailures(string name, int failures, DateTimeOffset? lockedUntil) =>
        Run("UPDATE account SET failures = $b, locked_until_ms = $c WHERE name = $a",
            name, failures, lockedUntil?.ToUnixTimeMilliseconds() ?? (object)DBNull.Value);

    /// <summary>Counts a wrong password; the one that reaches the limit locks the account and starts the count anew.</summary>
    public void CountFailure(string name, int failuresMax, DateTimeOffset lockedUntil) =>
        Run("""
            UPDATE account SET
                locked_until_ms = CASE WHEN failures + 1 >= $b THEN $c ELSE locked_until_ms END,
                failures = CASE WHEN failures + 1 >= $b THEN 0 ELSE failures + 1 END
            WHERE name = $a
            """, name, failuresMax, lockedUntil.ToUnixTimeMilliseconds());

    public void AddToken(ApiToken token) =>
        Run("INSERT INTO token VALUES ($a, $b, $c, $d)", token.Hash, token.Name, token.Role, token.CreatedAt.ToUnixTimeMilliseconds());

    public ApiToken? FindToken(string hash) => Read(
        "SELECT hash, name, role, created_at_ms FROM token WHERE hash = $a",
        row => new ApiToken(row.GetString(0), row.GetString(1), row.GetString(2),
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3))), hash);

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
}

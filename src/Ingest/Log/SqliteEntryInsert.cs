using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SentinelHealth.Ingest.Log;

/// <summary>The statement that stores an entry, bound straight to SQLite: the driver's parameters would cost more than the insert.</summary>
/// <remarks>Runs inside whatever transaction the connection is in. One thread at a time; no allocation.</remarks>
internal sealed class SqliteEntryInsert : IDisposable
{
    private const string Statement = "INSERT INTO entries(offset, source, received_at, payload) VALUES (?1, ?2, ?3, ?4)";

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public SqliteEntryInsert(SqliteConnection connection)
    {
        _database = connection.Handle ?? throw new InvalidOperationException("The connection is not open.");
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(_database, Statement, out _statement), _database);
    }

    /// <exception cref="SqliteException">The entry could not be stored; the transaction must be given up.</exception>
    public void Run(long offset, long source, long receivedAtMs, ReadOnlySpan<byte> payload)
    {
        Check(raw.sqlite3_bind_int64(_statement, 1, offset));
        Check(raw.sqlite3_bind_int64(_statement, 2, source));
        Check(raw.sqlite3_bind_int64(_statement, 3, receivedAtMs));
        Check(raw.sqlite3_bind_blob(_statement, 4, payload));
        var outcome = raw.sqlite3_step(_statement);
        // Says again what the step said; it also makes the statement ready for the next entry.
        raw.sqlite3_reset(_statement);
        if (outcome != raw.SQLITE_DONE)
            Check(outcome);
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int outcome) => SqliteException.ThrowExceptionForRC(outcome, _database);
}

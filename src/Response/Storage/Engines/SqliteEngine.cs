using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Response.Storage.Engines;

/// <summary>Stores in one SQLite file: a connection that writes and up to four that read.</summary>
public sealed class SqliteEngine : StoreEngine
{
    private const int ReadersMax = 4;

    private readonly SqliteFile _file;
    private readonly SqliteConnection _writer;
    private readonly ConcurrentBag<SqliteConnection> _readers = [];

    /// <summary>Opens or creates the file.</summary>
    /// <exception cref="SqliteException">The file cannot be opened or is not a database.</exception>
    public SqliteEngine(SqliteFile file) : this(file, (file ?? throw new ArgumentNullException(nameof(file))).Open())
    {
    }

    private SqliteEngine(SqliteFile file, SqliteConnection writer) : base(new SqliteDialect(), ReadersMax) =>
        (_file, _writer) = (file, writer);

    /// <summary>Opens or creates a file that its owner alone may read: what it holds names persons or secrets.</summary>
    /// <exception cref="SqliteException">The file cannot be opened or is not a database.</exception>
    /// <exception cref="UnauthorizedAccessException">The file belongs to somebody else.</exception>
    public static SqliteEngine OpenPrivate(SqliteFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new SqliteEngine(file, file.OpenPrivate());
    }

    private protected override T Transact<T>(Func<StoreSession, T> work, CancellationToken cancel)
    {
        // BEGIN IMMEDIATE: from here on nobody else writes, in this process or another.
        using var transaction = _writer.BeginTransaction();
        var result = work(new StoreSession(_writer, transaction, Dialect));
        transaction.Commit();
        return result;
    }

    private protected override T Look<T>(Func<StoreSession, T> work, CancellationToken cancel)
    {
        var connection = _readers.TryTake(out var free) ? free : _file.OpenReadOnly();
        try
        {
            return work(new StoreSession(connection, null, Dialect));
        }
        finally
        {
            _readers.Add(connection);
        }
    }

    private protected override T Erase<T>(string table, Func<StoreSession, T> delete, CancellationToken cancel)
    {
        var outside = new StoreSession(_writer, null, Dialect);
        using (var overwrite = outside.Statement("PRAGMA secure_delete=ON"))
            overwrite.ExecuteScalar();
        var result = Transact(delete, cancel);
        using var empty = outside.Statement("PRAGMA wal_checkpoint(TRUNCATE)");
        empty.ExecuteScalar();
        return result;
    }

    private protected override void Still(Func<Action> whileStill, Action<StoreSession> read)
    {
        using var reader = _file.OpenReadOnly();
        using var moment = reader.BeginTransaction(deferred: true);
        using (var hold = _writer.BeginTransaction())
        {
            var session = new StoreSession(reader, moment, Dialect);
            // A snapshot begins with the first reading.
            using (var begin = session.Statement("SELECT version FROM version"))
                begin.ExecuteScalar();
            var afterwards = whileStill();
            hold.Rollback();
            afterwards();
        }
        read(new StoreSession(reader, moment, Dialect));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool isDisposing)
    {
        _writer.Dispose();
        while (_readers.TryTake(out var reader))
            reader.Dispose();
        base.Dispose(isDisposing);
    }
}

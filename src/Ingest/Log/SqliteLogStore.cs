using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace SentinelHealth.Ingest.Log;

/// <summary>The writing connection of the event log and its statements. Owned by the writer; not thread-safe.</summary>
internal sealed class SqliteLogStore : IDisposable
{
    /// <summary>Version 1 had a row of its own for each key, which is a group of one: it is read as it is.</summary>
    private const int SchemaVersion = 2;

    private const int KeyBytes = 16;

    /// <summary>Pages of the write-ahead log after which it is moved into the database: 16 MB, so that few commits pay for it.</summary>
    private const string Checkpoint = "PRAGMA wal_autocheckpoint=4096";

    // Keys live in a table of their own, all of a commit in one row under its last offset: rebuilding the window then reads 16 bytes
    // a record instead of the records, and a record costs one insert.
    private const string Tables =
        """
        CREATE TABLE sources(number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE entries(
          offset INTEGER PRIMARY KEY, source INTEGER NOT NULL, received_at INTEGER NOT NULL, payload BLOB NOT NULL);
        CREATE TABLE keys(offset INTEGER PRIMARY KEY, key BLOB NOT NULL);
        """;

    private readonly SqliteConnection _connection;
    private readonly SqliteEntryInsert _insertEntry;
    private readonly SqliteCommand _insertKeys;
    private readonly SqliteCommand _trimKeys;
    private readonly SqliteCommand _oldest;
    private readonly SqliteCommand _trimEntries;
    private readonly Dictionary<string, long> _sources = new(StringComparer.Ordinal);

    public SqliteLogStore(SqliteFile file)
    {
        _connection = file.Open();
        SqliteSchema.Ensure(_connection, SchemaVersion, Tables);
        Execute(Checkpoint);
        Execute("PRAGMA user_version=" + SchemaVersion.ToString(CultureInfo.InvariantCulture));
        _insertEntry = new SqliteEntryInsert(_connection);
        _insertKeys = SqliteSchema.Prepare(
            _connection,
            "INSERT INTO keys(offset, key) VALUES ($offset, $keys)",
            ("$offset", SqliteType.Integer), ("$keys", SqliteType.Blob));
        _trimKeys = SqliteSchema.Prepare(_connection, "DELETE FROM keys WHERE offset <= $upTo", ("$upTo", SqliteType.Integer));
        _oldest = SqliteSchema.Run(_connection, "SELECT offset, received_at FROM entries ORDER BY offset LIMIT 1");
        _trimEntries = SqliteSchema.Prepare(
            _connection,
            """
            DELETE FROM entries WHERE (offset <= $surplus OR received_at < $oldest)
            AND offset IN (SELECT offset FROM entries WHERE offset <= $released ORDER BY offset LIMIT $entriesMax)
            """,
            ("$surplus", SqliteType.Integer), ("$oldest", SqliteType.Integer), ("$released", SqliteType.Integer),
            ("$entriesMax", SqliteType.Integer));
    }

    /// <summary>The last offset ever given out; -1 when none. Keys are never all trimmed, so it survives any retention.</summary>
    public long EndOffset()
    {
        using var command = SqliteSchema.Run(_connection, "SELECT coalesce(max(offset), -1) FROM keys");
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    public void LoadKeys(DedupeWindow window)
    {
        using var reader = SqliteSchema.Run(_connection, "SELECT key FROM keys ORDER BY offset").ExecuteReader();
        while (reader.Read())
        {
            var keys = reader.GetFieldValue<byte[]>(0).AsSpan();
            for (; keys.Length >= KeyBytes; keys = keys[KeyBytes..])
                window.TryAdd(BinaryPrimitives.ReadUInt128BigEndian(keys));
        }
    }

    public SqliteTransaction Begin() => _connection.BeginTransaction();

    public void Insert(SqliteTransaction transaction, long offset, long receivedAtMs, in EventEnvelope envelope) =>
        _insertEntry.Run(offset, SourceNumber(transaction, envelope.Source), receivedAtMs, envelope.Payload.Span);

    /// <summary>Keeps the keys of all entries of a commit, in their order.</summary>
    public void InsertKeys(SqliteTransaction transaction, long lastOffset, ReadOnlySpan<UInt128> keys)
    {
        var bytes = new byte[keys.Length * KeyBytes];
        for (var i = 0; i < keys.Length; i++)
            BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(i * KeyBytes), keys[i]);
        _insertKeys.Transaction = transaction;
        _insertKeys.Parameters[0].Value = lastOffset;
        _insertKeys.Parameters[1].Value = bytes;
        _insertKeys.ExecuteNonQuery();
    }

    public void TrimKeys(SqliteTransaction transaction, long upTo)
    {
        _trimKeys.Transaction = transaction;
        _trimKeys.Parameters[0].Value = upTo;
        _trimKeys.ExecuteNonQuery();
    }

    /// <summary>Removes released entries that are surplus or too old, the oldest first, at most so many.</summary>
    public void TrimEntries(SqliteTransaction transaction, long released, long surplusUpTo, long oldestMs, int entriesMax)
    {
        if (!IsOldestExpendable(transaction, surplusUpTo, oldestMs))
            return;
        _trimEntries.Transaction = transaction;
        _trimEntries.Parameters[0].Value = surplusUpTo;
        _trimEntries.Parameters[1].Value = oldestMs;
        _trimEntries.Parameters[2].Value = released;
        _trimEntries.Parameters[3].Value = entriesMax;
        _trimEntries.ExecuteNonQuery();
    }

    /// <summary>After a rollback a source's number may be gone again.</summary>
    public void ForgetSources() => _sources.Clear();

    public void Dispose()
    {
        _insertEntry.Dispose();
        _insertKeys.Dispose();
        _trimKeys.Dispose();
        _oldest.Dispose();
        _trimEntries.Dispose();
        _connection.Dispose();
    }

    /// <summary>Spares the common case, in which nothing has to go, a walk over thousands of rows.</summary>
    private bool IsOldestExpendable(SqliteTransaction transaction, long surplusUpTo, long oldestMs)
    {
        _oldest.Transaction = transaction;
        using var reader = _oldest.ExecuteReader();
        return reader.Read() && (reader.GetInt64(0) <= surplusUpTo || reader.GetInt64(1) < oldestMs);
    }

    private long SourceNumber(SqliteTransaction transaction, string name)
    {
        if (_sources.TryGetValue(name, out var known))
            return known;
        using var command = SqliteSchema.Run(
            _connection,
            """
            INSERT INTO sources(name) VALUES ($name) ON CONFLICT DO NOTHING;
            SELECT number FROM sources WHERE name = $name
            """);
        command.Transaction = transaction;
        command.Parameters.AddWithValue("$name", name);
        return _sources[name] = Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private void Execute(string statement)
    {
        using var command = SqliteSchema.Run(_connection, statement);
        command.ExecuteNonQuery();
    }
}

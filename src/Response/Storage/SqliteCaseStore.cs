using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Incidents;

namespace SentinelHealth.Response.Storage;

/// <summary>Cases, actions and the pump's position in one SQLite file.</summary>
/// <remarks>
/// Safe from many threads: one writer at a time, up to four readers beside it. Each write is one transaction, on the disk when
/// it returns (WAL, synchronous=FULL). Reads are O(log n + page); counts are exact and O(matches). Every method may throw
/// <see cref="SqliteException"/> when the file cannot be used; list methods throw <see cref="ArgumentException"/> for a foreign cursor.
/// </remarks>
public sealed partial class SqliteCaseStore : ICaseReader, IActionStore, IDisposable
{
    private const int ReadersMax = 4;
    private const int PageMax = 1_000;

    private readonly SqliteFile _file;
    private readonly SqliteConnection _writer;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly SemaphoreSlim _reading = new(ReadersMax, ReadersMax);
    private readonly ConcurrentBag<SqliteConnection> _readers = [];

    private SqliteCaseStore(SqliteFile file)
    {
        _file = file;
        _writer = file.Open();
    }

    /// <summary>Opens or creates the store.</summary>
    /// <param name="path">The database file.</param>
    /// <exception cref="InvalidDataException">The file was written by another version.</exception>
    public static SqliteCaseStore Open(string path)
    {
        var store = new SqliteCaseStore(new SqliteFile(path));
        try
        {
            CaseSchema.Prepare(store._writer);
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Writes everything one batch caused in one transaction.</summary>
    /// <exception cref="PositionMovedException">Another process has taken a partition of the batch further; nothing was written.</exception>
    public ValueTask CommitAsync(CaseCommit commit, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(commit);
        return EnteredAsync(WriteAsync(
            transaction =>
            {
                CaseWriter.Write(transaction, _evidence is { } intake ? Enter(transaction, intake, commit) : commit);
                return true;
            },
            cancel));
    }

    /// <summary>The last scored offset of a partition; -1 before the first.</summary>
    public ValueTask<long> ScoredOffsetAsync(int partition, CancellationToken cancel) => ReadAsync(
        connection =>
        {
            using var command = connection.Statement(null, "SELECT offset FROM scored WHERE partition = $partition", ("$partition", partition));
            return command.ExecuteScalar() is long offset ? offset : -1;
        },
        cancel);

    /// <summary>Offsets and totals, read together so that they agree.</summary>
    public ValueTask<PumpPosition> PositionAsync(CancellationToken cancel) => ReadAsync(
        connection =>
        {
            using var transaction = connection.BeginTransaction(deferred: true);
            using var scored = connection.Statement(transaction, "SELECT partition, offset FROM scored");
            using var tally = connection.Statement(transaction, "SELECT name, value FROM tally");
            var totals = tally.Rows(row => (Name: row.GetString(0), Value: row.GetInt64(1)))
                .ToDictionary(total => total.Name, total => total.Value);
            return new PumpPosition(
                scored.Rows(row => (row.GetInt32(0), row.GetInt64(1))).ToDictionary(),
                new PumpTally(totals.GetValueOrDefault("scored"), totals.GetValueOrDefault("dead-lettered"))
                {
                    Filtered = totals.GetValueOrDefault("filtered"),
                });
        },
        cancel);

    /// <summary>The latest snapshot of the detectors; null before the first.</summary>
    public ValueTask<EngineSnapshot?> SnapshotAsync(CancellationToken cancel) => ReadAsync(
        connection =>
        {
            using var command = connection.Statement(null, "SELECT offsets, state FROM snapshot");
            return command.Rows(row => new EngineSnapshot(From<Dictionary<int, long>>(row.GetString(0)),
                row.GetFieldValue<byte[]>(1))).FirstOrDefault();
        },
        cancel);

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer.Dispose();
        while (_readers.TryTake(out var reader))
            reader.Dispose();
        _writing.Dispose();
        _reading.Dispose();
    }

    private static T From<T>(string json) =>
        JsonSerializer.Deserialize<T>(json, AlertJson.Options) ?? throw new InvalidDataException("A stored body is null.");

    private async Task<T> WriteAsync<T>(Func<SqliteTransaction, T> write, CancellationToken cancel)
    {
        await _writing.WaitAsync(cancel);
        try
        {
            using var transaction = _writer.BeginTransaction();
            var result = write(transaction);
            transaction.Commit();
            return result;
        }
        finally
        {
            _writing.Release();
        }
    }

    private async ValueTask<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancel)
    {
        await _reading.WaitAsync(cancel);
        try
        {
            var connection = _readers.TryTake(out var free) ? free : _file.OpenReadOnly();
            try
            {
                return read(connection);
            }
            finally
            {
                _readers.Add(connection);
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    private static int Limit(int limit) => Math.Clamp(limit, 1, PageMax);
}

using Microsoft.Data.Sqlite;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Hunting;

/// <summary>How much the archive keeps.</summary>
public sealed record EventArchiveOptions
{
    /// <summary>Events kept; the oldest go first. Default 20,000,000, about 2 GB.</summary>
    public long EventsMax { get; init; } = 20_000_000;

    /// <summary>How long events are kept, by when they happened. Default 90 days.</summary>
    public TimeSpan AgeMax { get; init; } = TimeSpan.FromDays(90);
}

/// <summary>
/// Every event that was scored, to be searched by people: compressed in blocks of 2,048 with a filter of their texts, and counted by
/// entity, hour and pair. It is a copy: the log and the evidence are what counts.
/// </summary>
/// <remarks>
/// Safe from many threads; one process. Adding costs one row an event; blocks are made by <see cref="Seal"/>, which belongs on a thread
/// of its own. A crash of the process loses nothing; after a loss of power <see cref="CompleteAsync"/> reads the log again.
/// </remarks>
public sealed partial class EventArchive : IDisposable
{
    /// <summary>Name of the file in the data folder.</summary>
    public const string FileName = "archive.db";

    private const int BlockEvents = 2_048, EntriesPerRead = 1_000, ReadersMax = 4;

    private readonly SqliteFile _file;
    private readonly SqliteConnection _writer;
    private readonly EventArchiveOptions _options;
    private readonly NativeEventDecoder _decoder = new();
    private readonly Dictionary<int, long> _positions;
    private readonly Lock _writing = new();
    private readonly Lock _sealing = new();
    private readonly SemaphoreSlim _reading = new(ReadersMax, ReadersMax);

    private EventArchive(SqliteFile file, EventArchiveOptions options)
    {
        (_file, _options) = (file, options);
        _writer = file.OpenPrivate();
        using var create = _writer.Statement(null, ArchiveSchema.Create);
        create.ExecuteNonQuery();
        using var positions = _writer.Statement(null, "SELECT partition, offset FROM position");
        _positions = positions.Rows(row => (row.GetInt32(0), row.GetInt64(1))).ToDictionary();
    }

    /// <summary>Opens or creates an archive.</summary>
    /// <param name="path">The database file.</param>
    /// <param name="options">How much it keeps.</param>
    /// <exception cref="SqliteException">The file cannot be used.</exception>
    public static EventArchive Open(string path, EventArchiveOptions options) =>
        new(new SqliteFile(path) { Durability = SqliteDurability.AtCheckpoint }, options);

    /// <summary>Events kept.</summary>
    public long EventCount => Read(connection => Scalar(
        connection, "SELECT (SELECT coalesce(sum(count), 0) FROM block) + (SELECT count(*) FROM tail)"));

    /// <summary>The offset up to which a partition is archived; -1 before the first.</summary>
    public long PositionOf(int partition)
    {
        lock (_writing)
            return _positions.GetValueOrDefault(partition, -1);
    }

    /// <summary>Takes in entries of the log; those it has already are passed over.</summary>
    public void Add(IReadOnlyList<LogEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        lock (_writing)
        {
            using var transaction = _writer.BeginTransaction();
            using var insert = _writer.Statement(transaction, "INSERT INTO tail (body) VALUES ($body)");
            var body = insert.Parameters.Add("$body", SqliteType.Blob);
            var taken = new Dictionary<int, long>();
            foreach (var entry in entries)
            {
                if (entry.Offset <= taken.GetValueOrDefault(entry.Partition, _positions.GetValueOrDefault(entry.Partition, -1)))
                    continue;
                taken[entry.Partition] = entry.Offset;
                if (entry.IsDuplicate || entry.IsCopy)
                    continue;
                body.Value = entry.Payload.ToArray();
                insert.ExecuteNonQuery();
            }
            foreach (var (partition, offset) in taken)
                transaction.Execute(
                    "INSERT INTO position VALUES ($partition, $offset) ON CONFLICT DO UPDATE SET offset = $offset",
                    ("$partition", partition), ("$offset", offset));
            transaction.Commit();
            foreach (var (partition, offset) in taken)
                _positions[partition] = offset;
        }
    }

    /// <summary>Takes in what a log holds beyond what is archived, up to an offset: what was there before the archive, or lost with power.</summary>
    public async Task CompleteAsync(IEventLog log, int partition, long upTo, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(log);
        while (true)
        {
            long after;
            lock (_writing)
                after = _positions.GetValueOrDefault(partition, -1);
            if (after >= upTo)
                return;
            var entries = await log.ReadAsync(partition, after, EntriesPerRead, cancel);
            if (entries.Count == 0)
                return;
            Add([.. entries.TakeWhile(entry => entry.Offset <= upTo)]);
            while (Seal())
                cancel.ThrowIfCancellationRequested();
            if (entries[^1].Offset >= upTo)
                return;
        }
    }

    /// <summary>Makes one block of the oldest loose events. Returns false when there are too few.</summary>
    public bool Seal()
    {
        lock (_sealing)
        {
            var (upTo, records) = Read(Loose);
            if (records.Count < BlockEvents)
                return false;
            var tally = new EntityTally();
            var block = EventBlock.Pack(records, _decoder, tally);
            lock (_writing)
            {
                using var transaction = _writer.BeginTransaction();
                // An erasure meanwhile, by whatever process, must not come to nothing: then it is done over with what is left.
                if (transaction.Execute("DELETE FROM tail WHERE number <= $upTo", ("$upTo", upTo)) != records.Count)
                    return true;
                if (block.Count > 0)
                {
                    Store(transaction, block);
                    NoteUnsent(transaction, upTo);
                }
                Store(transaction, tally);
                transaction.Commit();
            }
            return true;
        }
    }

    /// <summary>Removes what is too old or too much. Returns how many events went.</summary>
    /// <param name="now">The time now.</param>
    public long Forget(DateTimeOffset now)
    {
        var oldest = (now - _options.AgeMax).ToUnixTimeMilliseconds();
        lock (_writing)
        {
            var before = Count();
            using var transaction = _writer.BeginTransaction();
            var unsent = UnsentInBlocks(transaction);
            transaction.Execute("DELETE FROM block WHERE to_ms < $oldest", ("$oldest", oldest));
            transaction.Execute(
                """
                DELETE FROM block WHERE number IN (SELECT number FROM (
                    SELECT number, sum(count) OVER (ORDER BY to_ms DESC, number DESC) AS newer FROM block) WHERE newer > $max)
                """,
                ("$max", _options.EventsMax));
            ForgetUnsent(transaction, unsent);
            transaction.Execute("DELETE FROM entity_hour WHERE hour < $hour", ("$hour", EntityTally.HourOf(oldest)));
            transaction.Execute("DELETE FROM entity_tie WHERE last_ms < $oldest", ("$oldest", oldest));
            transaction.Execute("DELETE FROM entity WHERE last_ms < $oldest", ("$oldest", oldest));
            transaction.Commit();
            return before - Count();
        }

        long Count() => Scalar(_writer, "SELECT coalesce(sum(count), 0) FROM block");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_writing)
            _writer.Dispose();
        _reading.Dispose();
    }

    private static (long UpTo, List<byte[]> Records) Loose(SqliteConnection connection)
    {
        using var command = connection.Statement(null, "SELECT number, body FROM tail ORDER BY number LIMIT $max", ("$max", BlockEvents));
        var rows = command.Rows(row => (Number: row.GetInt64(0), Body: row.GetFieldValue<byte[]>(1)));
        return (rows.Count > 0 ? rows[^1].Number : 0, [.. rows.Select(row => row.Body)]);
    }

    private static void Store(SqliteTransaction transaction, EventBlock block) => transaction.Execute(
        "INSERT INTO block (from_ms, to_ms, count, body_bytes, filter, body) VALUES ($from, $to, $count, $bytes, $filter, $body)",
        ("$from", block.FromMs), ("$to", block.ToMs), ("$count", block.Count), ("$bytes", block.BodyBytes),
        ("$filter", block.Filter), ("$body", block.Body));

    private T Read<T>(Func<SqliteConnection, T> read)
    {
        _reading.Wait();
        try
        {
            using var connection = _file.OpenReadOnly();
            // One view for all statements, so that an event that is sealed meanwhile is neither missed nor found twice.
            using var begin = connection.Statement(null, "BEGIN");
            begin.ExecuteNonQuery();
            return read(connection);
        }
        finally
        {
            _reading.Release();
        }
    }

    private static long Scalar(SqliteConnection connection, string sql,
        params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.Statement(null, sql, parameters);
        return command.ExecuteScalar() is long value ? value : 0;
    }
}

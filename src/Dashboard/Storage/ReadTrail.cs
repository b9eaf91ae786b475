using System.Text.Json;
using Microsoft.Data.Sqlite;
using SentinelHealth.Dashboard.Evidence;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Incidents;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>One reading of audit events.</summary>
/// <param name="Number">Its place in the trail.</param>
/// <param name="At">When.</param>
/// <param name="Reader">The account or token that asked.</param>
/// <param name="Query">What was asked, as sent.</param>
/// <param name="Found">Audit events given out.</param>
/// <param name="Patients">The patients they are about, the first of them.</param>
internal sealed record AuditRead(
    long Number, DateTimeOffset At, string Reader, string Query, int Found, IReadOnlyList<string> Patients);

/// <summary>
/// Who read which audit events: written before they are given out, never changed. The file itself refuses changes, and removals except
/// of the oldest beyond <see cref="ReadsMax"/> (I7).
/// </summary>
internal sealed class ReadTrail : IDisposable
{
    public const string FileName = "audit-reads.db";

    /// <summary>Readings kept.</summary>
    public const int ReadsMax = 5_000_000;

    /// <summary>Readings a dossier lists.</summary>
    public const int AboutMax = 1_000;

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS reads (
            number INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, reader TEXT NOT NULL, query TEXT NOT NULL,
            found INTEGER NOT NULL, patients TEXT NOT NULL) STRICT;
        CREATE TRIGGER IF NOT EXISTS reads_stay BEFORE UPDATE ON reads BEGIN
            SELECT RAISE(ABORT, 'The trail of readings is not changed.');
        END;
        CREATE TRIGGER IF NOT EXISTS reads_are_kept BEFORE DELETE ON reads
            WHEN old.number > (SELECT max(number) FROM reads) - 5000000 BEGIN
            SELECT RAISE(ABORT, 'The trail of readings is not shortened.');
        END;
        """;

    private readonly SqliteConnection _connection;
    private readonly Lock _gate = new();

    public ReadTrail(string path)
    {
        _connection = new SqliteFile(path).OpenPrivate();
        using var create = _connection.CreateCommand();
        create.CommandText = Schema;
        create.ExecuteNonQuery();
    }

    /// <summary>Where readings are entered as evidence.</summary>
    public ActTrail Acts { get; init; } = ActTrail.None;

    /// <summary>Writes a reading down, here and as evidence. Returns when both are durable.</summary>
    public async ValueTask AddAsync(AuditRead read, CancellationToken cancel)
    {
        Add(read);
        await Acts.ReadAsync(read, cancel);
    }

    /// <summary>Writes a reading down. Returns when it is durable; its number is given here.</summary>
    public void Add(AuditRead read)
    {
        lock (_gate)
        {
            using var transaction = _connection.BeginTransaction();
            using var insert = _connection.CreateCommand();
            insert.Transaction = transaction;
            insert.CommandText = """
                INSERT INTO reads (at_ms, reader, query, found, patients) VALUES ($at, $reader, $query, $found, $patients);
                DELETE FROM reads WHERE number <= (SELECT max(number) FROM reads) - $max
                """;
            insert.Parameters.AddWithValue("$at", read.At.ToUnixTimeMilliseconds());
            insert.Parameters.AddWithValue("$reader", read.Reader);
            insert.Parameters.AddWithValue("$query", read.Query);
            insert.Parameters.AddWithValue("$found", read.Found);
            insert.Parameters.AddWithValue("$patients", JsonSerializer.Serialize(read.Patients));
            insert.Parameters.AddWithValue("$max", ReadsMax);
            insert.ExecuteNonQuery();
            transaction.Commit();
        }
    }

    /// <summary>Readings below a number, newest first.</summary>
    public IReadOnlyList<AuditRead> Older(long before, int readsMax)
    {
        lock (_gate)
        {
            using var select = _connection.CreateCommand();
            select.CommandText =
                "SELECT number, at_ms, reader, query, found, patients FROM reads WHERE number < $before ORDER BY number DESC LIMIT $max";
            select.Parameters.AddWithValue("$before", before);
            select.Parameters.AddWithValue("$max", readsMax);
            using var row = select.ExecuteReader();
            var reads = new List<AuditRead>();
            while (row.Read())
                reads.Add(new AuditRead(
                    row.GetInt64(0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)), row.GetString(2), row.GetString(3),
                    row.GetInt32(4), JsonSerializer.Deserialize<List<string>>(row.GetString(5)) ?? []));
            return reads;
        }
    }

    /// <summary>Readings about any of some patients since an instant, oldest first, at most <see cref="AboutMax"/>.</summary>
    /// <remarks>O(readings since): reports ask, never a hot path.</remarks>
    public IReadOnlyList<DossierReading> About(IReadOnlyList<string> patients, DateTimeOffset since)
    {
        if (patients.Count == 0)
            return [];
        lock (_gate)
        {
            using var select = _connection.CreateCommand();
            select.CommandText = """
                SELECT at_ms, reader, query, found, patients FROM reads
                WHERE at_ms >= $since AND EXISTS (SELECT 1 FROM json_each(reads.patients) AS read
                    JOIN json_each($wanted) AS wanted ON read.value = wanted.value)
                ORDER BY number LIMIT $max
                """;
            select.Parameters.AddWithValue("$since", since.ToUnixTimeMilliseconds());
            select.Parameters.AddWithValue("$wanted", JsonSerializer.Serialize(patients));
            select.Parameters.AddWithValue("$max", AboutMax);
            using var row = select.ExecuteReader();
            var wanted = patients.ToHashSet(StringComparer.Ordinal);
            var readings = new List<DossierReading>();
            while (row.Read())
                readings.Add(new DossierReading(
                    DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(0)), row.GetString(1), row.GetString(2), row.GetInt64(3),
                    [.. (JsonSerializer.Deserialize<List<string>>(row.GetString(4)) ?? []).Where(wanted.Contains)]));
            return readings;
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _connection.Dispose();
    }
}

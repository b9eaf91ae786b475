using System.Data.Common;
using System.Text.Json;
using SentinelHealth.Dashboard.Evidence;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Storage.Engines;

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
internal sealed class ReadTrail(StoreEngine engine) : StoredTables(engine, Schema)
{
    public const string FileName = "audit-reads.db";

    /// <summary>Readings kept.</summary>
    public const int ReadsMax = 5_000_000;

    /// <summary>Readings a dossier lists.</summary>
    public const int AboutMax = 1_000;

    /// <summary>Patients asked for in one statement.</summary>
    private const int PatientsAtOnce = 100;

    private const string Tables = """
        CREATE TABLE version (version INTEGER NOT NULL) STRICT;
        CREATE TABLE reads (
            number INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, reader TEXT NOT NULL, query TEXT NOT NULL,
            found INTEGER NOT NULL, patients TEXT NOT NULL) STRICT;
        """;

    private static readonly StoreGuard Guard = new(
        "reads", "The trail of readings is not changed.", "The trail of readings is not shortened.")
    { NewestKept = ReadsMax };

    /// <summary>In a file.</summary>
    public ReadTrail(string path) : this(SqliteEngine.OpenPrivate(new SqliteFile(path)))
    {
    }

    /// <summary>The refusals of version 1 had other names.</summary>
    public static StoreSchema Schema { get; } = new("trail of readings", 2, Tables, new Dictionary<int, Action<StoreSession>>
    {
        [2] = session =>
        {
            session.Execute("DROP TRIGGER reads_stay; DROP TRIGGER reads_are_kept;");
            StoreSchema.Guard(session, [Guard]);
        },
    })
    {
        Guards = [Guard],
        Origin = new StoreOrigin("reads"),
    };

    /// <summary>Where readings are entered as evidence.</summary>
    public ActTrail Acts { get; init; } = ActTrail.None;

    /// <summary>Writes a reading down, here and as evidence. Returns when both are durable.</summary>
    public async ValueTask AddAsync(AuditRead read, CancellationToken cancel)
    {
        Add(read);
        await Acts.ReadAsync(read, cancel);
    }

    /// <summary>Writes a reading down. Returns when it is durable; its number is given here.</summary>
    public void Add(AuditRead read) => Engine.Write(session =>
    {
        session.Post(
            "INSERT INTO reads (at_ms, reader, query, found, patients) VALUES (@a, @b, @c, @d, @e)",
            Named(
                read.At.ToUnixTimeMilliseconds(), read.Reader, read.Query, read.Found, JsonSerializer.Serialize(read.Patients)));
        session.Post("DELETE FROM reads WHERE number <= (SELECT max(number) FROM reads) - @a", Named(ReadsMax));
        return true;
    });

    /// <summary>Readings below a number, newest first.</summary>
    public IReadOnlyList<AuditRead> Older(long before, int readsMax) => List(
        "SELECT number, at_ms, reader, query, found, patients FROM reads WHERE number < @a ORDER BY number DESC LIMIT @b",
        ToRead, before, readsMax);

    /// <summary>Readings about any of some patients since an instant, oldest first, at most <see cref="AboutMax"/>.</summary>
    /// <remarks>O(readings since): reports ask, never a hot path.</remarks>
    public IReadOnlyList<DossierReading> About(IReadOnlyList<string> patients, DateTimeOffset since)
    {
        var wanted = patients.ToHashSet(StringComparer.Ordinal);
        // A patient stands in a list as JSON writes it, quotation marks and all; what only looks alike is sorted out below.
        var found = Engine.Read(
            session => patients.Chunk(PatientsAtOnce).SelectMany(some => About(session, some, since)).ToList());
        return
        [
            .. found.DistinctBy(read => read.Number).Where(read => read.Patients.Any(wanted.Contains))
                .OrderBy(read => read.Number).Take(AboutMax)
                .Select(read => new DossierReading(
                    read.At, read.Reader, read.Query, read.Found, [.. read.Patients.Where(wanted.Contains)])),
        ];
    }

    private static List<AuditRead> About(StoreSession session, string[] patients, DateTimeOffset since)
    {
        var isAbout = string.Join(" OR ", patients.Select((_, i) => session.Contains("patients", $"@p{i}")));
        using var select = session.Statement(
            $"SELECT number, at_ms, reader, query, found, patients FROM reads WHERE at_ms >= @since AND ({isAbout}) ORDER BY number LIMIT @max",
            [
                ("@since", since.ToUnixTimeMilliseconds()), ("@max", AboutMax),
                .. patients.Select((patient, i) => ($"@p{i}", (object?)JsonSerializer.Serialize(patient))),
            ]);
        return select.Rows(ToRead);
    }

    private static AuditRead ToRead(DbDataReader row) => new(
        row.GetInt64(0), At(row, 1), row.GetString(2), row.GetString(3), row.GetInt32(4),
        JsonSerializer.Deserialize<List<string>>(row.GetString(5)) ?? []);
}

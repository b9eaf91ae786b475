using System.Text.Json;
using Microsoft.Data.Sqlite;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Reports;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>A version of a report that was issued for signature.</summary>
internal sealed record IssuedReport(string Id, int Version, string Sha256, DateTimeOffset IssuedAt, string IssuedBy,
    int SignCount);

/// <summary>
/// What people recorded for regulators, the versions of reports they issued and their signatures. Nothing in it is ever changed: the file
/// itself refuses changes and removals.
/// </summary>
internal sealed class ComplianceStore : IDisposable
{
    public const string FileName = "compliance.db";

    private const int RowsMax = 500;

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS case_version (incident_id TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL,
            PRIMARY KEY (incident_id, version)) STRICT;
        CREATE TABLE IF NOT EXISTS report (id TEXT NOT NULL, version INTEGER NOT NULL, sha256 TEXT NOT NULL,
            at_ms INTEGER NOT NULL,
            issued_by TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (id, version)) STRICT;
        CREATE TABLE IF NOT EXISTS sign_off (id TEXT NOT NULL, version INTEGER NOT NULL, signer TEXT NOT NULL, body TEXT NOT NULL,
            number INTEGER NOT NULL, PRIMARY KEY (id, version, signer)) STRICT;
        CREATE TABLE IF NOT EXISTS notice (incident_id TEXT NOT NULL, clock TEXT NOT NULL, warning TEXT NOT NULL,
            at_ms INTEGER NOT NULL,
            body TEXT NOT NULL, PRIMARY KEY (incident_id, clock, warning)) STRICT;
        CREATE TABLE IF NOT EXISTS erasure_order (digest TEXT PRIMARY KEY, asked_by TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS job_run (name TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) STRICT;
        CREATE TRIGGER IF NOT EXISTS case_stays BEFORE UPDATE ON case_version BEGIN SELECT RAISE(ABORT,
            'Records are not changed.'); END;
        CREATE TRIGGER IF NOT EXISTS case_is_kept BEFORE DELETE ON case_version BEGIN SELECT RAISE(ABORT,
            'Records are kept.'); END;
        CREATE TRIGGER IF NOT EXISTS report_stays BEFORE UPDATE ON report BEGIN SELECT RAISE(ABORT,
            'Reports are not changed.'); END;
        CREATE TRIGGER IF NOT EXISTS report_is_kept BEFORE DELETE ON report BEGIN SELECT RAISE(ABORT, 'Reports are kept.'); END;
        CREATE TRIGGER IF NOT EXISTS sign_stays BEFORE UPDATE ON sign_off BEGIN SELECT RAISE(ABORT,
            'Signatures are not changed.'); END;
        CREATE TRIGGER IF NOT EXISTS sign_is_kept BEFORE DELETE ON sign_off BEGIN SELECT RAISE(ABORT,
            'Signatures are kept.'); END;
        """;

    private readonly SqliteConnection _connection;
    private readonly Lock _gate = new();

    public ComplianceStore(string path)
    {
        _connection = new SqliteFile(path).OpenPrivate();
        Run(Schema);
    }

    /// <summary>The newest version of an incident's record; version 0 while there is none.</summary>
    public ComplianceCase Case(string incidentId) =>
        Rows("SELECT body FROM case_version WHERE incident_id = $a ORDER BY version DESC LIMIT 1", row => Read<ComplianceCase>(row.GetString(0)),
            incidentId).FirstOrDefault() ?? new ComplianceCase { IncidentId = incidentId };

    /// <summary>The newest version of every record, the latest changed first, at most 500.</summary>
    public IReadOnlyList<ComplianceCase> Cases() => Rows(
        $"SELECT body FROM case_version AS one WHERE version = (SELECT max(version) FROM case_version WHERE incident_id = one.incident_id) ORDER BY rowid DESC LIMIT {RowsMax}",
        row => Read<ComplianceCase>(row.GetString(0)));

    /// <summary>Adds a version.</summary>
    /// <returns>False when somebody else added that version first, and nothing was written.</returns>
    public bool TryAdd(ComplianceCase recorded) => Run(
        "INSERT OR IGNORE INTO case_version (incident_id, version, body) VALUES ($a, $b, $c)",
        recorded.IncidentId, recorded.Version, JsonSerializer.Serialize(recorded, AlertJson.Options)) == 1;

    /// <summary>Issues a report: its newest version when it has that content, otherwise the next one.</summary>
    public SignedReport Issue(ReportDocument document, string by, DateTimeOffset at)
    {
        lock (_gate)
        {
            var canonical = ReportFormats.Canonical(document);
            var draft = ReportFormats.Draft(document);
            if (Report(document.Id) is { } newest && newest.Sha256 == draft.Sha256)
                return newest;
            Run("""
                INSERT INTO report (id, version, sha256, at_ms, issued_by, body)
                VALUES ($a, (SELECT coalesce(max(version), 0) + 1 FROM report WHERE id = $a), $b, $c, $d, $e)
                """, document.Id, draft.Sha256, at.ToUnixTimeMilliseconds(), by, canonical);
            return Report(document.Id)!;
        }
    }

    /// <summary>A version of a report with its signatures, the newest when none is named; null when there is none.</summary>
    public SignedReport? Report(string id, int? version = null) =>
        Rows("SELECT version, sha256, body FROM report WHERE id = $a AND ($b IS NULL OR version = $b) ORDER BY version DESC LIMIT 1",
            row => new SignedReport(
                ReportFormats.Read((byte[])row.GetValue(2)), row.GetInt32(0), row.GetString(1), Signatures(id, row.GetInt32(0))),
            id, version).FirstOrDefault();

    /// <summary>Reports that were issued, newest first, at most 500.</summary>
    public IReadOnlyList<IssuedReport> Reports() => Rows(
        $"""
        SELECT id, version, sha256, at_ms, issued_by,
            (SELECT count(*) FROM sign_off WHERE sign_off.id = report.id AND sign_off.version = report.version)
        FROM report ORDER BY at_ms DESC, id, version DESC LIMIT {RowsMax}
        """,
        row => new IssuedReport(row.GetString(0), row.GetInt32(1), row.GetString(2),
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3)), row.GetString(4), row.GetInt32(5)));

    /// <summary>Keeps a signature if the rules allow it.</summary>
    /// <returns>Why not, as a sentence; null when it is kept.</returns>
    public string? Sign(SignOff sign)
    {
        lock (_gate)
        {
            if (Report(sign.ReportId, sign.Version) is not { } report)
                return "There is no such version of the report.";
            if (SignOffRules.ObjectionTo(report.SignOffs, sign.By, sign.Sha256, report.Sha256) is { } objection)
                return objection;
            Run("INSERT INTO sign_off (id, version, signer, body, number) VALUES ($a, $b, $c, $d, $e)", sign.ReportId, sign.Version,
                sign.By.Trim().ToUpperInvariant(), JsonSerializer.Serialize(sign, AlertJson.Options), report.SignOffs.Count);
            return null;
        }
    }

    /// <summary>When a job last ran to its end; null when it never did.</summary>
    public DateTimeOffset? LastRun(string job) => Rows(
        "SELECT at_ms FROM job_run WHERE name = $a",
            row => (DateTimeOffset?)DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(0)), job)
        .FirstOrDefault();

    /// <summary>A job ran to its end.</summary>
    public void Ran(string job, DateTimeOffset at) => Run(
        "INSERT INTO job_run VALUES ($a, $b) ON CONFLICT DO UPDATE SET at_ms = $b", job, at.ToUnixTimeMilliseconds());

    /// <summary>Who asked for an erasure not before an instant; null when nobody did.</summary>
    public string? ErasureAskedBy(string digest, DateTimeOffset since) => Rows(
        "SELECT asked_by FROM erasure_order WHERE digest = $a AND at_ms >= $b", row => row.GetString(0), digest, since.ToUnixTimeMilliseconds())
        .FirstOrDefault();

    /// <summary>Keeps an order to erase until a second person gives it too.</summary>
    public void AskErasure(string digest, string by, DateTimeOffset at) => Run(
        "INSERT INTO erasure_order VALUES ($a, $b, $c) ON CONFLICT DO UPDATE SET asked_by = $b, at_ms = $c", digest, by, at.ToUnixTimeMilliseconds());

    /// <summary>An order was carried out.</summary>
    public void ForgetErasure(string digest) => Run("DELETE FROM erasure_order WHERE digest = $a", digest);

    /// <summary>Whether people were told of it.</summary>
    public bool IsTold(ClockNotice notice) => Rows(
        "SELECT 1 FROM notice WHERE incident_id = $a AND clock = $b AND warning = $c", row => row.GetInt64(0),
        notice.IncidentId, notice.Clock, notice.Warning.ToString()).Count > 0;

    /// <summary>Keeps a notice if it is the first of its kind.</summary>
    /// <returns>Whether it was the first: then people are told.</returns>
    public bool TryAdd(ClockNotice notice) => Run(
        "INSERT OR IGNORE INTO notice (incident_id, clock, warning, at_ms, body) VALUES ($a, $b, $c, $d, $e)",
        notice.IncidentId, notice.Clock, notice.Warning.ToString(), notice.At.ToUnixTimeMilliseconds(),
        JsonSerializer.Serialize(notice, AlertJson.Options)) == 1;

    /// <summary>Notices, newest first, at most 500.</summary>
    public IReadOnlyList<ClockNotice> Notices() =>
        Rows($"SELECT body FROM notice ORDER BY at_ms DESC LIMIT {RowsMax}", row => Read<ClockNotice>(row.GetString(0)));

    public void Dispose()
    {
        lock (_gate)
            _connection.Dispose();
    }

    private List<SignOff> Signatures(string id, int version) => Rows(
        "SELECT body FROM sign_off WHERE id = $a AND version = $b ORDER BY number", row => Read<SignOff>(row.GetString(0)), id, version);

    private int Run(string sql, params ReadOnlySpan<object?> values)
    {
        lock (_gate)
        {
            using var command = Command(sql, values);
            return command.ExecuteNonQuery();
        }
    }

    private List<T> Rows<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        lock (_gate)
        {
            using var command = Command(sql, values);
            using var row = command.ExecuteReader();
            var rows = new List<T>();
            while (row.Read())
                rows.Add(read(row));
            return rows;
        }
    }

    private SqliteCommand Command(string sql, ReadOnlySpan<object?> values)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue($"${(char)('a' + i)}", values[i] ?? DBNull.Value);
        return command;
    }

    private static T Read<T>(string body) => JsonSerializer.Deserialize<T>(body, AlertJson.Options)
        ?? throw new InvalidDataException("A record of the compliance store is empty.");
}

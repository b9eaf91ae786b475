using System.Data.Common;
using System.Text.Json;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Reports;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>A version of a report that was issued for signature.</summary>
internal sealed record IssuedReport(string Id, int Version, string Sha256, DateTimeOffset IssuedAt, string IssuedBy,
    int SignCount);

/// <summary>
/// What people recorded for regulators, the versions of reports they issued and their signatures. Nothing in it is ever changed: the file
/// itself refuses changes and removals.
/// </summary>
internal sealed class ComplianceStore(StoreEngine engine) : StoredTables(engine, ComplianceSchema.Current)
{
    public const string FileName = "compliance.db";

    private const int RowsMax = 500;

    /// <summary>In a file.</summary>
    public ComplianceStore(string path) : this(SqliteEngine.OpenPrivate(new SqliteFile(path)))
    {
    }

    /// <summary>The newest version of an incident's record; version 0 while there is none.</summary>
    public ComplianceCase Case(string incidentId) =>
        One("SELECT body FROM case_version WHERE incident_id = @a ORDER BY version DESC LIMIT 1", row => Read<ComplianceCase>(row.GetString(0)),
            incidentId) ?? new ComplianceCase { IncidentId = incidentId };

    /// <summary>The newest version of every record, the latest changed first, at most 500.</summary>
    public IReadOnlyList<ComplianceCase> Cases() => List(
        $"SELECT body FROM case_version AS one WHERE version = (SELECT max(version) FROM case_version WHERE incident_id = one.incident_id) ORDER BY rowid DESC LIMIT {RowsMax}",
        row => Read<ComplianceCase>(row.GetString(0)));

    /// <summary>Adds a version.</summary>
    /// <returns>False when somebody else added that version first, and nothing was written.</returns>
    public bool TryAdd(ComplianceCase recorded) => Run(
        "INSERT INTO case_version (incident_id, version, body) VALUES (@a, @b, @c) ON CONFLICT DO NOTHING",
        recorded.IncidentId, recorded.Version, JsonSerializer.Serialize(recorded, AlertJson.Options)) == 1;

    /// <summary>Issues a report: its newest version when it has that content, otherwise the next one.</summary>
    public SignedReport Issue(ReportDocument document, string by, DateTimeOffset at)
    {
        var canonical = ReportFormats.Canonical(document);
        var draft = ReportFormats.Draft(document);
        return Engine.Write(session =>
        {
            if (Report(session, document.Id, null) is { } newest && newest.Sha256 == draft.Sha256)
                return newest;
            session.Execute("""
                INSERT INTO report (id, version, sha256, at_ms, issued_by, body)
                VALUES (@a, (SELECT coalesce(max(version), 0) + 1 FROM report WHERE id = @a), @b, @c, @d, @e)
                """, Named(document.Id, draft.Sha256, at.ToUnixTimeMilliseconds(), by, canonical));
            return Report(session, document.Id, null)!;
        });
    }

    /// <summary>A version of a report with its signatures, the newest when none is named; null when there is none.</summary>
    public SignedReport? Report(string id, int? version = null) => Engine.Read(session => Report(session, id, version));

    /// <summary>Reports that were issued, newest first, at most 500.</summary>
    public IReadOnlyList<IssuedReport> Reports() => List(
        $"""
        SELECT id, version, sha256, at_ms, issued_by,
            (SELECT count(*) FROM sign_off WHERE sign_off.id = report.id AND sign_off.version = report.version)
        FROM report ORDER BY at_ms DESC, id, version DESC LIMIT {RowsMax}
        """,
        row => new IssuedReport(row.GetString(0), row.GetInt32(1), row.GetString(2),
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3)), row.GetString(4), row.GetInt32(5)));

    /// <summary>Keeps a signature if the rules allow it.</summary>
    /// <returns>Why not, as a sentence; null when it is kept.</returns>
    public string? Sign(SignOff sign) => Engine.Write(session =>
    {
        if (Report(session, sign.ReportId, sign.Version) is not { } report)
            return "There is no such version of the report.";
        if (SignOffRules.ObjectionTo(report.SignOffs, sign.By, sign.Sha256, report.Sha256) is { } objection)
            return objection;
        session.Execute("INSERT INTO sign_off (id, version, signer, body, number) VALUES (@a, @b, @c, @d, @e)", Named(
            sign.ReportId, sign.Version, sign.By.Trim().ToUpperInvariant(), JsonSerializer.Serialize(sign, AlertJson.Options),
            report.SignOffs.Count));
        return null;
    });

    /// <summary>When a job last ran to its end; null when it never did.</summary>
    public DateTimeOffset? LastRun(string job) => One(
        "SELECT at_ms FROM job_run WHERE name = @a", row => (DateTimeOffset?)At(row, 0), job);

    /// <summary>A job ran to its end.</summary>
    public void Ran(string job, DateTimeOffset at) => Run(
        "INSERT INTO job_run (name, at_ms) VALUES (@a, @b) ON CONFLICT (name) DO UPDATE SET at_ms = @b", job, at.ToUnixTimeMilliseconds());

    /// <summary>Who asked for an erasure not before an instant; null when nobody did.</summary>
    public string? ErasureAskedBy(string digest, DateTimeOffset since) => One(
        "SELECT asked_by FROM erasure_order WHERE digest = @a AND at_ms >= @b", row => row.GetString(0), digest, since.ToUnixTimeMilliseconds());

    /// <summary>Keeps an order to erase until a second person gives it too.</summary>
    public void AskErasure(string digest, string by, DateTimeOffset at) => Run(
        "INSERT INTO erasure_order (digest, asked_by, at_ms) VALUES (@a, @b, @c) ON CONFLICT (digest) DO UPDATE SET asked_by = @b, at_ms = @c", digest, by, at.ToUnixTimeMilliseconds());

    /// <summary>An order was carried out.</summary>
    public void ForgetErasure(string digest) => Run("DELETE FROM erasure_order WHERE digest = @a", digest);

    /// <summary>Whether people were told of it.</summary>
    public bool IsTold(ClockNotice notice) => List(
        "SELECT 1 FROM notice WHERE incident_id = @a AND clock = @b AND warning = @c", row => row.GetInt64(0),
        notice.IncidentId, notice.Clock, notice.Warning.ToString()).Count > 0;

    /// <summary>Keeps a notice if it is the first of its kind.</summary>
    /// <returns>Whether it was the first: then people are told.</returns>
    public bool TryAdd(ClockNotice notice) => Run(
        "INSERT INTO notice (incident_id, clock, warning, at_ms, body) VALUES (@a, @b, @c, @d, @e) ON CONFLICT DO NOTHING",
        notice.IncidentId, notice.Clock, notice.Warning.ToString(), notice.At.ToUnixTimeMilliseconds(),
        JsonSerializer.Serialize(notice, AlertJson.Options)) == 1;

    /// <summary>Notices, newest first, at most 500.</summary>
    public IReadOnlyList<ClockNotice> Notices() =>
        List($"SELECT body FROM notice ORDER BY at_ms DESC LIMIT {RowsMax}", row => Read<ClockNotice>(row.GetString(0)));

    private static SignedReport? Report(StoreSession session, string id, int? version)
    {
        // The connection reads one thing at a time.
        var found = One(session,
            $"SELECT version, sha256, body FROM report WHERE id = @a {(version is null ? "" : "AND version = @b")} ORDER BY version DESC LIMIT 1",
            row => (Version: row.GetInt32(0), Sha256: row.GetString(1), Body: row.GetFieldValue<byte[]>(2)),
            version is { } wanted ? [id, wanted] : [id]);
        if (found.Body is null)
            return null;
        var signs = List(session, "SELECT body FROM sign_off WHERE id = @a AND version = @b ORDER BY number",
            row => Read<SignOff>(row.GetString(0)), id, found.Version);
        return new SignedReport(ReportFormats.Read(found.Body), found.Version, found.Sha256, signs);
    }

    private static T Read<T>(string body) => JsonSerializer.Deserialize<T>(body, AlertJson.Options)
        ?? throw new InvalidDataException("A record of the compliance store is empty.");
}

using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>The tables of what people recorded for regulators. Records, reports and signatures are only ever added.</summary>
internal static class ComplianceSchema
{
    private const string Tables = """
        CREATE TABLE version (version INTEGER NOT NULL) STRICT;
        CREATE TABLE case_version (incident_id TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL/*, rowid*/,
            PRIMARY KEY (incident_id, version)) STRICT;
        CREATE TABLE report (id TEXT NOT NULL, version INTEGER NOT NULL, sha256 TEXT NOT NULL, at_ms INTEGER NOT NULL,
            issued_by TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (id, version)) STRICT;
        CREATE TABLE sign_off (id TEXT NOT NULL, version INTEGER NOT NULL, signer TEXT NOT NULL, body TEXT NOT NULL,
            number INTEGER NOT NULL, PRIMARY KEY (id, version, signer)) STRICT;
        CREATE TABLE notice (incident_id TEXT NOT NULL, clock TEXT NOT NULL, warning TEXT NOT NULL, at_ms INTEGER NOT NULL,
            body TEXT NOT NULL, PRIMARY KEY (incident_id, clock, warning)) STRICT;
        CREATE TABLE erasure_order (digest TEXT PRIMARY KEY, asked_by TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;
        CREATE TABLE job_run (name TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) STRICT;
        """;

    /// <summary>The refusals of version 1 had other names.</summary>
    private const string FirstRefusals = """
        DROP TRIGGER case_stays; DROP TRIGGER case_is_kept; DROP TRIGGER report_stays; DROP TRIGGER report_is_kept;
        DROP TRIGGER sign_stays; DROP TRIGGER sign_is_kept;
        """;

    private static readonly StoreGuard[] Guards =
    [
        new("case_version", "Records are not changed.", "Records are kept."),
        new("report", "Reports are not changed.", "Reports are kept."),
        new("sign_off", "Signatures are not changed.", "Signatures are kept."),
    ];

    public static StoreSchema Current { get; } = new("compliance store", 2, Tables, new Dictionary<int, Action<StoreSession>>
    {
        [2] = session =>
        {
            session.Execute(FirstRefusals);
            StoreSchema.Guard(session, Guards);
        },
    })
    {
        Guards = Guards,
        Origin = new StoreOrigin("case_version"),
    };
}

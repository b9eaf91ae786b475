namespace SentinelHealth.Dashboard.Storage;

/// <summary>The statements of the audit index.</summary>
internal static class AuditIndexStatements
{
    public const int Patient = 1, Agent = 2, Entity = 3;

    public const int EntriesPerRead = 1_000;

    public const string Schema = """
        CREATE TABLE IF NOT EXISTS audits (
            number INTEGER PRIMARY KEY AUTOINCREMENT, partition INTEGER NOT NULL, offset INTEGER NOT NULL,
            received_ms INTEGER NOT NULL, recorded_ms INTEGER NOT NULL, body BLOB NOT NULL, UNIQUE (partition, offset)) STRICT;
        CREATE INDEX IF NOT EXISTS audits_by_time ON audits (recorded_ms, number);
        CREATE TABLE IF NOT EXISTS names (
            kind INTEGER NOT NULL, name TEXT NOT NULL, recorded_ms INTEGER NOT NULL, number INTEGER NOT NULL,
            PRIMARY KEY (kind, name, recorded_ms, number)) STRICT, WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS names_by_number ON names (number);
        CREATE TABLE IF NOT EXISTS complete (one INTEGER PRIMARY KEY CHECK (one = 1)) STRICT;
        """;

    public const string Insert = """
        INSERT INTO audits (partition, offset, received_ms, recorded_ms, body)
        VALUES ($partition, $offset, $received, $recorded, $body) ON CONFLICT DO NOTHING RETURNING number
        """;

    public const string Name = "INSERT OR IGNORE INTO names VALUES ($kind, $name, $recorded, $number)";

    public const string ByTime = """
        SELECT recorded_ms, number, body FROM audits
        WHERE (recorded_ms, number) > ($recorded, $number) AND recorded_ms <= $to ORDER BY recorded_ms, number LIMIT $max
        """;

    public const string ByName = """
        SELECT names.recorded_ms, names.number, audits.body FROM names JOIN audits ON audits.number = names.number
        WHERE names.kind = $kind AND names.name = $name AND (names.recorded_ms, names.number) > ($recorded, $number)
          AND names.recorded_ms <= $to ORDER BY names.recorded_ms, names.number LIMIT $max
        """;

    /// <summary>The newest of the oldest thousand that has to go; numbers grow in the order of receipt.</summary>
    public const string Expired = """
        SELECT max(number) FROM (SELECT number, received_ms FROM audits ORDER BY number LIMIT 1000)
        WHERE received_ms < $oldest OR number <= (SELECT max(number) FROM audits) - $kept
        """;
}

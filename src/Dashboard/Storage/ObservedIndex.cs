using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Reports;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>Disclosures that were found, and whether there are more.</summary>
internal sealed record DisclosurePage(IReadOnlyList<Disclosure> Found, bool IsWhole);

/// <summary>
/// What must be known of events for years after the event log has let go of them: disclosures that patients may ask about, and the
/// algorithms the network uses. Filled before a position in the log is committed; entries that come again after a crash are passed over.
/// </summary>
/// <remarks>An event without either costs a search in its bytes. One flush a batch that holds some.</remarks>
internal sealed class ObservedIndex : IDisposable
{
    public const string FileName = "observed.db";

    /// <summary>Disclosures read for one report.</summary>
    public const int DisclosuresMax = 10_000;

    /// <summary>Different algorithms kept; a network that names more is playing with us, and what is beyond is left out.</summary>
    private const int AlgorithmsMax = 2_000;

    private const int NameLengthMax = 128;

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS position (partition INTEGER PRIMARY KEY, offset INTEGER NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS since (one INTEGER PRIMARY KEY CHECK (one = 1), at_ms INTEGER NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS disclosure (
            number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, at_ms INTEGER NOT NULL, subject TEXT NOT NULL,
            body TEXT NOT NULL) STRICT;
        CREATE INDEX IF NOT EXISTS disclosure_by_subject ON disclosure (subject, at_ms);
        CREATE INDEX IF NOT EXISTS disclosure_by_time ON disclosure (at_ms);
        CREATE TABLE IF NOT EXISTS algorithm (
            place TEXT NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
            example TEXT NOT NULL, PRIMARY KEY (place, name)) STRICT;
        """;

    private readonly SqliteConnection _connection;
    private readonly Lock _gate = new();

    public ObservedIndex(string path, TimeProvider clock)
    {
        _connection = new SqliteFile(path).OpenPrivate();
        Run(null, Schema);
        Run(null, "INSERT OR IGNORE INTO since VALUES (1, $a)", clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>Since when disclosures have been kept.</summary>
    public DateTimeOffset KeptSince =>
        Rows("SELECT at_ms FROM since", row => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(0)))[0];

    /// <summary>Takes in what entries hold. Returns when it is durable.</summary>
    public void Add(IReadOnlyList<LogEntry> entries)
    {
        var found = entries.Where(entry => !entry.IsDuplicate && !entry.IsCopy).Select(Find)
            .Where(item => item.Disclosure is not null || item.Algorithms.Count > 0).ToList();
        if (found.Count == 0)
            return;
        lock (_gate)
        {
            using var transaction = _connection.BeginTransaction();
            var known = Rows("SELECT partition, offset FROM position", row => (row.GetInt32(0), row.GetInt64(1)), transaction)
                .ToDictionary(pair => pair.Item1, pair => pair.Item2);
            foreach (var item in found.Where(item => item.Entry.Offset > known.GetValueOrDefault(item.Entry.Partition, -1)))
                Add(transaction, item);
            foreach (var last in found.GroupBy(item => item.Entry.Partition))
                Run(transaction, "INSERT INTO position VALUES ($a, $b) ON CONFLICT DO UPDATE SET offset = max(offset, excluded.offset)",
                    last.Key, last.Max(item => item.Entry.Offset));
            transaction.Commit();
        }
    }

    /// <summary>Takes in an algorithm that was seen elsewhere than in an event, such as in a source's connection.</summary>
    public void Add(AlgorithmSeen seen)
    {
        lock (_gate)
            Add(null, seen.Where, seen.Algorithm, seen.LastAt.ToUnixTimeMilliseconds(), seen.Example);
    }

    /// <summary>The number the next disclosure will have, or more.</summary>
    public long NextDisclosure => Rows("SELECT coalesce(max(number), 0) + 1 FROM disclosure", row => row.GetInt64(0))[0];

    /// <summary>A person's disclosures of a period with numbers below the scope's, oldest first.</summary>
    public DisclosurePage Disclosures(ReportScope scope)
    {
        var found = Rows(
            "SELECT body FROM disclosure WHERE subject = $a AND at_ms >= $b AND at_ms < $c AND number < $d ORDER BY at_ms, id LIMIT $e",
            row => JsonSerializer.Deserialize<Disclosure>(row.GetString(0))!, null, scope.Subject,
                scope.From.ToUnixTimeMilliseconds(),
            scope.To.ToUnixTimeMilliseconds(), scope.Below, DisclosuresMax + 1);
        return new DisclosurePage(found.Count > DisclosuresMax ? found[..DisclosuresMax] : found, found.Count <= DisclosuresMax);
    }

    /// <summary>Algorithms seen, at most as many as are kept.</summary>
    public IReadOnlyList<AlgorithmSeen> Algorithms() => Rows(
        "SELECT place, name, count, first_ms, last_ms, example FROM algorithm ORDER BY place, name",
        row => new AlgorithmSeen(
            row.GetString(0), row.GetString(1), row.GetInt64(2), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3)),
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)), row.GetString(5)));

    /// <summary>Removes disclosures before an instant, except of persons under a legal hold. Returns how many.</summary>
    public int Forget(DateTimeOffset before, Func<string, bool> isHeld)
    {
        lock (_gate)
        {
            Run(null, "PRAGMA secure_delete=ON");
            var people = Rows("SELECT DISTINCT subject FROM disclosure WHERE at_ms < $a", row => row.GetString(0), null,
                before.ToUnixTimeMilliseconds());
            return people.Where(subject => !isHeld(subject)).Sum(subject => Run(
                null, "DELETE FROM disclosure WHERE at_ms < $a AND subject = $b", before.ToUnixTimeMilliseconds(), subject));
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _connection.Dispose();
    }

    private static Observed Find(LogEntry entry)
    {
        var payload = entry.Payload.Span;
        var algorithms = AlgorithmNames.MayBeIn(payload) ? AlgorithmNames.In(payload) : [];
        if (!MayDisclose(payload) && algorithms.Count == 0)
            return new Observed(entry, null, null, algorithms);
        var item = DossierEvent.Of(Encoding.UTF8.GetString(payload));
        return new Observed(entry, item, item is null ? null : Disclosure.Of(item), algorithms);
    }

    /// <summary>Treatment is nearly everything, and never accounted for: it must cost next to nothing.</summary>
    private static bool MayDisclose(ReadOnlySpan<byte> payload) =>
        payload.IndexOf("\"subject\""u8) >= 0
        && payload.IndexOf("\"purpose\":\"TREAT\""u8) < 0 && payload.IndexOf("\"purpose\":\"HPAYMT\""u8) < 0
        && payload.IndexOf("\"purpose\":\"HOPERAT\""u8) < 0;

    private void Add(SqliteTransaction transaction, Observed item)
    {
        if (item.Disclosure is { } disclosure)
            Run(transaction, "INSERT OR IGNORE INTO disclosure (id, at_ms, subject, body) VALUES ($a, $b, $c, $d)",
                disclosure.EventId, disclosure.At.ToUnixTimeMilliseconds(), disclosure.Subject,
                    JsonSerializer.Serialize(disclosure));
        var at = (item.Event?.At ?? item.Entry.ReceivedAt).ToUnixTimeMilliseconds();
        foreach (var name in item.Algorithms)
            Add(transaction, AlgorithmNames.PlaceOf(item.Event?.Act ?? ""), name, at, item.Event?.Id ?? "");
    }

    private void Add(SqliteTransaction? transaction, string place, string name, long atMs, string example) => Run(
        transaction,
        """
        INSERT INTO algorithm SELECT $a, $b, 1, $c, $c, $d
            WHERE (SELECT count(*) FROM algorithm) < $e OR EXISTS (SELECT 1 FROM algorithm WHERE place = $a AND name = $b)
        ON CONFLICT DO UPDATE SET count = count + 1, first_ms = min(first_ms, $c), last_ms = max(last_ms, $c)
        """,
        Short(place), Short(name), atMs, Short(example), AlgorithmsMax);

    private static string Short(string text) => text.Length <= NameLengthMax ? text : text[..NameLengthMax];

    private int Run(SqliteTransaction? transaction, string sql, params ReadOnlySpan<object> values)
    {
        using var command = Command(transaction, sql, values);
        return command.ExecuteNonQuery();
    }

    private List<T> Rows<T>(string sql, Func<SqliteDataReader, T> read, SqliteTransaction? transaction = null,
        params ReadOnlySpan<object> values)
    {
        lock (_gate)
        {
            using var command = Command(transaction, sql, values);
            using var row = command.ExecuteReader();
            var rows = new List<T>();
            while (row.Read())
                rows.Add(read(row));
            return rows;
        }
    }

    private SqliteCommand Command(SqliteTransaction? transaction, string sql, ReadOnlySpan<object> values)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Callers pass constants; values travel as parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue($"${(char)('a' + i)}", values[i]);
        return command;
    }

    /// <summary>What one entry holds.</summary>
    private sealed record Observed(LogEntry Entry, DossierEvent? Event, Disclosure? Disclosure, IReadOnlyList<string> Algorithms);
}

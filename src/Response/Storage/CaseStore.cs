using System.Globalization;
using System.Text.Json;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Response.Storage;

/// <summary>Cases, actions and the pump's position in one database.</summary>
/// <remarks>
/// Safe from many threads: one writer at a time, up to four readers beside it. Each write is one transaction, on the disk when
/// it returns (WAL, synchronous=FULL). Reads are O(log n + page); counts are exact and O(matches). Every method may throw
/// <see cref="System.Data.Common.DbException"/> when the database cannot be used; list methods throw <see cref="ArgumentException"/> for a foreign cursor.
/// </remarks>
public sealed partial class CaseStore : ICaseReader, IActionStore, IDisposable
{
    private const int PageMax = 1_000;

    private readonly StoreEngine _engine;

    private CaseStore(StoreEngine engine) => _engine = engine;

    /// <summary>The store in a database, which is closed with it. Creates the tables, or takes those of an earlier version further.</summary>
    /// <param name="engine">The database.</param>
    /// <exception cref="InvalidDataException">The store was written by a later version.</exception>
    public static CaseStore Over(StoreEngine engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        try
        {
            CaseSchema.Current.Prepare(engine);
            return new CaseStore(engine);
        }
        catch
        {
            engine.Dispose();
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
                var unseen = NewAmong(transaction, commit.Alerts);
                var entered = _evidence is { } intake ? Enter(transaction, intake, commit) : commit;
                var actions = CaseWriter.Write(transaction, entered);
                ShowAgain(transaction, commit);
                TellAlerts(transaction, [.. commit.Alerts.Select(alert => alert.Id)]);
                TellActions(transaction, actions);
                Suppress(transaction, commit.Alerts, unseen);
                return true;
            },
            cancel));
    }

    /// <summary>The last scored offset of a partition; -1 before the first.</summary>
    public ValueTask<long> ScoredOffsetAsync(int partition, CancellationToken cancel) => ReadAsync(
        connection =>
        {
            using var command = connection.Statement("SELECT \"offset\" FROM scored WHERE partition = @partition", ("@partition", partition));
            return command.ExecuteScalar() is long offset ? offset : -1;
        },
        cancel);

    /// <summary>Number of the last decision of people that a partition's detectors had heard of at its last commit; 0 before the first.</summary>
    public ValueTask<long> HeededDecisionAsync(int partition, CancellationToken cancel) => ReadAsync(
        connection =>
        {
            using var command = connection.Statement("SELECT number FROM heeded WHERE partition = @partition", ("@partition", partition));
            return command.ExecuteScalar() is long number ? number : 0;
        },
        cancel);

    /// <summary>Offsets and totals, read together so that they agree.</summary>
    public ValueTask<PumpPosition> PositionAsync(CancellationToken cancel) => ReadAsync(
        connection =>
        {
            // One statement, because each sees a moment of its own.
            using var command = connection.Statement(
                "SELECT 1, partition, \"offset\", '' FROM scored UNION ALL SELECT 0, 0, value, name FROM tally");
            var rows = command.Rows(row =>
                (IsOffset: row.GetInt32(0) == 1, Partition: row.GetInt32(1), Value: row.GetInt64(2), Name: row.GetString(3)));
            var totals = rows.Where(row => !row.IsOffset).ToDictionary(row => row.Name, row => row.Value);
            return new PumpPosition(
                rows.Where(row => row.IsOffset).ToDictionary(row => row.Partition, row => row.Value),
                new PumpTally(totals.GetValueOrDefault("scored"), totals.GetValueOrDefault("dead-lettered"))
                {
                    Filtered = totals.GetValueOrDefault("filtered"),
                    Copied = totals.GetValueOrDefault("copied"),
                    Alerted = totals.GetValueOrDefault("alerted"),
                });
        },
        cancel);

    /// <summary>A number that is another one whenever somebody, in whatever process, has changed what pages show. O(log n).</summary>
    public ValueTask<long> ChangeMarkAsync(CancellationToken cancel) => ReadAsync(
        connection =>
        {
            using var command = connection.Statement(
                """
                SELECT coalesce((SELECT sum(value) FROM tally), 0) + coalesce((SELECT max(number) FROM action_step), 0)
                    + coalesce((SELECT max(number) FROM standing_change), 0) + coalesce((SELECT max(number) FROM incident_change), 0)
                    + coalesce((SELECT max(number) FROM mode_change), 0) + (SELECT next FROM evidence_number)
                    + coalesce((SELECT max(at) FROM shard_report), 0)
                """);
            return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        },
        cancel);

    /// <summary>How detection of each partition was doing when it was last told, by partition.</summary>
    public ValueTask<IReadOnlyList<ShardReport>> ShardReportsAsync(CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<ShardReport>>(connection =>
        {
            using var command = connection.Statement("SELECT body FROM shard_report ORDER BY partition");
            return command.Rows(row => From<ShardReport>(row.GetString(0)));
        },
        cancel);

    /// <inheritdoc/>
    public void Dispose() => _engine.Dispose();

    private static T From<T>(string json) =>
        JsonSerializer.Deserialize<T>(json, AlertJson.Options) ?? throw new InvalidDataException("A stored body is null.");

    private Task<T> WriteAsync<T>(Func<StoreSession, T> write, CancellationToken cancel) => _engine.WriteAsync(write, cancel);

    private ValueTask<T> ReadAsync<T>(Func<StoreSession, T> read, CancellationToken cancel) => _engine.ReadAsync(read, cancel);

    private static int Limit(int limit) => Math.Clamp(limit, 1, PageMax);
}

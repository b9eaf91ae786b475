using Microsoft.Data.Sqlite;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Response.Queries;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Hunting;

/// <summary>Searching: block by block from the newest, those that cannot hold a hit unopened.</summary>
public sealed partial class EventArchive
{
    private const int HitsMax = 1_000, BarsMax = 200;

    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>Finds events. O(events within the query's times that may match); about 400,000 a second and core.</summary>
    /// <param name="query">Read against <see cref="EventFields.Schema"/>.</param>
    /// <param name="request">What else is asked.</param>
    /// <param name="tell">Told four times a second what was found so far; null for nobody. Called on this thread.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="InvalidDataException">A block is damaged.</exception>
    public HuntAnswer Search(QueryNode query, HuntRequest request, Action<HuntAnswer>? tell, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(request);
        var run = new HuntRun(query, request with
        {
            HitsMax = Math.Clamp(request.HitsMax, 1, HitsMax),
            Bars = Math.Clamp(request.Bars, 0, BarsMax),
        }, _decoder);
        return Read(connection =>
        {
            var blocks = BlocksFor(connection, query, run);
            var toldAt = Environment.TickCount64;
            run.Look(LooseRecords(connection));
            for (var i = 0; i < blocks.Count; i++)
            {
                cancel.ThrowIfCancellationRequested();
                run.Look(Open(connection, blocks[i]));
                run.Progress = (i + 1.0) / blocks.Count;
                if (tell is null || Environment.TickCount64 - toldAt < TellEvery.TotalMilliseconds)
                    continue;
                tell(run.Answer());
                toldAt = Environment.TickCount64;
            }
            run.Progress = 1;
            return run.Answer();
        });
    }

    private static List<long> BlocksFor(SqliteConnection connection, QueryNode query, HuntRun run)
    {
        var (from, to) = HuntScope.SpanOf(query);
        using var extent = connection.Statement(null, "SELECT min(from_ms), max(to_ms) FROM block");
        var (first, last) = extent.Rows(row => row.IsDBNull(0) ? (long.MaxValue, long.MinValue)
            : (row.GetInt64(0), row.GetInt64(1)))[0];
        run.Begin(from, to, first, last, LooseRecords(connection));
        return MayFind(connection, query, (from, run.Latest(to)));
    }

    private static List<long> MayFind(SqliteConnection connection, QueryNode query, (long FromMs, long ToMs) span)
    {
        using var command = connection.Statement(
            null, "SELECT number, filter FROM block WHERE to_ms >= $from AND from_ms <= $to ORDER BY to_ms DESC, number DESC",
            ("$from", span.FromMs), ("$to", span.ToMs));
        return [.. command.Rows(row =>
            (Number: row.GetInt64(0), MayFind: HuntScope.MayFind(query, new KeyFilter(row.GetFieldValue<byte[]>(1)))))
            .Where(block => block.MayFind).Select(block => block.Number)];
    }

    private static List<ReadOnlyMemory<byte>> Open(SqliteConnection connection, long number,
        SqliteTransaction? transaction = null)
    {
        using var command = connection.Statement(transaction, "SELECT body, body_bytes FROM block WHERE number = $number", ("$number", number));
        return command.Rows(row => EventBlock.Unpack(row.GetFieldValue<byte[]>(0), row.GetInt32(1)))[0];
    }

    private static IEnumerable<ReadOnlyMemory<byte>> LooseRecords(SqliteConnection connection)
    {
        using var command = connection.Statement(null, "SELECT body FROM tail ORDER BY number DESC");
        using var row = command.ExecuteReader();
        while (row.Read())
            yield return row.GetFieldValue<byte[]>(0);
    }
}

using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Benchmarks.Bulk;

/// <summary>What anybody would write first: a prepared insert of the driver, many to a transaction, every commit on the disk.</summary>
internal static class PlainInsert
{
    private const int RecordsPerCommit = 4_096;

    public static BulkFigures Run(BulkLoad load, string folder)
    {
        using var connection = new SqliteFile(Path.Combine(folder, "plain.db")).Open();
        using (var create = connection.CreateCommand())
        {
            create.CommandText = "CREATE TABLE records(number INTEGER PRIMARY KEY, payload BLOB NOT NULL)";
            create.ExecuteNonQuery();
        }
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO records(payload) VALUES ($payload)";
        var payload = insert.Parameters.Add("$payload", SqliteType.Blob);
        insert.Prepare();
        var clock = BulkClock.Start();
        foreach (var commit in load.Records.Chunk(RecordsPerCommit))
        {
            using var transaction = connection.BeginTransaction();
            insert.Transaction = transaction;
            foreach (var record in commit)
            {
                payload.Value = record;
                insert.ExecuteNonQuery();
            }
            transaction.Commit();
        }
        return clock.Stop(Process.GetCurrentProcess().TotalProcessorTime, TimeSpan.Zero);
    }
}

/// <summary>Wall time and the processor time of this process since a moment.</summary>
internal readonly record struct BulkClock(long At, TimeSpan Own)
{
    public static BulkClock Start()
    {
        GC.Collect();
        return new(Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);
    }

    /// <summary>The storing was done by this process.</summary>
    public BulkFigures Stop(TimeSpan ownNow, TimeSpan sender) =>
        new(Stopwatch.GetElapsedTime(At).TotalSeconds, (ownNow - Own).TotalSeconds, sender.TotalSeconds);

    /// <summary>The storing was done by another process, which took so long for it.</summary>
    public BulkFigures Stop(TimeSpan other) => new(
        Stopwatch.GetElapsedTime(At).TotalSeconds, other.TotalSeconds,
        (Process.GetCurrentProcess().TotalProcessorTime - Own).TotalSeconds);
}

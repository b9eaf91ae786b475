using System.Text;
using Microsoft.Data.Sqlite;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Hunting;

/// <summary>A query somebody keeps.</summary>
/// <param name="Name">What it is called; unique.</param>
/// <param name="Query">The query.</param>
/// <param name="By">Who kept it.</param>
/// <param name="At">When.</param>
public sealed record SavedHunt(string Name, string Query, string By, DateTimeOffset At);

/// <summary>What people keep in the archive, and what must leave it.</summary>
public sealed partial class EventArchive
{
    /// <summary>Queries kept, at most.</summary>
    public const int SavedHuntsMax = 500;

    private const int NameCharactersMax = 100;

    /// <summary>Queries people kept, by name.</summary>
    public IReadOnlyList<SavedHunt> SavedHunts() => Read(connection =>
    {
        using var command = connection.Statement(null, "SELECT name, query, by, at_ms FROM saved_hunt ORDER BY name LIMIT $max", ("$max", SavedHuntsMax));
        return command.Rows(row => new SavedHunt(
            row.GetString(0), row.GetString(1), row.GetString(2), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3))));
    });

    /// <summary>Keeps a query; one of the same name is replaced. False for a name without letters or too long, and when too many are kept.</summary>
    public bool Save(SavedHunt hunt)
    {
        ArgumentNullException.ThrowIfNull(hunt);
        if (string.IsNullOrWhiteSpace(hunt.Name) || hunt.Name.Length > NameCharactersMax)
            return false;
        lock (_writing)
        {
            using var transaction = _writer.BeginTransaction();
            var isKept = transaction.Execute(
                """
                INSERT INTO saved_hunt SELECT $name, $query, $by, $at
                    WHERE (SELECT count(*) FROM saved_hunt) < $max OR EXISTS (SELECT 1 FROM saved_hunt WHERE name = $name)
                ON CONFLICT DO UPDATE SET query = $query, by = $by, at_ms = $at
                """,
                ("$name", hunt.Name.Trim()), ("$query", hunt.Query), ("$by", hunt.By), ("$at", hunt.At.ToUnixTimeMilliseconds()),
                ("$max", SavedHuntsMax)) > 0;
            transaction.Commit();
            return isKept;
        }
    }

    /// <summary>Lets a query go. False when there was none.</summary>
    public bool Drop(string name)
    {
        lock (_writing)
        {
            using var transaction = _writer.BeginTransaction();
            var isGone = transaction.Execute("DELETE FROM saved_hunt WHERE name = $name", ("$name", name)) > 0;
            transaction.Commit();
            return isGone;
        }
    }

    /// <summary>Removes every event about a person, and who had to do with them. Returns how many events went.</summary>
    /// <param name="subject">The person, as events name them.</param>
    public int Erase(string subject)
    {
        ArgumentException.ThrowIfNullOrEmpty(subject);
        var key = KeyFilter.KeyOf(TextField.Subject, StableHash.Of(Encoding.UTF8.GetBytes(subject)));
        lock (_writing)
        {
            Scalar(_writer, "PRAGMA secure_delete=ON");
            int erased;
            using (var transaction = _writer.BeginTransaction())
            {
                using var command = _writer.Statement(transaction, "SELECT number, filter FROM block");
                var blocks = command.Rows(row => (Number: row.GetInt64(0), Filter: new KeyFilter(row.GetFieldValue<byte[]>(1))))
                    .Where(block => block.Filter.MayHold(key)).Select(block => block.Number).ToList();
                erased = blocks.Sum(number => EraseFrom(transaction, number, subject)) + EraseLoose(transaction, subject);
                EraseEntity(transaction, subject);
                EraseFromFeed(transaction, subject);
                transaction.Commit();
            }
            Scalar(_writer, "PRAGMA wal_checkpoint(TRUNCATE)");
            return erased;
        }
    }

    private int EraseFrom(SqliteTransaction transaction, long number, string subject)
    {
        var records = Open(_writer, number, transaction);
        var kept = records.Where(record => !IsAbout(record, subject)).Select(record => record.ToArray()).ToList();
        if (kept.Count == records.Count)
            return 0;
        transaction.Execute("DELETE FROM block WHERE number = $number", ("$number", number));
        if (kept.Count > 0)
            Store(transaction, EventBlock.Pack(kept, _decoder, tally: null));
        MoveUnsent(transaction, number, kept.Count);
        return records.Count - kept.Count;
    }

    private static int EraseLoose(SqliteTransaction transaction, string subject)
    {
        using var find = transaction.Connection!.Statement(transaction, "SELECT number, body FROM tail");
        var found = find.Rows(row => (Number: row.GetInt64(0), Body: row.GetFieldValue<byte[]>(1)))
            .Where(row => IsAbout(row.Body, subject)).Select(row => row.Number).ToList();
        foreach (var number in found)
            transaction.Execute("DELETE FROM tail WHERE number = $number", ("$number", number));
        return found.Count;
    }

    private static void EraseEntity(SqliteTransaction transaction, string subject)
    {
        foreach (var table in (string[])["entity_hour WHERE entity IN", "entity_tie WHERE entity IN", "entity_tie WHERE other IN", "entity WHERE number IN"])
            transaction.Execute(
                $"DELETE FROM {table} (SELECT number FROM entity WHERE type = $type AND id = $id)",
                ("$type", (int)Detection.Alerts.EntityType.Patient), ("$id", subject));
    }

    private static bool IsAbout(ReadOnlyMemory<byte> record, string subject) =>
        CaseEvidence.SubjectOf(Encoding.UTF8.GetString(record.Span)) == subject;
}

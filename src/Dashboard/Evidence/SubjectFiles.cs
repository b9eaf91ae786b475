using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Ingest.Formats.Fhir;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Hunting;

namespace SentinelHealth.Dashboard.Evidence;

/// <summary>Removes what the files beside the evidence log hold of a person: overwritten in place, write-ahead logs emptied.</summary>
internal static class SubjectFiles
{
    /// <summary>Rewrites what must stay for its place, deletes what need not. Returns how many records went.</summary>
    /// <param name="dataFolder">The monitor's folder.</param>
    /// <param name="subject">The person.</param>
    /// <param name="releasedOffset">Entries of the event log after this one are still needed for a restart, and stay.</param>
    public static int Erase(string dataFolder, string subject, long releasedOffset)
    {
        var erased = 0;
        erased += Edit(
            Path.Combine(dataFolder, MonitorParts.LogFile), "SELECT offset, payload FROM entries WHERE offset <= $upTo",
            "UPDATE entries SET payload = x'7b7d' WHERE offset = $id", releasedOffset,
                record => CaseEvidence.SubjectOf(record) == subject);
        // An audit event and a refused record are in their senders' words: any mention counts.
        erased += Edit(
            Path.Combine(dataFolder, AuditIndex.FileName), "SELECT number, body FROM audits WHERE number <= $upTo",
            "DELETE FROM names WHERE number = $id; DELETE FROM audits WHERE number = $id", long.MaxValue, Mentions);
        erased += Edit(
            Path.Combine(dataFolder, MonitorParts.DeadLettersFile), "SELECT number, payload FROM letters WHERE number <= $upTo",
            "UPDATE letters SET payload = x'' WHERE number = $id", long.MaxValue, Mentions);
        erased += Edit(
            Path.Combine(dataFolder, ObservedIndex.FileName), "SELECT number, body FROM disclosure WHERE number <= $upTo",
            "DELETE FROM disclosure WHERE number = $id", long.MaxValue,
            record => JsonSerializer.Deserialize<Disclosure>(record)?.Subject == subject);
        if (File.Exists(Path.Combine(dataFolder, EventArchive.FileName)))
        {
            using var archive = EventArchive.Open(Path.Combine(dataFolder, EventArchive.FileName), new EventArchiveOptions());
            erased += archive.Erase(subject);
        }
        return erased;

        bool Mentions(string record) => SubjectFiles.Mentions(record, subject);
    }

    /// <summary>Whether a record of the log is about a person, or is in its sender's words and mentions one.</summary>
    public static bool IsAbout(ReadOnlyMemory<byte> record, string subject)
    {
        var text = Encoding.UTF8.GetString(record.Span);
        return Mentions(text, subject) && (CaseEvidence.SubjectOf(text) == subject || AuditEventKeys.Of(record) is not null);
    }

    private static bool Mentions(string record, string subject) =>
        record.Contains(subject, StringComparison.Ordinal)
        || record.Contains(subject[(subject.IndexOf(':', StringComparison.Ordinal) + 1)..], StringComparison.Ordinal);

    private static int Edit(string path, string select, string edit, long upTo, Func<string, bool> isOf)
    {
        if (!File.Exists(path))
            return 0;
        using var connection = new SqliteFile(path).Open();
        Run(connection, null, "PRAGMA secure_delete=ON");
        var found = new List<long>();
        using (var command = Command(connection, null, select))
        {
            command.Parameters.AddWithValue("$upTo", upTo);
            using var row = command.ExecuteReader();
            while (row.Read())
            {
                if (isOf(row.GetValue(1) is string text ? text : Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(1))))
                    found.Add(row.GetInt64(0));
            }
        }
        using (var transaction = connection.BeginTransaction())
        {
            foreach (var id in found)
            {
                using var command = Command(connection, transaction, edit);
                command.Parameters.AddWithValue("$id", id);
                command.ExecuteNonQuery();
            }
            transaction.Commit();
        }
        Run(connection, null, "PRAGMA wal_checkpoint(TRUNCATE)");
        return found.Count;
    }

    private static void Run(SqliteConnection connection, SqliteTransaction? transaction, string statement)
    {
        using var command = Command(connection, transaction, statement);
        command.ExecuteScalar();
    }

    private static SqliteCommand Command(SqliteConnection connection, SqliteTransaction? transaction, string statement)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Statements are the constants above; values travel as parameters.
        command.CommandText = statement;
#pragma warning restore CA2100
        command.Transaction = transaction;
        return command;
    }
}

using Microsoft.Data.Sqlite;
using SentinelHealth.Ingest.Log;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>An answer as it was given.</summary>
internal sealed record KeptAnswer(int Status, string ContentType, byte[] Body);

/// <summary>What is known of a key.</summary>
/// <param name="Fingerprint">Of the request it came with first.</param>
/// <param name="Answer">What was answered; null while it is being worked on, or when the process ended meanwhile.</param>
internal sealed record KeyState(string Fingerprint, KeptAnswer? Answer);

/// <summary>Answers to orders that carried a key, so that an order sent again is not carried out again. Kept for a day.</summary>
internal sealed class AnswerStore : IDisposable
{
    public const string FileName = "answers.db";

    /// <summary>Keys that are kept; the oldest beyond it go (I7).</summary>
    public const int KeysMax = 100_000;

    public static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    private readonly SqliteConnection _connection;
    private readonly Lock _gate = new();

    public AnswerStore(string folder)
    {
        _connection = new SqliteFile(Path.Combine(folder, FileName)).OpenPrivate();
        Run("""
            CREATE TABLE IF NOT EXISTS answer (
                caller TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, at_ms INTEGER NOT NULL,
                status INTEGER, content_type TEXT, body BLOB, PRIMARY KEY (caller, key)) STRICT;
            CREATE INDEX IF NOT EXISTS answer_at ON answer (at_ms);
            """);
    }

    /// <summary>Takes a key for a request. Null when it was free; otherwise what is known of it.</summary>
    public KeyState? Take(string caller, string key, string fingerprint, DateTimeOffset now)
    {
        lock (_gate)
        {
            Run("DELETE FROM answer WHERE at_ms < $a", (now - Kept).ToUnixTimeMilliseconds());
            Run("DELETE FROM answer WHERE rowid IN (SELECT rowid FROM answer ORDER BY at_ms DESC LIMIT -1 OFFSET $a)", KeysMax);
            var isTaken = Run("INSERT INTO answer (caller, key, fingerprint, at_ms) VALUES ($a, $b, $c, $d) ON CONFLICT DO NOTHING",
                caller, key, fingerprint, now.ToUnixTimeMilliseconds()) == 1;
            return isTaken ? null : Find(caller, key);
        }
    }

    /// <summary>Keeps what was answered.</summary>
    public void Keep(string caller, string key, KeptAnswer answer) =>
        Run("UPDATE answer SET status = $c, content_type = $d, body = $e WHERE caller = $a AND key = $b",
            caller, key, answer.Status, answer.ContentType, answer.Body);

    /// <summary>Gives a key back: nothing was done under it.</summary>
    public void Release(string caller, string key) => Run("DELETE FROM answer WHERE caller = $a AND key = $b", caller, key);

    public void Dispose()
    {
        lock (_gate)
            _connection.Dispose();
    }

    private KeyState? Find(string caller, string key)
    {
        using var command = Command("SELECT fingerprint, status, content_type, body FROM answer WHERE caller = $a AND key = $b", [caller, key]);
        using var row = command.ExecuteReader();
        if (!row.Read())
            return null;
        return new KeyState(row.GetString(0),
            row.IsDBNull(1) ? null : new KeptAnswer(row.GetInt32(1), row.GetString(2), row.GetFieldValue<byte[]>(3)));
    }

    private int Run(string statement, params object[] values)
    {
        lock (_gate)
        {
            using var command = Command(statement, values);
            return command.ExecuteNonQuery();
        }
    }

    /// <summary>Parameters are $a, $b, … in order.</summary>
    private SqliteCommand Command(string statement, object[] values)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Every statement is a constant of this class; values go in as parameters.
        command.CommandText = statement;
#pragma warning restore CA2100
        for (var i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue("$" + (char)('a' + i), values[i]);
        return command;
    }
}

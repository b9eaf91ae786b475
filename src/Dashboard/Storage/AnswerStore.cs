using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>An answer as it was given.</summary>
internal sealed record KeptAnswer(int Status, string ContentType, byte[] Body);

/// <summary>What is known of a key.</summary>
/// <param name="Fingerprint">Of the request it came with first.</param>
/// <param name="Answer">What was answered; null while it is being worked on, or when the process ended meanwhile.</param>
internal sealed record KeyState(string Fingerprint, KeptAnswer? Answer);

/// <summary>Answers to orders that carried a key, so that an order sent again is not carried out again. Kept for a day.</summary>
internal sealed class AnswerStore(StoreEngine engine) : StoredTables(engine, Schema)
{
    public const string FileName = "answers.db";

    /// <summary>Keys that are kept; the oldest beyond it go (I7).</summary>
    public const int KeysMax = 100_000;

    public static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    private const string Tables = """
        CREATE TABLE version (version INTEGER NOT NULL) STRICT;
        CREATE TABLE answer (
            caller TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, at_ms INTEGER NOT NULL,
            status INTEGER, content_type TEXT, body BLOB, PRIMARY KEY (caller, key)) STRICT;
        CREATE INDEX answer_at ON answer (at_ms);
        """;

    /// <summary>In a file of the data folder.</summary>
    public AnswerStore(string folder) : this(SqliteEngine.OpenPrivate(new SqliteFile(Path.Combine(folder, FileName))))
    {
    }

    public static StoreSchema Schema { get; } = new("store of answers", 1, Tables, new Dictionary<int, Action<StoreSession>>())
    {
        Origin = new StoreOrigin("answer"),
    };

    /// <summary>Takes a key for a request. Null when it was free; otherwise what is known of it.</summary>
    public KeyState? Take(string caller, string key, string fingerprint, DateTimeOffset now) => Engine.Write(session =>
    {
        session.Execute("DELETE FROM answer WHERE at_ms < @a", Named((now - Kept).ToUnixTimeMilliseconds()));
        if (session.Execute(
            "INSERT INTO answer (caller, key, fingerprint, at_ms) VALUES (@a, @b, @c, @d) ON CONFLICT DO NOTHING",
            Named(caller, key, fingerprint, now.ToUnixTimeMilliseconds())) == 0)
            return Find(session, caller, key);
        session.Execute("""
            DELETE FROM answer WHERE at_ms <
                (SELECT at_ms FROM answer ORDER BY at_ms DESC LIMIT 1 OFFSET @a)
            """, Named(KeysMax - 1));
        return null;
    });

    /// <summary>Keeps what was answered.</summary>
    public void Keep(string caller, string key, KeptAnswer answer) =>
        Run("UPDATE answer SET status = @c, content_type = @d, body = @e WHERE caller = @a AND key = @b",
            caller, key, answer.Status, answer.ContentType, answer.Body);

    /// <summary>Gives a key back: nothing was done under it.</summary>
    public void Release(string caller, string key) => Run("DELETE FROM answer WHERE caller = @a AND key = @b", caller, key);

    private static KeyState? Find(StoreSession session, string caller, string key) => One(
        session, "SELECT fingerprint, status, content_type, body FROM answer WHERE caller = @a AND key = @b",
        row => new KeyState(row.GetString(0),
            row.IsDBNull(1) ? null : new KeptAnswer(row.GetInt32(1), row.GetString(2), row.GetFieldValue<byte[]>(3))),
        caller, key);
}

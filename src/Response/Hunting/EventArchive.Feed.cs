using System.Globalization;
using Microsoft.Data.Sqlite;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Hunting;

/// <summary>Events that are to be sent to a search engine next.</summary>
/// <param name="Block">The block they are of; null when they are loose.</param>
/// <param name="After">What had been sent before them.</param>
/// <param name="UpTo">What has been sent with them.</param>
/// <param name="Records">The records as received.</param>
internal sealed record FeedBatch(long? Block, long After, long UpTo, IReadOnlyList<ReadOnlyMemory<byte>> Records);

/// <summary>An event that a search engine would not take. Its record stays in the archive.</summary>
/// <param name="EventId">The event.</param>
/// <param name="At">When it was refused.</param>
/// <param name="Reason">Why, as the engine says, without what it quotes.</param>
public sealed record RefusedEvent(string EventId, DateTimeOffset At, string Reason);

/// <summary>How far a search engine has been told.</summary>
/// <param name="Waiting">Events that are yet to be sent.</param>
/// <param name="Erasures">Persons yet to be erased there.</param>
/// <param name="Refused">Events the engine would not take, ever.</param>
/// <param name="Forgotten">Events the archive let go of before they were sent, ever.</param>
public sealed record FeedStanding(long Waiting, long Erasures, long Refused, long Forgotten);

/// <summary>
/// What a search engine has not been told yet. Nothing is written twice for it: of loose events the number of the last one sent is kept,
/// and of blocks those that were not sent whole.
/// </summary>
public sealed partial class EventArchive
{
    /// <summary>Refused events that are told apart; older ones are only counted.</summary>
    public const int RefusedMax = 1_000;

    private const string WaitingSql = """
        SELECT (SELECT coalesce(sum(block.count), 0) FROM feed_due JOIN block ON block.number = feed_due.block)
            + (SELECT count(*) FROM tail WHERE number > (SELECT sent_to FROM feed))
        """;

    /// <summary>From now on it is kept what has been sent. The first time, everything is to be.</summary>
    internal void BeginFeed()
    {
        lock (_writing)
        {
            using var transaction = _writer.BeginTransaction();
            if (transaction.Execute("INSERT INTO feed VALUES (1, 0, 0, 0) ON CONFLICT DO NOTHING") > 0)
                transaction.Execute("INSERT INTO feed_due SELECT number, 0 FROM block WHERE true ON CONFLICT DO NOTHING");
            transaction.Commit();
        }
    }

    /// <summary>Everything is to be sent again: the engine has lost it.</summary>
    internal void RefillFeed()
    {
        BeginFeed();
        lock (_writing)
        {
            using var transaction = _writer.BeginTransaction();
            transaction.Execute("UPDATE feed SET sent_to = 0");
            transaction.Execute("INSERT INTO feed_due SELECT number, 0 FROM block WHERE true ON CONFLICT DO NOTHING");
            transaction.Commit();
        }
    }

    /// <summary>What is to be sent next, the oldest block first; null when nothing is.</summary>
    internal FeedBatch? NextFeed() => Read(connection =>
    {
        var sentTo = Scalar(connection, "SELECT sent_to FROM feed");
        using var due = connection.Statement(null, "SELECT block, up_to FROM feed_due ORDER BY block LIMIT 1");
        if (due.Rows(row => (Block: row.GetInt64(0), UpTo: row.GetInt64(1))) is [var (block, upTo)])
            return new FeedBatch(block, sentTo, upTo, Open(connection, block));
        using var loose = connection.Statement(
            null, "SELECT number, body FROM tail WHERE number > $after ORDER BY number LIMIT $max", ("$after", sentTo), ("$max", BlockEvents));
        var rows = loose.Rows(row => (Number: row.GetInt64(0), Body: row.GetFieldValue<byte[]>(1)));
        return rows.Count == 0 ? null
            : new FeedBatch(null, sentTo, rows[^1].Number, [.. rows.Select(row => (ReadOnlyMemory<byte>)row.Body)]);
    });

    /// <summary>A batch has been sent: all of it is in the engine or refused.</summary>
    internal void FeedSent(FeedBatch batch, IReadOnlyList<RefusedEvent> refused)
    {
        lock (_writing)
        {
            using var transaction = _writer.BeginTransaction();
            // What was sealed while it was on its way as loose events need not be sent again as a block.
            if (batch.Block is { } block)
                transaction.Execute("DELETE FROM feed_due WHERE block = $block", ("$block", block));
            else
                transaction.Execute("DELETE FROM feed_due WHERE up_to > $after AND up_to <= $upTo", ("$after", batch.After), ("$upTo", batch.UpTo));
            transaction.Execute(
                "UPDATE feed SET sent_to = max(sent_to, $upTo), refused = refused + $refused", ("$upTo", batch.UpTo), ("$refused", refused.Count));
            foreach (var item in refused.TakeLast(RefusedMax))
                transaction.Execute("INSERT INTO feed_refused (event_id, at_ms, reason) VALUES ($id, $at, $reason)",
                    ("$id", item.EventId), ("$at", item.At.ToUnixTimeMilliseconds()), ("$reason", item.Reason));
            transaction.Execute("DELETE FROM feed_refused WHERE number <= (SELECT max(number) FROM feed_refused) - $max", ("$max", RefusedMax));
            transaction.Commit();
        }
    }

    /// <summary>How far the engine has been told. O(loose events and blocks not sent).</summary>
    public FeedStanding FeedStanding() => Read(connection =>
    {
        using var command = connection.Statement(null, $"SELECT ({WaitingSql}), (SELECT count(*) FROM feed_erasure), refused, forgotten FROM feed");
        return command.Rows(row => new FeedStanding(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)))
            .FirstOrDefault() ?? new FeedStanding(0, 0, 0, 0);
    });

    /// <summary>Events the engine would not take, newest first.</summary>
    /// <param name="limit">At most so many.</param>
    public IReadOnlyList<RefusedEvent> RefusedByFeed(int limit) => Read(connection =>
    {
        using var command = connection.Statement(
            null, "SELECT event_id, at_ms, reason FROM feed_refused ORDER BY number DESC LIMIT $max", ("$max", Math.Clamp(limit, 1, RefusedMax)));
        return command.Rows(row => new RefusedEvent(
            row.GetString(0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)), row.GetString(2)));
    });

    /// <summary>Persons who were erased here and are yet to be in the engine.</summary>
    internal IReadOnlyList<string> FeedErasures() => Read(connection =>
    {
        using var command = connection.Statement(null, "SELECT subject FROM feed_erasure ORDER BY subject LIMIT 100");
        return command.Rows(row => row.GetString(0));
    });

    /// <summary>A person has been erased in the engine.</summary>
    internal void FeedErased(string subject)
    {
        lock (_writing)
        {
            Scalar(_writer, "PRAGMA secure_delete=ON");
            using var transaction = _writer.BeginTransaction();
            transaction.Execute("DELETE FROM feed_erasure WHERE subject = $subject", ("$subject", subject));
            transaction.Commit();
        }
    }

    /// <summary>A block that was just made holds events that have not been sent.</summary>
    private static void NoteUnsent(SqliteTransaction transaction, long upTo) => transaction.Execute(
        "INSERT INTO feed_due SELECT last_insert_rowid(), $upTo FROM feed WHERE sent_to < $upTo", ("$upTo", upTo));

    /// <summary>A block was written anew, or is empty.</summary>
    private static void MoveUnsent(SqliteTransaction transaction, long block, int kept) => transaction.Execute(
        kept > 0 ? "UPDATE feed_due SET block = (SELECT max(number) FROM block) WHERE block = $block" : "DELETE FROM feed_due WHERE block = $block",
        ("$block", block));

    private static void EraseFromFeed(SqliteTransaction transaction, string subject) => transaction.Execute(
        "INSERT INTO feed_erasure SELECT $subject FROM feed WHERE true ON CONFLICT DO NOTHING", ("$subject", subject));

    private static long UnsentInBlocks(SqliteTransaction transaction)
    {
        using var command = transaction.Connection!.Statement(
            transaction, "SELECT coalesce(sum(block.count), 0) FROM feed_due JOIN block ON block.number = feed_due.block");
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    /// <summary>Counts what went before it was sent, and lets go of its place.</summary>
    private static void ForgetUnsent(SqliteTransaction transaction, long before)
    {
        transaction.Execute("DELETE FROM feed_due WHERE block NOT IN (SELECT number FROM block)");
        transaction.Execute("UPDATE feed SET forgotten = forgotten + $count", ("$count", before - UnsentInBlocks(transaction)));
    }
}

namespace SentinelHealth.Response.Storage;

/// <summary>Something that changed and is to be told to others.</summary>
/// <param name="Number">Grows with each change.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Key">Its identifier.</param>
/// <param name="Body">Its JSON as stored at that moment.</param>
public sealed record OutgoingChange(long Number, OutgoingKind Kind, string Key, string Body);

/// <summary>What kinds of changes are told to others.</summary>
public enum OutgoingKind
{
    /// <summary>An alert, new or changed.</summary>
    Alert,

    /// <summary>An action that entered a state.</summary>
    Action,
}

/// <summary>The changes that wait to be told: written by the same transaction as what changed.</summary>
public sealed partial class SqliteCaseStore
{
    /// <summary>Changes kept while nobody takes them: about a gigabyte. Beyond it the oldest go; what they told stays in the store.</summary>
    private const int OutgoingMax = 1_000_000;

    private static readonly string OutgoingTables = $"""
        CREATE TABLE IF NOT EXISTS outgoing (
            number INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL) STRICT;
        CREATE TEMP TRIGGER IF NOT EXISTS alert_added AFTER INSERT ON main.alert BEGIN
            INSERT INTO outgoing (kind, key, body) VALUES ({(int)OutgoingKind.Alert}, new.id, new.body);
        END;
        CREATE TEMP TRIGGER IF NOT EXISTS alert_changed AFTER UPDATE OF body ON main.alert BEGIN
            INSERT INTO outgoing (kind, key, body) VALUES ({(int)OutgoingKind.Alert}, new.id, new.body);
        END;
        CREATE TEMP TRIGGER IF NOT EXISTS action_added AFTER INSERT ON main.action BEGIN
            INSERT INTO outgoing (kind, key, body) VALUES ({(int)OutgoingKind.Action}, new.key, new.body);
        END;
        CREATE TEMP TRIGGER IF NOT EXISTS action_changed AFTER UPDATE OF body ON main.action BEGIN
            INSERT INTO outgoing (kind, key, body) VALUES ({(int)OutgoingKind.Action}, new.key, new.body);
        END;
        CREATE TEMP TRIGGER IF NOT EXISTS outgoing_bound AFTER INSERT ON main.outgoing BEGIN
            DELETE FROM outgoing WHERE number <= new.number - {OutgoingMax};
        END;
        """;

    /// <summary>From now on every change of an alert or an action is kept for <see cref="OutgoingAsync"/>.</summary>
    public ValueTask KeepOutgoingAsync(CancellationToken cancel) => new(WriteAsync(
        transaction =>
        {
            using var command = transaction.Connection!.Statement(transaction, OutgoingTables);
            return command.ExecuteNonQuery();
        },
        cancel));

    /// <summary>The oldest changes that have not been told, in order.</summary>
    public ValueTask<IReadOnlyList<OutgoingChange>> OutgoingAsync(int changesMax, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<OutgoingChange>>(
            connection =>
            {
                using var command = connection.Statement(
                    null, "SELECT number, kind, key, body FROM outgoing ORDER BY number LIMIT $max", ("$max", Limit(changesMax)));
                return command.Rows(row => new OutgoingChange(
                    row.GetInt64(0), (OutgoingKind)row.GetInt32(1), row.GetString(2), row.GetString(3)));
            },
            cancel);

    /// <summary>Changes up to and including a number have been told.</summary>
    public ValueTask ForgetOutgoingAsync(long upTo, CancellationToken cancel) => new(WriteAsync(
        transaction => transaction.Execute("DELETE FROM outgoing WHERE number <= $upTo", ("$upTo", upTo)), cancel));
}

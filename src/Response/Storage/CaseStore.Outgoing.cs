using SentinelHealth.Response.Storage.Engines;

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
public sealed partial class CaseStore
{
    /// <summary>Changes kept while nobody takes them: about a gigabyte. Beyond it the oldest go; what they told stays in the store.</summary>
    private const int OutgoingMax = 1_000_000;

    private bool _keepsOutgoing;

    /// <summary>From now on every change of an alert or an action that is made here is kept for <see cref="OutgoingAsync"/>.</summary>
    /// <remarks>What another process changes in a shared store is kept if it was told so, too.</remarks>
    public void KeepOutgoing() => _keepsOutgoing = true;

    /// <summary>The oldest changes that have not been told, in order.</summary>
    public ValueTask<IReadOnlyList<OutgoingChange>> OutgoingAsync(int changesMax, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<OutgoingChange>>(
            connection =>
            {
                using var command = connection.Statement("SELECT number, kind, key, body FROM outgoing WHERE kind < @search ORDER BY number LIMIT @max",
                    ("@search", SearchKind), ("@max", Limit(changesMax)));
                return command.Rows(row => new OutgoingChange(
                    row.GetInt64(0), (OutgoingKind)row.GetInt32(1), row.GetString(2), row.GetString(3)));
            },
            cancel);

    /// <summary>Changes up to and including a number have been told.</summary>
    public ValueTask ForgetOutgoingAsync(long upTo, CancellationToken cancel) => new(WriteAsync(
        transaction => transaction.Execute("DELETE FROM outgoing WHERE kind < @search AND number <= @upTo", ("@search", SearchKind), ("@upTo", upTo)),
        cancel));

    private void TellAlerts(StoreSession transaction, IReadOnlyList<string> ids)
    {
        Tell(transaction, "INSERT INTO outgoing (kind, key, body) SELECT @kind, id, body FROM alert WHERE id = @key", OutgoingKind.Alert, ids);
        TellSearch(transaction, ids);
    }

    private void TellActions(StoreSession transaction, IEnumerable<string> keys) =>
        Tell(transaction, "INSERT INTO outgoing (kind, key, body) SELECT @kind, key, body FROM action WHERE key = @key", OutgoingKind.Action, keys);

    private void Tell(StoreSession transaction, string sql, OutgoingKind kind, IEnumerable<string> keys)
    {
        if (!_keepsOutgoing)
            return;
        transaction.PostEach(sql, keys, ("@kind", _ => (int)kind), ("@key", key => key));
        BoundOutgoing(transaction);
    }

    private static void BoundOutgoing(StoreSession transaction) => transaction.Post(
        "DELETE FROM outgoing WHERE number <= (SELECT max(number) FROM outgoing) - @max", ("@max", OutgoingMax));
}

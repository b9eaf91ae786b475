using SentinelHealth.Response.Storage.Engines;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Response.Storage;

/// <summary>An alert that changed, as it is now.</summary>
/// <param name="Number">Its last change's number: grows with each change of any alert.</param>
/// <param name="Alert">The alert and where people stand with it.</param>
internal sealed record SearchableAlert(long Number, TriagedAlert Alert);

/// <summary>Alerts that changed and are yet to be told to a search engine.</summary>
/// <param name="Items">The first of them, each once.</param>
/// <param name="Waiting">How many there are.</param>
internal sealed record SearchableAlerts(IReadOnlyList<SearchableAlert> Items, long Waiting);

/// <summary>Changes of alerts that wait for a search engine: beside those of <see cref="OutgoingAsync"/>, in the same table.</summary>
public sealed partial class CaseStore
{
    /// <summary>What is told to others ends below it.</summary>
    private const int SearchKind = 2;

    private bool _keepsSearchable;

    /// <summary>From now on every change of an alert or of its standing that is made here is kept for a search engine.</summary>
    internal void KeepSearchable() => _keepsSearchable = true;

    /// <summary>Every alert is to be told again.</summary>
    internal Task FillSearchableAsync(CancellationToken cancel) => WriteAsync(
        transaction =>
        {
            transaction.Execute("DELETE FROM outgoing WHERE kind = @kind", ("@kind", SearchKind));
            return transaction.Execute(
                "INSERT INTO outgoing (kind, key, body) SELECT @kind, id, '' FROM alert ORDER BY at, id", ("@kind", SearchKind));
        },
        cancel);

    /// <summary>Alerts that changed, in the order of their last changes.</summary>
    internal ValueTask<SearchableAlerts> SearchableAsync(int alertsMax, CancellationToken cancel) => ReadAsync(
        connection =>
        {
            using var count = connection.Statement("SELECT count(DISTINCT key) FROM outgoing WHERE kind = @kind", ("@kind", SearchKind));
            var waiting = Convert.ToInt64(count.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
            using var command = connection.Statement($"""
                SELECT {TriagedColumns}, changed.number FROM (
                    SELECT key, max(number) AS number FROM outgoing WHERE kind = @kind GROUP BY key ORDER BY max(number) LIMIT @max) AS changed
                JOIN alert ON alert.id = changed.key ORDER BY changed.number
                """,
                ("@kind", SearchKind), ("@max", Limit(alertsMax)));
            return new SearchableAlerts(command.Rows(row =>
                new SearchableAlert(row.GetInt64(row.FieldCount - 1), TriagedOf(row))), waiting);
        },
        cancel);

    /// <summary>Changes up to and including a number have been told to the engine.</summary>
    internal ValueTask ForgetSearchableAsync(long upTo, CancellationToken cancel) => new(WriteAsync(
        transaction => transaction.Execute("DELETE FROM outgoing WHERE kind = @kind AND number <= @upTo", ("@kind", SearchKind), ("@upTo", upTo)),
        cancel));

    private void TellSearch(StoreSession transaction, IEnumerable<string> ids)
    {
        if (!_keepsSearchable)
            return;
        transaction.PostEach(
            "INSERT INTO outgoing (kind, key, body) VALUES (@kind, @key, '')", ids, ("@kind", _ => SearchKind), ("@key", id => id));
        BoundOutgoing(transaction);
    }
}

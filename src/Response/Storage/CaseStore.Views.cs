using SentinelHealth.Response.Storage.Engines;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Response.Storage;

/// <summary>Views of the queue that people keep.</summary>
public sealed partial class CaseStore
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<QueueView>> ViewsAsync(string person, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<QueueView>>(
            connection =>
            {
                using var command = connection.Statement("""
                    SELECT v.owner, v.name, v.address, v.by, v.at, CASE WHEN d.person IS NULL THEN 0 ELSE 1 END
                    FROM queue_view v LEFT JOIN queue_default d ON d.person = @person AND d.owner = v.owner AND d.name = v.name
                    WHERE v.owner = @own OR substr(v.owner, 1, 7) = 'shared:' ORDER BY v.name, v.owner LIMIT @limit
                    """,
                    ("@person", person), ("@own", QueueView.OwnOf(person)), ("@limit", PageMax));
                return command.Rows(row => new QueueView(
                    row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3),
                    new DateTimeOffset(row.GetInt64(4), TimeSpan.Zero))
                {
                    IsDefault = row.GetInt32(5) != 0,
                });
            },
            cancel);

    /// <inheritdoc/>
    public ValueTask<bool> SaveViewAsync(QueueView view, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(view);
        return new(WriteAsync(
            transaction => transaction.Execute(
                """
                INSERT INTO queue_view SELECT @owner, @name, @address, @by, @at WHERE
                    (SELECT count(*) FROM queue_view WHERE owner = @owner AND name <> @name) < @max
                ON CONFLICT (owner, name) DO UPDATE SET address = @address, by = @by, at = @at
                """,
                ("@owner", view.Owner), ("@name", view.Name), ("@address", view.Address), ("@by", view.By),
                ("@at", view.At.UtcTicks), ("@max", QueueView.ViewsMax)) > 0,
            cancel));
    }

    /// <inheritdoc/>
    public ValueTask<bool> RenameViewAsync(string owner, string name, string newName, CancellationToken cancel) => new(WriteAsync(
        transaction =>
        {
            var isRenamed = transaction.Execute(
                """
                UPDATE queue_view SET name = @to WHERE owner = @owner AND name = @name
                    AND NOT EXISTS (SELECT 1 FROM queue_view WHERE owner = @owner AND name = @to)
                """,
                ("@owner", owner), ("@name", name), ("@to", newName)) > 0;
            if (isRenamed)
                transaction.Execute("UPDATE queue_default SET name = @to WHERE owner = @owner AND name = @name",
                    ("@owner", owner), ("@name", name), ("@to", newName));
            return isRenamed;
        },
        cancel));

    /// <inheritdoc/>
    public ValueTask<bool> DropViewAsync(string owner, string name, CancellationToken cancel) => new(WriteAsync(
        transaction =>
        {
            transaction.Execute("DELETE FROM queue_default WHERE owner = @owner AND name = @name", ("@owner", owner), ("@name", name));
            return transaction.Execute(
                "DELETE FROM queue_view WHERE owner = @owner AND name = @name", ("@owner", owner), ("@name", name)) > 0;
        },
        cancel));

    /// <inheritdoc/>
    public ValueTask<bool> SetDefaultViewAsync(
        string person, string owner, string name, CancellationToken cancel) => new(WriteAsync(
        transaction =>
        {
            if (name.Length == 0)
            {
                transaction.Execute("DELETE FROM queue_default WHERE person = @person", ("@person", person));
                return true;
            }
            return transaction.Execute(
                """
                INSERT INTO queue_default SELECT @person, owner, name FROM queue_view WHERE owner = @owner AND name = @name
                ON CONFLICT (person) DO UPDATE SET owner = excluded.owner, name = excluded.name
                """,
                ("@person", person), ("@owner", owner), ("@name", name)) > 0;
        },
        cancel));
}

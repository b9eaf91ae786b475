using System.Data.Common;
using SentinelHealth.Response.Notifications;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Response.Storage;

/// <summary>The outbox of notices.</summary>
public sealed partial class CaseStore : INoticeStore
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredNotice>> DueNoticesAsync(DateTimeOffset now, int limit, CancellationToken cancel) =>
        NoticesWhereAsync("state = 'Waiting' AND due_at <= @now ORDER BY due_at, id", limit, ("@now", now.UtcTicks), cancel);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredNotice>> NoticesAsync(NoticeState state, int limit, CancellationToken cancel) =>
        NoticesWhereAsync("state = @state ORDER BY created_at DESC, id", limit, ("@state", state.ToString()), cancel);

    /// <inheritdoc/>
    public ValueTask ConcludeNoticeAsync(StoredNotice notice, DateTimeOffset? dueAt, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(notice);
        return new(WriteAsync(
            transaction => transaction.Execute(
                "UPDATE notice SET state = @state, attempts = @attempts, detail = @detail, due_at = @due WHERE id = @id",
                ("@state", notice.State.ToString()), ("@attempts", notice.Attempts), ("@detail", notice.Detail),
                ("@due", dueAt?.UtcTicks), ("@id", notice.Notice.Id)),
            cancel));
    }

    /// <inheritdoc/>
    public ValueTask<bool> RetryNoticeAsync(string id, DateTimeOffset now, CancellationToken cancel) => new(WriteAsync(
        transaction => transaction.Execute(
            "UPDATE notice SET state = 'Waiting', attempts = 0, due_at = @now WHERE id = @id AND state = 'Dead'",
            ("@now", now.UtcTicks), ("@id", id)) == 1,
        cancel));

    /// <summary>Puts a notice into the outbox; one with the same identifier stays as it is.</summary>
    public ValueTask AddNoticeAsync(PlannedNotice notice, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(notice);
        return new(WriteAsync(
            transaction =>
            {
                CaseWriter.WriteNotice(transaction, notice);
                return 0;
            },
            cancel));
    }

    private ValueTask<IReadOnlyList<StoredNotice>> NoticesWhereAsync(
        string where, int limit, (string Name, object? Value) parameter, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<StoredNotice>>(
            connection =>
            {
                using var command = connection.Statement($"SELECT body, state, attempts, detail FROM notice WHERE {where} LIMIT @limit",
                    parameter, ("@limit", Limit(limit)));
                return command.Rows(NoticeOf);
            },
            cancel);

    private static StoredNotice NoticeOf(DbDataReader row) => new(
        From<PlannedNotice>(row.GetString(0)), Enum.Parse<NoticeState>(row.GetString(1)), row.GetInt32(2), row.GetString(3));
}

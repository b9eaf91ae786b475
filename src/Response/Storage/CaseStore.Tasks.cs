using System.Data.Common;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Response.Storage;

/// <summary>What people owe.</summary>
public sealed partial class CaseStore : ITaskStore
{
    private const string TaskColumns =
        "id, incident_id, kind, title, requested_by, requested_at, due_at, outcome, concluded_by, concluded_at, note";

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<CaseTask>> TasksAsync(CaseTaskFilter filter, int limit, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return ReadAsync<IReadOnlyList<CaseTask>>(
            connection =>
            {
                using var command = connection.Statement($"""
                    SELECT {TaskColumns} FROM task
                    WHERE (CAST(@incident AS TEXT) IS NULL OR incident_id = @incident)
                        AND (CAST(@case AS TEXT) IS NULL OR {OfCase})
                        AND (CAST(@open AS BIGINT) IS NULL OR CASE WHEN outcome IS NULL THEN 1 ELSE 0 END = @open)
                    ORDER BY outcome IS NOT NULL, CASE WHEN outcome IS NULL THEN due_at ELSE -concluded_at END, id LIMIT @limit
                    """,
                    ("@incident", filter.IncidentId), ("@case", filter.CaseId), ("@open", filter.IsOpen is { } isOpen ? isOpen ? 1 : 0 : null),
                    ("@limit", Limit(limit)));
                return command.Rows(TaskOf);
            },
            cancel);
    }

    /// <inheritdoc/>
    public ValueTask<CaseTask?> TaskAsync(string id, CancellationToken cancel) => ReadAsync(
        connection =>
        {
            using var command = connection.Statement($"SELECT {TaskColumns} FROM task WHERE id = @id", ("@id", id));
            return command.Rows(TaskOf).FirstOrDefault();
        },
        cancel);

    /// <inheritdoc/>
    public ValueTask<bool> ConcludeTaskAsync(
        string id, CaseTaskOutcome outcome, string concludedBy, DateTimeOffset at, string note, CancellationToken cancel) =>
        new(WriteAsync(
            transaction =>
            {
                var isConcluded = transaction.Execute(
                    """
                    UPDATE task SET outcome = @outcome, concluded_by = @by, concluded_at = @at, note = @note
                    WHERE id = @id AND outcome IS NULL
                    """,
                    ("@outcome", outcome.ToString()), ("@by", concludedBy), ("@at", at.UtcTicks), ("@note", note),
                        ("@id", id)) == 1;
                if (isConcluded)
                    EnterAct(transaction, new PersonAct(id, concludedBy, outcome.ToString().ToLowerInvariant(), note, at)
                    {
                        IncidentId = IncidentOfTask(transaction, id),
                    });
                return isConcluded;
            },
            cancel));

    private static string IncidentOfTask(StoreSession transaction, string id)
    {
        using var command = transaction.Statement("SELECT incident_id FROM task WHERE id = @id",
            ("@id", id));
        return command.ExecuteScalar() as string ?? "";
    }

    /// <summary>Reviews of emergency access, open and ended, most urgent first.</summary>
    public ValueTask<IReadOnlyList<ReviewRequest>> ReviewsAsync(int limit, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<ReviewRequest>>(
            connection =>
            {
                using var command = connection.Statement($"SELECT {TaskColumns} FROM task WHERE kind = 'Review' ORDER BY due_at LIMIT @limit", ("@limit", Limit(limit)));
                return [.. command.Rows(TaskOf)
                    .Select(task => new ReviewRequest(task.IncidentId, task.RequestedAt, task.DueAt, task.Title))];
            },
            cancel);

    private static CaseTask TaskOf(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        IncidentId = row.GetString(1),
        Kind = Enum.Parse<CaseTaskKind>(row.GetString(2)),
        Title = row.GetString(3),
        RequestedBy = row.GetString(4),
        RequestedAt = new DateTimeOffset(row.GetInt64(5), TimeSpan.Zero),
        DueAt = new DateTimeOffset(row.GetInt64(6), TimeSpan.Zero),
        Outcome = row.IsDBNull(7) ? null : Enum.Parse<CaseTaskOutcome>(row.GetString(7)),
        ConcludedBy = row.GetString(8),
        ConcludedAt = row.IsDBNull(9) ? null : new DateTimeOffset(row.GetInt64(9), TimeSpan.Zero),
        Note = row.GetString(10),
    };
}

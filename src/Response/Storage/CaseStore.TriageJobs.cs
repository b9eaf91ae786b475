using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Queries;
using SentinelHealth.Response.Triage;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Response.Storage;

/// <summary>What came of one alert of a job.</summary>
/// <param name="Number">Its place in the job, from 1.</param>
/// <param name="AlertId">The alert.</param>
/// <param name="Outcome">What came of it; null while it waits.</param>
public sealed record TriageJobItem(long Number, string AlertId, TriageOutcome? Outcome);

/// <summary>Orders over many alerts: the list is fixed at once, worked off in small transactions, and survives a restart in between.</summary>
public sealed partial class CaseStore
{
    /// <summary>Most alerts one job takes.</summary>
    public const long JobAlertsMax = 1_000_000;

    private const int JobStepAlerts = 500;

    /// <inheritdoc/>
    public async ValueTask<TriageJob> OpenJobAsync(TriageJob job, QueryNode query, OrderBounds bounds, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(job);
        var (where, parameters) = AlertQuerySql.Of(query, _engine.Dialect);
        return await WriteAsync(
            transaction =>
            {
                var count = transaction.Execute(
                    $"""
                    INSERT INTO triage_job_item (job_id, number, alert_id)
                    SELECT @job, row_number() OVER (ORDER BY at DESC, id DESC), id FROM alert WHERE rowid <= @through AND {where}
                    LIMIT @max
                    """,
                    [.. parameters, ("@job", job.Id), ("@through", bounds.Through), ("@max", JobAlertsMax + 1)]);
                if (count > JobAlertsMax)
                    throw new ArgumentException($"One order takes at most {JobAlertsMax:N0} alerts.");
                if (bounds.ExpectedCount is { } expected && expected != count)
                    throw new ArgumentException(
                        $"{count:N0} alerts match now, not {expected:N0}. Look again, then order again.");
                return Insert(transaction, job with { TotalCount = count });
            },
            cancel);
    }

    /// <inheritdoc/>
    public async ValueTask<TriageJob> OpenUndoAsync(TriageJob undo, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(undo);
        return await WriteAsync(
            transaction =>
            {
                var count = transaction.Execute(
                    """
                    INSERT INTO triage_job_item (job_id, number, alert_id, before, revision)
                    SELECT @job, row_number() OVER (ORDER BY number), alert_id, before, revision FROM triage_job_item
                    WHERE job_id = @undone AND outcome = @changed
                    """,
                    ("@job", undo.Id), ("@undone", undo.Undoes), ("@changed", nameof(TriageOutcome.Changed)));
                return Insert(transaction, undo with { TotalCount = count });
            },
            cancel);
    }

    /// <inheritdoc/>
    public async ValueTask<TriageJob?> StepJobAsync(string id, DateTimeOffset at, CancellationToken cancel)
    {
        var job = await WriteAsync(
            transaction =>
            {
                if (FindJob(transaction, id) is not { State: TriageJobState.Running } found)
                    return FindJob(transaction, id);
                var drafts = new List<EvidenceDraft>();
                var items = Waiting(transaction, id);
                var changed = items.Count(item => Work(transaction, found, item, at, drafts) == TriageOutcome.Changed);
                EnterAll(transaction, drafts);
                TellSearch(transaction, [.. items.Select(item => item.AlertId)]);
                return Update(transaction, found with
                {
                    DoneCount = found.DoneCount + items.Count,
                    ChangedCount = found.ChangedCount + changed,
                    State = items.Count < JobStepAlerts ? TriageJobState.Done : TriageJobState.Running,
                });
            },
            cancel);
        EvidenceEntered?.Invoke();
        return job;
    }

    /// <inheritdoc/>
    public ValueTask<TriageJob?> CancelJobAsync(string id, CancellationToken cancel) => new(WriteAsync(
        transaction => FindJob(transaction, id) is { State: TriageJobState.Running } found
            ? Update(transaction, found with { State = TriageJobState.Cancelled }) : FindJob(transaction, id),
        cancel));

    /// <inheritdoc/>
    public ValueTask<TriageJob?> JobAsync(string id, CancellationToken cancel) =>
        OneAsync<TriageJob>("triage_job", "id", id, cancel);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<TriageJob>> JobsAsync(TriageJobState? state, int limit, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<TriageJob>>(
            connection =>
            {
                using var command = connection.Statement("SELECT body FROM triage_job WHERE CAST(@state AS TEXT) IS NULL OR state = @state ORDER BY at DESC, id DESC LIMIT @limit",
                    ("@state", state?.ToString()), ("@limit", Limit(limit)));
                return command.Rows(Body<TriageJob>);
            },
            cancel);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<TriageJobItem>> JobItemsAsync(string id, long after, int limit, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<TriageJobItem>>(
            connection =>
            {
                using var command = connection.Statement("SELECT number, alert_id, outcome FROM triage_job_item WHERE job_id = @id AND number > @after ORDER BY number LIMIT @limit",
                    ("@id", id), ("@after", after), ("@limit", Limit(limit)));
                return command.Rows(row => new TriageJobItem(
                    row.GetInt64(0), row.GetString(1), row.IsDBNull(2) ? null : Enum.Parse<TriageOutcome>(row.GetString(2))));
            },
            cancel);

    private static TriageOutcome Work(
        StoreSession transaction, TriageJob job, JobItem item, DateTimeOffset at, List<EvidenceDraft> drafts)
    {
        var change = item.Before is { } before
            ? Restore(transaction, item, before, (job.By, at), drafts)
            : Change(transaction, item.AlertId, job.Change!, (job.By, at), drafts);
        transaction.Execute(
            "UPDATE triage_job_item SET outcome = @outcome, before = @before, revision = @revision WHERE job_id = @job AND number = @number",
            ("@outcome", change.Outcome.ToString()), ("@before", change.Before is { } was ? CaseWriter.Json(was) : null),
            ("@revision", change.After?.Revision), ("@job", job.Id), ("@number", item.Number));
        return change.Outcome;
    }

    /// <summary>Takes a change back if nobody has touched the alert since.</summary>
    private static (TriageOutcome Outcome, AlertStanding? Before, AlertStanding? After) Restore(
        StoreSession transaction, JobItem item, AlertStanding before, (string By, DateTimeOffset At) person,
        List<EvidenceDraft> drafts)
    {
        if (FindStanding(transaction, item.AlertId) is not { } found)
            return (TriageOutcome.Missing, null, null);
        if (found.Standing.Revision != item.Revision)
            return (TriageOutcome.Moved, found.Standing, null);
        // Notes stay: what was said was said.
        var after = before with
        {
            NoteCount = found.Standing.NoteCount,
            Revision = found.Standing.Revision + 1,
            ChangedBy = person.By,
            ChangedAt = person.At,
        };
        Store(transaction, item.AlertId, found.Standing, after, "");
        drafts.Add(ActOf(item.AlertId, found.IncidentId, found.Standing, after, "", "triage undone"));
        return (TriageOutcome.Changed, found.Standing, after);
    }

    private static List<JobItem> Waiting(StoreSession transaction, string jobId)
    {
        using var command = transaction.Statement("SELECT number, alert_id, before, revision FROM triage_job_item WHERE job_id = @id AND outcome IS NULL ORDER BY number LIMIT @max",
            ("@id", jobId), ("@max", JobStepAlerts));
        return command.Rows(row => new JobItem(
            row.GetInt64(0), row.GetString(1), row.IsDBNull(2) ? null : From<AlertStanding>(row.GetString(2)),
            row.IsDBNull(3) ? 0 : row.GetInt64(3)));
    }

    private static TriageJob? FindJob(StoreSession transaction, string id)
    {
        using var command = transaction.Statement("SELECT body FROM triage_job WHERE id = @id", ("@id", id));
        return command.ExecuteScalar() is string body ? From<TriageJob>(body) : null;
    }

    private static TriageJob Insert(StoreSession transaction, TriageJob job)
    {
        transaction.Execute(
            "INSERT INTO triage_job VALUES (@id, @at, @state, @body)",
            ("@id", job.Id), ("@at", job.At.UtcTicks), ("@state", job.State.ToString()), ("@body", CaseWriter.Json(job)));
        return job;
    }

    private static TriageJob Update(StoreSession transaction, TriageJob job)
    {
        transaction.Execute(
            "UPDATE triage_job SET state = @state, body = @body WHERE id = @id",
            ("@id", job.Id), ("@state", job.State.ToString()), ("@body", CaseWriter.Json(job)));
        return job;
    }

    private sealed record JobItem(long Number, string AlertId, AlertStanding? Before, long Revision);
}

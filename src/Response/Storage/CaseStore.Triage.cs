using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Triage;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Response.Storage;

/// <summary>What people do with alerts: each change with its history and its evidence in one transaction.</summary>
public sealed partial class CaseStore : ITriageStore
{
    private const int ChangesMax = 1_000;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<TriageResult>> ChangeAsync(
        IReadOnlyList<string> alertIds, TriageChange change, string by, DateTimeOffset at, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(alertIds);
        ArgumentNullException.ThrowIfNull(change);
        if (alertIds.Count > ChangesMax)
            throw new ArgumentException($"At most {ChangesMax} alerts at once.", nameof(alertIds));
        if (change.Fault() is { } fault)
            throw new ArgumentException(fault, nameof(change));
        var results = await WriteAsync<IReadOnlyList<TriageResult>>(
            transaction =>
            {
                var drafts = new List<EvidenceDraft>();
                var results = alertIds.Distinct(StringComparer.Ordinal)
                    .Select(id => new TriageResult(id, Change(transaction, id, change, (by, at), drafts).Outcome)).ToList();
                EnterAll(transaction, drafts);
                TellSearch(transaction,
                    [.. results.Where(result => result.Outcome == TriageOutcome.Changed).Select(result => result.AlertId)]);
                return results;
            },
            cancel);
        EvidenceEntered?.Invoke();
        return results;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StandingChange>> StandingChangesAsync(string alertId, int limit, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<StandingChange>>(
            connection =>
            {
                using var command = connection.Statement("SELECT at, by, before, after, note FROM standing_change WHERE alert_id = @id ORDER BY number LIMIT @limit",
                    ("@id", alertId), ("@limit", Limit(limit)));
                return command.Rows(row => new StandingChange(
                    new DateTimeOffset(row.GetInt64(0), TimeSpan.Zero), row.GetString(1), From<AlertStanding>(row.GetString(2)),
                    From<AlertStanding>(row.GetString(3)), row.GetString(4)));
            },
            cancel);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AlertDecision>> DecisionsAsync(long after, int limit, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<AlertDecision>>(
            connection =>
            {
                using var command = connection.Statement("""
                    SELECT number, alert_id, disposition FROM standing_change
                    WHERE disposition IS NOT NULL AND number > @after ORDER BY number LIMIT @limit
                    """,
                    ("@after", after), ("@limit", Limit(limit)));
                return command.Rows(row => new AlertDecision(row.GetInt64(0), row.GetString(1), (Disposition)row.GetInt32(2)));
            },
            cancel);

    /// <summary>The place behind which are the latest so many decisions.</summary>
    public ValueTask<long> DecisionBeforeLatestAsync(int count, CancellationToken cancel) => ReadAsync(
        connection =>
        {
            using var command = connection.Statement("SELECT number FROM standing_change WHERE disposition IS NOT NULL ORDER BY number DESC LIMIT 1 OFFSET @count",
                ("@count", count));
            return command.ExecuteScalar() is long number ? number : 0;
        },
        cancel);

    /// <summary>Changes one alert; says what it was before and what it is now when it was changed.</summary>
    private static (TriageOutcome Outcome, AlertStanding? Before, AlertStanding? After) Change(
        StoreSession transaction, string alertId, TriageChange change, (string By, DateTimeOffset At) person,
        List<EvidenceDraft> drafts)
    {
        if (FindStanding(transaction, alertId) is not { } found)
            return (TriageOutcome.Missing, null, null);
        if (change.Apply(found.Standing, person.By, person.At) is not { } after)
            return (TriageOutcome.Same, found.Standing, null);
        Store(transaction, alertId, found.Standing, after, change.Note.Trim());
        drafts.Add(ActOf(alertId, found.IncidentId, found.Standing, after, change.Note.Trim(), "triage"));
        return (TriageOutcome.Changed, found.Standing, after);
    }

    private static EvidenceDraft ActOf(
        string alertId, string incidentId, AlertStanding before, AlertStanding after, string note, string act) =>
        CaseEvidence.Act(
            EvidenceKind.Analyst, alertId, after.ChangedAt!.Value,
            new { act, alertId, by = after.ChangedBy, before, after, note }) with
        {
            IncidentId = incidentId,
        };

    private static void Store(
        StoreSession transaction, string alertId, AlertStanding before, AlertStanding after, string note)
    {
        transaction.Execute(
            """
            UPDATE alert SET status = @status, assignee = @assignee, close_reason = @reason, suppression = @suppression, notes = @notes,
                revision = @revision, changed_by = @by, changed_at = @at WHERE id = @id
            """,
            ("@id", alertId), ("@status", (int)after.Status), ("@assignee", after.Assignee), ("@reason", (int?)after.CloseReason),
            ("@suppression", after.SuppressionId), ("@notes", after.NoteCount), ("@revision", after.Revision), ("@by", after.ChangedBy),
            ("@at", after.ChangedAt!.Value.UtcTicks));
        var (was, found) = (CloseReasons.DispositionOf(before.CloseReason), CloseReasons.DispositionOf(after.CloseReason));
        transaction.Execute(
            """
            INSERT INTO standing_change (alert_id, at, by, before, after, note, disposition)
            VALUES (@id, @at, @by, @before, @after, @note, @disposition)
            """,
            ("@id", alertId), ("@at", after.ChangedAt.Value.UtcTicks), ("@by", after.ChangedBy), ("@before", CaseWriter.Json(before)),
            ("@after", CaseWriter.Json(after)), ("@note", note), ("@disposition", was == found ? null : (int)found));
    }

    private static (AlertStanding Standing, string IncidentId)? FindStanding(StoreSession transaction, string alertId)
    {
        using var command = transaction.Statement($"SELECT alert.incident_id, {StandingColumns} FROM alert WHERE id = @id", ("@id", alertId));
        using var row = command.ExecuteReader();
        return row.Read() ? (StandingOf(row, 1), row.GetString(0)) : null;
    }

    private void EnterAll(StoreSession transaction, IReadOnlyList<EvidenceDraft> drafts)
    {
        if (_evidence is { } intake)
            Enter(transaction, intake.Seal(drafts));
    }
}

using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Queries;
using SentinelHealth.Response.Triage;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Response.Storage;

/// <summary>What is kept out of the queue, applied to new alerts in the transaction that stores them.</summary>
public sealed partial class CaseStore
{
    /// <summary>Most suppressions that may be live at once: each is tried on every new alert.</summary>
    public const int SuppressionsMax = 200;

    private readonly Dictionary<string, Func<TriagedAlert, bool>> _compiled = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Suppression>> SuppressionsAsync(DateTimeOffset? liveAt, int limit, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<Suppression>>(
            connection =>
            {
                using var command = connection.Statement("""
                    SELECT body, hidden FROM suppression WHERE CAST(@now AS BIGINT) IS NULL OR (ended_at IS NULL AND expires_at > @now)
                    ORDER BY at DESC, id DESC LIMIT @limit
                    """,
                    ("@now", liveAt?.UtcTicks), ("@limit", Limit(limit)));
                return command.Rows(row => From<Suppression>(row.GetString(0)) with { HiddenCount = row.GetInt64(1) });
            },
            cancel);

    /// <inheritdoc/>
    public async ValueTask<bool> AddSuppressionAsync(Suppression suppression, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(suppression);
        var isAdded = await WriteAsync(
            transaction =>
            {
                var count = transaction.Execute(
                    """
                    INSERT INTO suppression SELECT @id, @at, @expires, NULL, 0, @body WHERE
                        (SELECT count(*) FROM suppression WHERE ended_at IS NULL AND expires_at > @at) < @max
                    """,
                    ("@id", suppression.Id), ("@at", suppression.At.UtcTicks), ("@expires", suppression.ExpiresAt.UtcTicks),
                    ("@body", CaseWriter.Json(suppression)), ("@max", SuppressionsMax));
                if (count > 0)
                    EnterAll(transaction, [CaseEvidence.Act(EvidenceKind.Analyst, suppression.Id, suppression.At, new { act = "suppress", suppression })]);
                return count > 0;
            },
            cancel);
        EvidenceEntered?.Invoke();
        return isAdded;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> EndSuppressionAsync(string id, string by, DateTimeOffset at, CancellationToken cancel)
    {
        var isEnded = await WriteAsync(
            transaction =>
            {
                using var find = transaction.Statement("SELECT body FROM suppression WHERE id = @id AND ended_at IS NULL", ("@id", id));
                if (find.ExecuteScalar() is not string body)
                    return false;
                var ended = From<Suppression>(body) with { EndedBy = by, EndedAt = at };
                transaction.Execute(
                    "UPDATE suppression SET ended_at = @at, body = @body WHERE id = @id",
                    ("@at", at.UtcTicks), ("@body", CaseWriter.Json(ended)), ("@id", id));
                EnterAll(transaction, [CaseEvidence.Act(EvidenceKind.Analyst, id, at, new { act = "unsuppress", id, by })]);
                return true;
            },
            cancel);
        EvidenceEntered?.Invoke();
        return isEnded;
    }

    /// <summary>Those of a commit's alerts that are not stored yet: only they are tried against suppressions.</summary>
    private static HashSet<string> NewAmong(StoreSession transaction, IReadOnlyList<Alert> alerts)
    {
        using var live = transaction.Statement("SELECT 1 FROM suppression WHERE ended_at IS NULL LIMIT 1");
        if (alerts.Count == 0 || live.ExecuteScalar() is null)
            return [];
        var unseen = alerts.Select(alert => alert.Id).ToHashSet(StringComparer.Ordinal);
        unseen.RemoveWhere(id => FindStanding(transaction, id) is not null);
        return unseen;
    }

    /// <summary>
    /// Hides those of a commit's new alerts that a live suppression finds. An alert is tried once, when it is new: one that has stood in
    /// the queue does not vanish from it because it was scored again.
    /// </summary>
    private void Suppress(StoreSession transaction, IReadOnlyList<Alert> alerts, HashSet<string> unseen)
    {
        if (unseen.Count == 0)
            return;
        using var command = transaction.Statement("SELECT body FROM suppression WHERE ended_at IS NULL");
        var suppressions = command.Rows(Body<Suppression>);
        if (suppressions.Count == 0)
            return;
        // Of several versions in one commit the last is the one that stands.
        foreach (var alert in alerts.Reverse().Where(alert => unseen.Remove(alert.Id) && alert.Severity != Severity.Critical))
        {
            var triaged = new TriagedAlert(alert, AlertStanding.Untouched) { IncidentId = CaseOf(transaction, alert.Id) };
            if (suppressions.Find(live => live.ExpiresAt > alert.At && Finds(live, triaged)) is not { } hiding)
                continue;
            transaction.Execute("UPDATE alert SET suppression = @by WHERE id = @id", ("@by", hiding.Id), ("@id", alert.Id));
            transaction.Execute("UPDATE suppression SET hidden = hidden + 1 WHERE id = @id", ("@id", hiding.Id));
        }
    }

    private bool Finds(Suppression suppression, TriagedAlert alert)
    {
        if (!_compiled.TryGetValue(suppression.Id, out var fits))
        {
            if (_compiled.Count >= 2 * SuppressionsMax)
                _compiled.Clear();
            _compiled[suppression.Id] = fits = Compile(suppression);
        }
        return fits(alert);
    }

    private static Func<TriagedAlert, bool> Compile(Suppression suppression)
    {
        // A query that no longer reads, after an update of the program, hides nothing.
        if (QueryParser.Read(suppression.Query, AlertFields.Schema, suppression.At).Node is not { } query)
            return _ => false;
        return AlertFields.Reader.Compile(suppression.Organizations.Count == 0
            ? query : new TriageFence(suppression.Organizations, suppression.NodeIds).Inside(query));
    }
}

using System.Data.Common;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Storage.Engines;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Response.Storage;

/// <summary>Where people put incidents, and what is shown because of it. Detection's own columns and bodies are read here and never written.</summary>
public sealed partial class CaseStore
{
    /// <summary>What an incident looks like with everything that is shown in it.</summary>
    private const string ShownBody = "coalesce(shown_body, body)";

    /// <summary>Rows about an incident or about one that is shown in it.</summary>
    private const string OfCase =
        "(incident_id = @case OR incident_id IN (SELECT id FROM incident WHERE head_id <> '' AND head_id = @case))";

    /// <summary>An incident's own alerts, wherever they are shown.</summary>
    private const string OfPart = "((split_id = '' AND incident_id = @part) OR (split_id <> '' AND split_id = @part))";

    private const string PlaceColumns = "id, head_id, merged_into, split_from, notes, revision, changed_by, changed_at, body";

    /// <inheritdoc/>
    public ValueTask<IncidentPlace?> PlaceAsync(string incidentId, CancellationToken cancel) => ReadAsync(
        connection => FindPlace(connection, incidentId) is { } found ? PlaceOf(connection, found) : null, cancel);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, string>> HeadsAsync(int limit, CancellationToken cancel) =>
        ReadAsync<IReadOnlyDictionary<string, string>>(
            connection =>
            {
                using var command = connection.Statement(
                    "SELECT id, head_id FROM incident WHERE head_id <> '' ORDER BY changed_at DESC, id LIMIT @limit",
                    ("@limit", Limit(limit)));
                return command.Rows(row => (Id: row.GetString(0), Head: row.GetString(1)))
                    .ToDictionary(row => row.Id, row => row.Head, StringComparer.Ordinal);
            },
            cancel);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<IncidentChange>> IncidentChangesAsync(
        string incidentId, int limit, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<IncidentChange>>(
            connection =>
            {
                using var command = connection.Statement($"""
                    SELECT at, by, act, incident_id, other_id, said, alerts FROM incident_change WHERE {OfCase}
                    ORDER BY number DESC LIMIT @limit
                    """,
                    ("@case", incidentId), ("@limit", Limit(limit)));
                var latest = command.Rows(row => new IncidentChange(
                    new DateTimeOffset(row.GetInt64(0), TimeSpan.Zero), row.GetString(1),
                    Enum.Parse<IncidentAct>(row.GetString(2)), row.GetString(3), row.GetString(4), row.GetString(5),
                    From<List<SplitAlert>>(row.GetString(6)).Count));
                latest.Reverse();
                return latest;
            },
            cancel);

    /// <summary>An incident's row as far as people's work goes.</summary>
    private sealed record IncidentRow(IncidentPlace Place, Incident Record);

    /// <summary>An alert that was split off, and what it had been split off into before; empty for none.</summary>
    private sealed record SplitAlert(string AlertId, string Before);

    private static IncidentRow? FindPlace(StoreSession session, string id)
    {
        using var command = session.Statement($"SELECT {PlaceColumns} FROM incident WHERE id = @id", ("@id", id));
        return command.Rows(IncidentRowOf).FirstOrDefault();
    }

    /// <summary>What is shown in an incident, in the order it was merged.</summary>
    private static List<IncidentRow> PartsOf(StoreSession session, string headId)
    {
        using var command = session.Statement(
            $"SELECT {PlaceColumns} FROM incident WHERE head_id <> '' AND head_id = @head ORDER BY changed_at, id LIMIT @max",
            ("@head", headId), ("@max", PageMax));
        return command.Rows(IncidentRowOf);
    }

    private static IncidentPlace PlaceOf(StoreSession session, IncidentRow found)
    {
        var place = found.Place;
        return place with
        {
            IsUndone = IsUndone(session, found),
            Parts = [.. PartsOf(session, place.IncidentId).Where(part => !IsUndone(session, part))
                .Select(part => new IncidentPart(part.Place.IncidentId, part.Record.Title, part.Record.Severity,
                    part.Place.MergedInto, part.Place.Revision))],
        };
    }

    /// <summary>Whether it was split off and that was undone: only its history is left.</summary>
    private static bool IsUndone(StoreSession session, IncidentRow row)
    {
        if (row.Place.SplitFrom.Length == 0)
            return false;
        using var command = session.Statement("SELECT 1 FROM incident_change WHERE incident_id = @id AND act = @act LIMIT 1",
            ("@id", row.Place.IncidentId), ("@act", nameof(IncidentAct.SplitUndone)));
        return command.ExecuteScalar() is not null;
    }

    private static IncidentRow IncidentRowOf(DbDataReader row)
    {
        var (id, head) = (row.GetString(0), row.GetString(1));
        var place = new IncidentPlace
        {
            IncidentId = id,
            HeadId = head.Length > 0 ? head : id,
            MergedInto = row.GetString(2),
            SplitFrom = row.GetString(3),
            NoteCount = row.GetInt32(4),
            Revision = row.GetInt64(5),
            ChangedBy = row.GetString(6),
            ChangedAt = row.IsDBNull(7) ? null : new DateTimeOffset(row.GetInt64(7), TimeSpan.Zero),
        };
        return new IncidentRow(place, From<Incident>(row.GetString(8)));
    }

    private static string CaseOf(StoreSession session, string alertId)
    {
        using var command = session.Statement("SELECT case_id FROM alert WHERE id = @id", ("@id", alertId));
        return command.ExecuteScalar() as string ?? "";
    }

    /// <summary>
    /// Shows again what a commit changed where people have merged or split. Where they have done neither, which one look at an index
    /// tells, what detection wrote is what is shown.
    /// </summary>
    private static void ShowAgain(StoreSession transaction, CaseCommit commit)
    {
        if (commit.Alerts.Count + commit.Incidents.Count + commit.RevisedIncidents.Count == 0)
            return;
        using (var any = transaction.Statement("SELECT 1 FROM incident WHERE revision > 0 LIMIT 1"))
        {
            if (any.ExecuteScalar() is null)
                return;
        }
        var heads = commit.Alerts.Select(alert => CaseOf(transaction, alert.Id))
            .Concat(commit.Incidents.Concat(commit.RevisedIncidents).Select(incident => incident.Id))
            .Distinct(StringComparer.Ordinal).Select(id => FindPlace(transaction, id)).OfType<IncidentRow>()
            .Where(row => row.Place.Revision > 0).Select(row => row.Place.HeadId).Distinct(StringComparer.Ordinal).ToList();
        foreach (var head in heads)
            Show(transaction, head);
    }

    /// <summary>Writes down what an incident that stands by itself looks like, and each of its parts. O(alerts of them), at most 512 each.</summary>
    private static void Show(StoreSession transaction, string headId)
    {
        if (FindPlace(transaction, headId) is not { } head)
            return;
        var parts = new List<Incident>();
        foreach (var part in PartsOf(transaction, headId))
        {
            var alone = Alone(transaction, part);
            transaction.Execute("UPDATE incident SET shown_body = @body WHERE id = @id",
                ("@id", part.Place.IncidentId), ("@body", CaseWriter.Json(alone)));
            if (!IsUndone(transaction, part))
                parts.Add(alone);
        }
        var shown = IncidentComposition.Together(Alone(transaction, head), parts);
        transaction.Execute(
            "UPDATE incident SET shown_at = @at, shown_severity = @severity, shown_body = @body WHERE id = @id",
            ("@id", headId), ("@at", shown.LastAlertAt.UtcTicks), ("@severity", (int)shown.Severity), ("@body", CaseWriter.Json(shown)));
        // Who is in which incident is an index over what is shown.
        transaction.Execute("DELETE FROM incident_entity WHERE incident_id = @id", ("@id", headId));
        foreach (var entity in shown.Entities.Append(shown.Principal).Distinct())
            transaction.Post("INSERT INTO incident_entity VALUES (@entity, @incident) ON CONFLICT DO NOTHING",
                ("@entity", entity.Id), ("@incident", headId));
    }

    /// <summary>An incident with its own alerts alone.</summary>
    private static Incident Alone(StoreSession transaction, IncidentRow row)
    {
        var (place, record) = row;
        if (place.SplitFrom.Length > 0)
        {
            var own = AlertsSplitInto(transaction, place.IncidentId, IncidentOfAlerts.AlertsMax);
            if (own.Count == 0)
                return record with { AlertIds = [], AlertCount = 0 };
            return IncidentOfAlerts.Build(record.Id, record.Title, own) with
            {
                Version = record.Version,
                SplitFrom = record.SplitFrom,
            };
        }
        using var count = transaction.Statement(
            "SELECT count(*) FROM alert WHERE split_id <> '' AND incident_id = @id", ("@id", place.IncidentId));
        var splitCount = (int)(long)count.ExecuteScalar()!;
        if (splitCount == 0)
            return record;
        using var left = transaction.Statement(
            "SELECT body FROM alert WHERE split_id = '' AND incident_id = @id ORDER BY at, id LIMIT @max",
            ("@id", place.IncidentId), ("@max", IncidentOfAlerts.AlertsMax));
        return IncidentComposition.Without(record, left.Rows(Body<Alert>), splitCount);
    }

    private static List<Alert> AlertsSplitInto(StoreSession session, string incidentId, int limit)
    {
        using var command = session.Statement(
            "SELECT body FROM alert WHERE split_id <> '' AND split_id = @id ORDER BY at, id LIMIT @max",
            ("@id", incidentId), ("@max", limit));
        return command.Rows(Body<Alert>);
    }
}

using System.Data.Common;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Queries;
using SentinelHealth.Response.Triage;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Response.Storage;

/// <summary>Reading the queue of alerts.</summary>
public sealed partial class CaseStore
{
    private const int GroupFieldsMax = 3, BarsMax = 200;

    private const string StandingColumns =
        "alert.status, alert.assignee, alert.close_reason, alert.suppression, alert.notes, alert.revision, alert.changed_by, alert.changed_at";

    private const string TriagedColumns = $"alert.body, {StandingColumns}, alert.case_id";

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<TriagedAlert>> QueueAsync(
        QueryNode query, long through, long skip, int limit, CancellationToken cancel)
    {
        var (where, parameters) = AlertQuerySql.Of(query, _engine.Dialect);
        return ReadAsync<IReadOnlyList<TriagedAlert>>(
            connection =>
            {
                // The inner query runs over the index alone; only the rows of the page are opened.
                using var command = connection.Statement($"""
                    SELECT {TriagedColumns} FROM alert WHERE rowid IN (
                        SELECT rowid FROM alert WHERE rowid <= @through AND {where} ORDER BY at DESC, id DESC LIMIT @limit OFFSET @skip)
                    ORDER BY at DESC, id DESC
                    """,
                    [.. parameters, ("@through", through), ("@limit", Limit(limit)), ("@skip", Math.Max(0, skip))]);
                return command.Rows(TriagedOf);
            },
            cancel);
    }

    /// <inheritdoc/>
    public ValueTask<Page<TriagedAlert>> QueuePageAsync(QueryNode query, string? after, int limit, CancellationToken cancel)
    {
        var (where, parameters) = AlertQuerySql.Of(query, _engine.Dialect);
        return PageAsync(
            new PageShape<TriagedAlert>(
                "alert", TriagedColumns, TriagedOf, row => new Keyset(row.Alert.At.UtcTicks, row.Alert.Id)),
            where, parameters, (after, limit), cancel);
    }

    /// <inheritdoc/>
    public ValueTask<(long Count, long Through)> QueueCountAsync(QueryNode query, CancellationToken cancel)
    {
        var (where, parameters) = AlertQuerySql.Of(query, _engine.Dialect);
        return ReadAsync(
            connection =>
            {
                using var command = connection.Statement($"SELECT (SELECT count(*) FROM alert WHERE {where}), coalesce((SELECT max(rowid) FROM alert), 0)", parameters);
                return command.Rows(row => (row.GetInt64(0), row.GetInt64(1)))[0];
            },
            cancel);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AlertGroup>> GroupsAsync(
        QueryNode query, IReadOnlyList<string> by, int limit, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(by);
        if (by.Count is 0 or > GroupFieldsMax)
            throw new ArgumentException($"Alerts are grouped by one to {GroupFieldsMax} fields.", nameof(by));
        var fields = by.Select(GroupOf).ToList();
        var (where, parameters) = AlertQuerySql.Of(query, _engine.Dialect);
        var columns = string.Join(", ", fields.Select(field => field.Column));
        return ReadAsync<IReadOnlyList<AlertGroup>>(
            connection =>
            {
                using var command = connection.Statement($"""
                    SELECT count(*), max(severity), max(at), {columns} FROM alert WHERE {where}
                    GROUP BY {columns} ORDER BY count(*) DESC, max(at) DESC LIMIT @limit
                    """,
                    [.. parameters, ("@limit", Limit(limit))]);
                return command.Rows(row => new AlertGroup(
                    [.. fields.Select((field, i) => ValueOf(field.Field, row, i + 3))],
                    row.GetInt64(0), (Severity)row.GetInt32(1),
                    new DateTimeOffset(row.GetInt64(2), TimeSpan.Zero)));
            },
            cancel);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AlertBar>> BarsAsync(
        QueryNode query, DateTimeOffset from, DateTimeOffset until, int bars, CancellationToken cancel)
    {
        if (until <= from || bars is < 1 or > BarsMax)
            throw new ArgumentException($"Bars go from an earlier to a later instant, and are 1 to {BarsMax}.", nameof(bars));
        var (where, parameters) = AlertQuerySql.Of(query, _engine.Dialect);
        var width = Math.Max(1, (until - from).Ticks / bars);
        return ReadAsync<IReadOnlyList<AlertBar>>(
            connection =>
            {
                using var command = connection.Statement($"""
                    SELECT CASE WHEN (at - @from) / @width < @last THEN (at - @from) / @width ELSE @last END AS bar, severity, count(*) FROM alert
                    WHERE at >= @from AND at < @to AND {where} GROUP BY bar, severity
                    """,
                    [.. parameters, ("@from", from.UtcTicks), ("@to", until.UtcTicks), ("@width", width), ("@last", bars - 1)]);
                var counts = Enumerable.Range(0, bars).Select(_ => new long[Enum.GetValues<Severity>().Length]).ToArray();
                foreach (var (bar, severity, count) in command.Rows(row => (row.GetInt32(0), row.GetInt32(1), row.GetInt64(2))))
                    counts[bar][severity] = count;
                return [.. counts.Select((bar, i) => new AlertBar(from.ToUniversalTime().AddTicks(i * width), bar))];
            },
            cancel);
    }

    /// <inheritdoc/>
    public ValueTask<TriagedAlert?> TriagedAlertAsync(string id, CancellationToken cancel) => ReadAsync(
        connection =>
        {
            using var command = connection.Statement($"SELECT {TriagedColumns} FROM alert WHERE id = @id", ("@id", id));
            return command.Rows(TriagedOf).FirstOrDefault();
        },
        cancel);

    private (QueryField Field, string Column) GroupOf(string name) =>
        AlertFields.Schema.Find(name) is { } field && AlertQuerySql.GroupOf(field.Name, _engine.Dialect) is { } column
            ? (field, column) : throw new ArgumentException($"Alerts cannot be grouped by '{name}'.", nameof(name));

    private static string ValueOf(QueryField field, DbDataReader row, int column)
    {
        if (row.IsDBNull(column))
            return "";
        if (field.Kind == QueryFieldKind.Rank)
            return field.Names[row.GetInt32(column)];
        return field.Kind == QueryFieldKind.Flag ? PublishedFlag(row.GetInt32(column) != 0) : row.GetString(column);
    }

    private static string PublishedFlag(bool flag) => flag ? "true" : "false";

    private static TriagedAlert TriagedOf(DbDataReader row) =>
        new(From<Alert>(row.GetString(0)), StandingOf(row, 1)) { IncidentId = row.GetString(9) };

    private static AlertStanding StandingOf(DbDataReader row, int first) => new()
    {
        Status = (AlertStatus)row.GetInt32(first),
        Assignee = row.GetString(first + 1),
        CloseReason = row.IsDBNull(first + 2) ? null : (CloseReason)row.GetInt32(first + 2),
        SuppressionId = row.GetString(first + 3),
        NoteCount = row.GetInt32(first + 4),
        Revision = row.GetInt64(first + 5),
        ChangedBy = row.GetString(first + 6),
        ChangedAt = row.IsDBNull(first + 7) ? null : new DateTimeOffset(row.GetInt64(first + 7), TimeSpan.Zero),
    };
}

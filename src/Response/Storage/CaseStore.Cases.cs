using System.Text;
using System.Data.Common;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Response.Storage;

/// <summary>Reading alerts, incidents, refusals and evidence.</summary>
public sealed partial class CaseStore
{
    private const int EvidenceMax = 1_024;

    /// <inheritdoc/>
    public ValueTask<Page<Alert>> AlertsAsync(AlertFilter filter, string? after, int limit, CancellationToken cancel)
    {
        var (where, parameters) = ConditionsOf(filter);
        return PageAsync(
            new PageShape<Alert>("alert", "body", Body<Alert>, alert => new Keyset(alert.At.UtcTicks, alert.Id)), where, parameters,
            (after, limit), cancel);
    }

    /// <inheritdoc/>
    public ValueTask<long> AlertCountAsync(AlertFilter filter, CancellationToken cancel)
    {
        var (where, parameters) = ConditionsOf(filter);
        return CountAsync("alert", where, parameters, cancel);
    }

    /// <inheritdoc/>
    public ValueTask<Alert?> AlertAsync(string id, CancellationToken cancel) => OneAsync<Alert>("alert", "id", id, cancel);

    /// <inheritdoc/>
    public ValueTask<Page<Incident>> IncidentsAsync(IncidentFilter filter, string? after, int limit, CancellationToken cancel)
    {
        var (where, parameters) = ConditionsOf(filter);
        return PageAsync(
            new PageShape<Incident>(
                "incident", ShownBody, Body<Incident>, incident => new Keyset(incident.LastAlertAt.UtcTicks, incident.Id))
            {
                At = "shown_at",
            },
            where, parameters, (after, limit), cancel);
    }

    /// <inheritdoc/>
    public ValueTask<long> IncidentCountAsync(IncidentFilter filter, CancellationToken cancel)
    {
        var (where, parameters) = ConditionsOf(filter);
        return CountAsync("incident", where, parameters, cancel);
    }

    /// <inheritdoc/>
    public ValueTask<Incident?> IncidentAsync(string id, CancellationToken cancel) => ReadAsync(
        connection =>
        {
            using var command = connection.Statement($"SELECT {ShownBody} FROM incident WHERE id = @id", ("@id", id));
            return command.Rows(Body<Incident>).FirstOrDefault();
        },
        cancel);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<GuardrailRefusal>> RefusalsAsync(string? incidentId, int limit, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<GuardrailRefusal>>(
            connection =>
            {
                using var command = connection.Statement("SELECT body FROM refusal WHERE CAST(@incident AS TEXT) IS NULL OR incident_id = @incident ORDER BY at DESC LIMIT @limit",
                    ("@incident", incidentId), ("@limit", Limit(limit)));
                return command.Rows(row => From<GuardrailRefusal>(row.GetString(0)));
            },
            cancel);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> EvidenceAsync(IReadOnlyList<string> eventIds, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<string>>(
            connection =>
            {
                var records = new List<string>();
                foreach (var id in eventIds.Take(EvidenceMax))
                {
                    using var command = connection.Statement("SELECT body FROM event_evidence WHERE event_id = @id", ("@id", id));
                    if (command.ExecuteScalar() is string body
                        && (_evidence is { } intake ? intake.OpenText(body) : body) is { } record)
                        records.Add(record);
                }
                return records;
            },
            cancel);

    /// <summary>What a decision saw, by the hash that is on the ledger: canonical JSON; null when unknown.</summary>
    public ValueTask<byte[]?> DecisionEvidenceAsync(string hash, CancellationToken cancel) => ReadAsync(
        connection =>
        {
            using var command = connection.Statement("SELECT body FROM decision_evidence WHERE hash = @hash", ("@hash", hash));
            return command.ExecuteScalar() as byte[];
        },
        cancel);

    private (string Where, (string, object?)[] Parameters) ConditionsOf(AlertFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var conditions = new Conditions();
        conditions.Add(filter.SeverityMin, "severity >= @severity", "@severity", severity => (int)severity);
        conditions.Add(filter.Kind, "kind = @kind", "@kind", kind => (int)kind);
        conditions.Add(filter.Source, "source = @source", "@source");
        conditions.Add(filter.EntityId, "id IN (SELECT alert_id FROM alert_entity WHERE entity_id = @entity)", "@entity");
        conditions.Add(filter.IncidentId, "incident_id = @incident", "@incident");
        conditions.Add(filter.CaseId, "case_id = @case", "@case");
        conditions.Add(filter.PartId, OfPart, "@part");
        conditions.Add(filter.Text?.ToLowerInvariant(), _engine.Dialect.Contains("reason_folded", "@text"), "@text");
        conditions.Add(filter.From, "at >= @from", "@from", from => from.UtcTicks);
        conditions.Add(filter.To, "at < @to", "@to", to => to.UtcTicks);
        return conditions.Build();
    }

    private (string Where, (string, object?)[] Parameters) ConditionsOf(IncidentFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var conditions = new Conditions("head_id = ''");
        conditions.Add(filter.SeverityMin, "shown_severity >= @severity", "@severity", severity => (int)severity);
        conditions.Add(filter.EntityId, "id IN (SELECT incident_id FROM incident_entity WHERE entity_id = @entity)", "@entity");
        conditions.Add(filter.Text?.ToLowerInvariant(), _engine.Dialect.Contains("title_folded", "@text"), "@text");
        return conditions.Build();
    }

    private ValueTask<Page<T>> PageAsync<T>(
        PageShape<T> shape, string where, (string, object?)[] parameters, (string? After, int Limit) page,
        CancellationToken cancel)
    {
        var after = Keyset.Parse(page.After);
        var limit = Limit(page.Limit);
        var (at, id) = (shape.At, shape.Id);
        var sql = $"SELECT {shape.Columns} FROM {shape.Table} WHERE {where} AND ({at}, {id}) < (@afterAt, @afterId) ORDER BY {at} DESC, {id} DESC LIMIT @limit";
        return ReadAsync(
            connection =>
            {
                // One row more than the page tells whether there is a next one.
                using var command = connection.Statement(sql, [.. parameters, ("@afterAt", after.At), ("@afterId", after.Id), ("@limit", limit + 1)]);
                var rows = command.Rows(shape.Read);
                var isMore = rows.Count > limit;
                if (isMore)
                    rows.RemoveAt(limit);
                return new Page<T>(rows, isMore ? shape.Place(rows[^1]).ToString() : null);
            },
            cancel);
    }

    private ValueTask<long> CountAsync(string table, string where, (string, object?)[] parameters, CancellationToken cancel) =>
        ReadAsync(
        connection =>
        {
            using var command = connection.Statement($"SELECT count(*) FROM {table} WHERE {where}", parameters);
            return (long)command.ExecuteScalar()!;
        },
        cancel);

    private ValueTask<T?> OneAsync<T>(string table, string column, string id, CancellationToken cancel) where T : class =>
        ReadAsync(
        connection =>
        {
            using var command = connection.Statement($"SELECT body FROM {table} WHERE {column} = @id", ("@id", id));
            return command.ExecuteScalar() is string body ? From<T>(body) : null;
        },
        cancel);

    private static T Body<T>(DbDataReader row) => From<T>(row.GetString(0));

    /// <summary>How a list of rows is read by pages, newest first.</summary>
    private sealed record PageShape<T>(string Table, string Columns, Func<DbDataReader, T> Read, Func<T, Keyset> Place)
    {
        /// <summary>The column of the time, UTC ticks.</summary>
        public string At { get; init; } = "at";

        /// <summary>The column of the identifier.</summary>
        public string Id { get; init; } = "id";
    }

    /// <summary>Conditions of a query: constant text, outside values as parameters.</summary>
    private sealed class Conditions(string always = "1 = 1")
    {
        private readonly StringBuilder _text = new(always);
        private readonly List<(string, object?)> _parameters = [];

        public void Add(string? value, string condition, string name)
        {
            if (value is not null)
                Require(condition, name, value);
        }

        public void Add<T>(T? value, string condition, string name, Func<T, object> convert) where T : struct
        {
            if (value is { } given)
                Require(condition, name, convert(given));
        }

        public void Require(string condition, string name, object value)
        {
            _text.Append(" AND ").Append(condition);
            _parameters.Add((name, value));
        }

        public (string, (string, object?)[]) Build() => (_text.ToString(), [.. _parameters]);
    }
}

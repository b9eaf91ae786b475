using System.Text;
using SentinelHealth.Response.Queries;
using SentinelHealth.Response.Storage.Engines;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Response.Storage;

/// <summary>
/// Writes a query over alerts as a condition on the <c>alert</c> table. The text is made of constants of this file; whatever a person
/// wrote becomes a parameter. Says the same as <see cref="AlertFields.Reader"/>, which a test holds on random alerts and queries.
/// </summary>
internal sealed class AlertQuerySql
{
    private const double TicksPerMillisecond = TimeSpan.TicksPerMillisecond;

    private readonly StoreDialect _dialect;
    private readonly StringBuilder _text = new();
    private readonly List<(string Name, object? Value)> _parameters = [];
    private bool _isInGroup;

    private AlertQuerySql(StoreDialect dialect) => _dialect = dialect;

    /// <summary>The condition and its parameters.</summary>
    public static (string Where, (string, object?)[] Parameters) Of(QueryNode query, StoreDialect dialect)
    {
        var sql = new AlertQuerySql(dialect);
        sql.Write(query);
        return (sql._text.ToString(), [.. sql._parameters]);
    }

    /// <summary>The expression of a field that alerts can be grouped by; null when there is none.</summary>
    public static string? GroupOf(string field, StoreDialect dialect) => field switch
    {
        "severity" or "status" or "source" or "kind" or "assignee" or "incident" or "closeReason" or "about" or "about.type"
            or "breakGlass" => ColumnOf(field, dialect),
        _ => null,
    };

    /// <summary>Fields with one value.</summary>
    private static string ColumnOf(string field, StoreDialect dialect) => field switch
    {
        "severity" or "status" or "source" or "kind" or "at" or "assignee" or "suppression" or "notes" or "id" => "alert." + field,
        "reason" => "alert.reason_folded",
        "closeReason" => "alert.close_reason",
        "incident" => "alert.case_id",
        "about" => dialect.JsonText("alert.body", "entity.id"),
        "about.type" => dialect.JsonText("alert.body", "entity.type"),
        "score" or "eventCount" => dialect.JsonNumber("alert.body", field),
        "breakGlass" => dialect.JsonFlag("alert.body", "isBreakGlass"),
        _ => throw new ArgumentException($"Alerts have no field '{field}' in the store.", nameof(field)),
    };

    /// <summary>Fields of an item of a group.</summary>
    private static string ItemColumnOf(string field, StoreDialect dialect) =>
        field == "share" ? dialect.JsonNumber("item.value", field) : dialect.JsonText("item.value", field);

    /// <summary>Fields with several values, as the rows they are in.</summary>
    private static (string Rows, string Value)? ListOf(string field, StoreDialect dialect) => field switch
    {
        "entity" => ("alert_entity WHERE alert_id = alert.id", "entity_id"),
        "tags" => (dialect.JsonTexts("alert.body", "tags") + " AS one WHERE true", "one.value"),
        "event" => (dialect.JsonTexts("alert.body", "eventIds") + " AS one WHERE true", "one.value"),
        "feature" => (dialect.JsonItems("alert.body", "contributions") + " AS one WHERE true", dialect.JsonText("one.value", "feature")),
        _ => null,
    };

    private static string GroupRows(string group, StoreDialect dialect) => group switch
    {
        "entities" => $"""
            (SELECT {dialect.JsonPart("alert.body", "entity")} AS value
                UNION ALL SELECT related.value FROM {dialect.JsonItems("alert.body", "relatedEntities")} AS related)
            """,
        "contributions" => dialect.JsonItems("alert.body", "contributions"),
        _ => throw new ArgumentException($"Alerts have no group '{group}' in the store.", nameof(group)),
    };

    private void Write(QueryNode query)
    {
        switch (query)
        {
            case QueryAll:
                _text.Append("true");
                break;
            case QueryAnd and:
                Join(and.Parts, " AND ");
                break;
            case QueryOr or:
                Join(or.Parts, " OR ");
                break;
            case QueryNot not:
                // What a row does not have is not equal to anything, and so it fits the opposite.
                _text.Append("NOT coalesce((");
                Write(not.Part);
                _text.Append("), false)");
                break;
            case QueryIs condition:
                Write(condition);
                break;
            case QueryExists exists:
                Over(exists.Field, value => _text.Append(value).Append(IsText(exists.Field) ? " <> ''" : " IS NOT NULL"));
                break;
            case QueryRange range:
                Over(range.Field, value => Compare(value, OperatorOf(range.Order), range.Field, range.Bound));
                break;
            case QueryNested nested:
                Write(nested);
                break;
            default:
                throw new ArgumentException($"{query?.GetType().Name} is no part of a query.", nameof(query));
        }
    }

    private void Join(IReadOnlyList<QueryNode> parts, string word)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            _text.Append(i == 0 ? "(" : word);
            Write(parts[i]);
        }
        _text.Append(')');
    }

    private void Write(QueryNested nested)
    {
        _text.Append("EXISTS (SELECT 1 FROM ").Append(GroupRows(nested.Group, _dialect)).Append(" AS item WHERE ");
        _isInGroup = true;
        Write(nested.Item);
        _isInGroup = false;
        _text.Append(')');
    }

    private void Write(QueryIs condition)
    {
        // An index knows who is in which alert; asking it once is quicker than asking every alert.
        if (condition is { Field.Name: "entity", Value: QueryPattern { IsExact: true } who })
            _text.Append("alert.id IN (SELECT alert_id FROM alert_entity WHERE entity_id = ").Append(Parameter(who.Pieces[0])).Append(')');
        else
            Over(condition.Field, value => Compare(value, condition.Field, condition.Value));
    }

    private void Compare(string value, QueryField field, QueryValue wanted)
    {
        switch (wanted)
        {
            case QueryPattern { IsExact: true } exact:
                _text.Append(value).Append(" = ").Append(Parameter(exact.Pieces[0]));
                break;
            case QueryPattern pattern:
                _text.Append(_dialect.Fits(value, Parameter(_dialect.Pattern(pattern.Pieces))));
                break;
            case QueryWords words:
                _text.Append('(').AppendJoin(" AND ", words.Parts.Select(part => _dialect.Contains(value, Parameter(part)))).Append(')');
                break;
            case QueryNumber number:
                Compare(value, "=", field, number.Number);
                break;
            default:
                throw new ArgumentException($"{wanted?.GetType().Name} is no value.", nameof(wanted));
        }
    }

    private void Compare(string value, string comparison, QueryField field, double number)
    {
        object bound = field.Kind == QueryFieldKind.Instant
            ? DateTimeOffset.UnixEpoch.UtcTicks + (long)Math.Round(number * TicksPerMillisecond)
            : number;
        _text.Append(value).Append(' ').Append(comparison).Append(' ').Append(Parameter(bound));
    }

    private void Over(QueryField field, Action<string> condition)
    {
        if (_isInGroup || ListOf(field.Name, _dialect) is not { } list)
        {
            condition(_isInGroup ? ItemColumnOf(field.Name, _dialect) : ColumnOf(field.Name, _dialect));
            return;
        }
        _text.Append("EXISTS (SELECT 1 FROM ").Append(list.Rows).Append(" AND ");
        condition(list.Value);
        _text.Append(')');
    }

    private static bool IsText(QueryField field) => field.Kind is QueryFieldKind.Word or QueryFieldKind.Text;

    private string Parameter(object value)
    {
        var name = $"@q{_parameters.Count}";
        _parameters.Add((name, value));
        return name;
    }

    private static string OperatorOf(QueryOrder order) => order switch
    {
        QueryOrder.Less => "<",
        QueryOrder.LessOrEqual => "<=",
        QueryOrder.Greater => ">",
        _ => ">=",
    };
}

using System.Text;
using System.Text.Json;

namespace SentinelHealth.Testing.Search;

/// <summary>The part of the query language that hunts are written in, evaluated on each document.</summary>
internal static class StandInQuery
{
    public static bool Fits(JsonElement query, StandInDocument document, StandInIndex index)
    {
        var clause = query.EnumerateObject().Single();
        return clause.Name switch
        {
            "match_all" => true,
            "bool" => Bool(clause.Value, document, index),
            "exists" => document.Values.ContainsKey(clause.Value.GetProperty("field").GetString()!),
            "term" => OnField(clause.Value, document, index, (value, wanted, type) => Same(value, Bare(wanted), type)),
            "prefix" => OnTexts(clause.Value, document, index, (text, wanted) => text.StartsWith(wanted, StringComparison.Ordinal)),
            "wildcard" => OnTexts(clause.Value, document, index, (text, wanted) => Glob(wanted, text)),
            "range" => OnField(clause.Value, document, index, Within),
            _ => throw new StandInException(400, "parsing_exception", $"unknown query [{clause.Name}]"),
        };
    }

    /// <summary>Whether a text fits a pattern of <c>*</c> (any), <c>?</c> (one character) and backslashes before what means itself.</summary>
    public static bool Glob(string pattern, string text)
    {
        var (runes, tokens) = (text.EnumerateRunes().ToArray(), TokensOf(pattern));
        var reached = new bool[runes.Length + 1];
        reached[0] = true;
        foreach (var (rune, isAny, isOne) in tokens)
        {
            var next = new bool[runes.Length + 1];
            for (var i = 0; i <= runes.Length; i++)
                next[i] = isAny ? reached[i] || (i > 0 && next[i - 1])
                    : i > 0 && reached[i - 1] && (isOne || runes[i - 1] == rune);
            reached = next;
        }
        return reached[^1];
    }

    private static List<(Rune Rune, bool IsAny, bool IsOne)> TokensOf(string pattern)
    {
        var tokens = new List<(Rune, bool, bool)>();
        var isEscaped = false;
        foreach (var rune in pattern.EnumerateRunes())
        {
            if (!isEscaped && rune.Value == '\\')
            {
                isEscaped = true;
                continue;
            }
            tokens.Add((rune, !isEscaped && rune.Value == '*', !isEscaped && rune.Value == '?'));
            isEscaped = false;
        }
        return tokens;
    }

    private static bool Bool(JsonElement clauses, StandInDocument document, StandInIndex index)
    {
        StandInBodies.Only(clauses, "filter", "must", "must_not", "should", "minimum_should_match");
        bool Fit(JsonElement part) => Fits(part, document, index);
        var should = Parts(clauses, "should");
        // Without a number, nothing of "should" has to fit once there is something that must.
        var least = clauses.TryGetProperty("minimum_should_match", out var number) ? number.GetInt32()
            : should.Count > 0 && !clauses.TryGetProperty("filter", out _) && !clauses.TryGetProperty("must", out _) ? 1 : 0;
        return Parts(clauses, "filter").All(Fit) && Parts(clauses, "must").All(Fit)
            && !Parts(clauses, "must_not").Any(Fit) && should.Count(Fit) >= least;
    }

    private static IReadOnlyList<JsonElement> Parts(JsonElement clauses, string name) =>
        !clauses.TryGetProperty(name, out var parts) ? []
        : parts.ValueKind == JsonValueKind.Array ? [.. parts.EnumerateArray()] : [parts];

    private static bool OnField(
        JsonElement clause, StandInDocument document, StandInIndex index, Func<object, JsonElement, string, bool> fits)
    {
        var field = clause.EnumerateObject().Single();
        if (index.Mapping.TypeOf(field.Name).Length > 0 && !index.Mapping.IsIndexed(field.Name))
            throw new StandInException(400, "query_shard_exception", $"Cannot search on field [{field.Name}] since it is not indexed.");
        return document.Values.TryGetValue(field.Name, out var values)
            && values.Exists(value => fits(value, field.Value, index.Mapping.TypeOf(field.Name)));
    }

    private static bool OnTexts(JsonElement clause, StandInDocument document, StandInIndex index, Func<string, string, bool> fits)
    {
        var field = clause.EnumerateObject().Single();
        if (index.Mapping.TypeOf(field.Name) is not ("keyword" or ""))
            throw new StandInException(400, "query_shard_exception", $"Can only use prefix and wildcard queries on keyword fields - not on [{field.Name}]");
        var wanted = Bare(field.Value).GetString()!;
        return OnField(clause, document, index, (value, _, _) => fits((string)value, wanted));
    }

    private static JsonElement Bare(JsonElement wanted) => wanted.ValueKind == JsonValueKind.Object ? wanted.GetProperty("value") : wanted;

    private static bool Same(object value, JsonElement wanted, string type) => type switch
    {
        "double" or "long" => wanted.ValueKind == JsonValueKind.Number ? Bits((double)value) == Bits(wanted.GetDouble())
            : throw new StandInException(400, "number_format_exception", $"For input string: \"{wanted}\""),
        "date" => (double)value == Date(wanted),
        "boolean" => wanted.ValueKind is JsonValueKind.True or JsonValueKind.False ? (bool)value == wanted.GetBoolean()
            : throw new StandInException(400, "illegal_argument_exception", $"Can't parse boolean value [{wanted}], expected [true] or [false]"),
        _ => (string)value == wanted.GetString(),
    };

    private static bool Within(object value, JsonElement bounds, string type)
    {
        StandInBodies.Only(bounds, "gt", "gte", "lt", "lte");
        foreach (var bound in bounds.EnumerateObject())
        {
            var order = Order(value, bound.Value, type);
            if (!(bound.Name switch { "gt" => order > 0, "gte" => order >= 0, "lt" => order < 0, _ => order <= 0 }))
                return false;
        }
        return true;
    }

    private static int Order(object value, JsonElement bound, string type) => type switch
    {
        "double" or "long" => Bits((double)value).CompareTo(Bits(bound.GetDouble())),
        "date" => ((double)value).CompareTo(Date(bound)),
        "keyword" => OrderOf((string)value, bound.GetString()!),
        _ => throw new StandInException(400, "query_shard_exception", $"no ranges over [{type}] here"),
    };

    /// <summary>Texts are ordered by their bytes.</summary>
    public static int OrderOf(string left, string right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));

    /// <summary>The engine orders doubles by their bits, so that -0 comes before 0.</summary>
    private static long Bits(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        return bits ^ ((bits >> 63) & long.MaxValue);
    }

    private static double Date(JsonElement value) => StandInMapping.DateOf(value)
        ?? throw new StandInException(400, "parse_exception", $"failed to parse date field [{value}] with format [strict_date_optional_time||epoch_millis]");
}

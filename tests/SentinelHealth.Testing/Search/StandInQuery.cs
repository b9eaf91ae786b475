using System.Text;
using System.Text.Json;

namespace SentinelHealth.Testing.Search;

/// <summary>The part of the query language that hunts are written in, evaluated on each document.</summary>
internal static class StandInQuery
{
    /// <summary>A query as a test of documents; what is wrong with it is found out at the first that comes to it, as in a shard.</summary>
    public static Func<StandInDocument, StandInIndex, bool> Compile(JsonElement query)
    {
        var clause = query.EnumerateObject().Single();
        switch (clause.Name)
        {
            case "match_all":
                return (_, _) => true;
            case "bool":
                return Bool(clause.Value);
            case "exists":
                var path = clause.Value.GetProperty("field").GetString()!;
                return (document, _) => document.Values.ContainsKey(path);
            case "term":
                return OnField(clause.Value, (value, wanted, type) => Same(value, Bare(wanted), type));
            case "terms":
                return OnField(clause.Value, (value, wanted, type) => wanted.EnumerateArray().Any(one => Same(value, one, type)));
            case "prefix":
                return OnTexts(clause.Value, wanted => text => text.StartsWith(wanted, StringComparison.Ordinal));
            case "wildcard":
                return OnTexts(clause.Value, wanted => text => Glob(wanted, text));
            case "range":
                return OnField(clause.Value, Within);
            default:
                throw new StandInException(400, "parsing_exception", $"unknown query [{clause.Name}]");
        }
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

    private static Func<StandInDocument, StandInIndex, bool> Bool(JsonElement clauses)
    {
        StandInBodies.Only(clauses, "filter", "must", "must_not", "should", "minimum_should_match");
        var (filter, must) = (Parts(clauses, "filter"), Parts(clauses, "must"));
        var (mustNot, should) = (Parts(clauses, "must_not"), Parts(clauses, "should"));
        // Without a number, nothing of "should" has to fit once there is something that must.
        var least = clauses.TryGetProperty("minimum_should_match", out var number) ? number.GetInt32()
            : should.Count > 0 && filter.Count + must.Count == 0 ? 1 : 0;
        return (document, index) =>
            filter.TrueForAll(part => part(document, index)) && must.TrueForAll(part => part(document, index))
            && !mustNot.Exists(part => part(document, index)) && should.Count(part => part(document, index)) >= least;
    }

    private static List<Func<StandInDocument, StandInIndex, bool>> Parts(JsonElement clauses, string name) =>
        !clauses.TryGetProperty(name, out var parts) ? []
        : parts.ValueKind == JsonValueKind.Array ? [.. parts.EnumerateArray().Select(Compile)] : [Compile(parts)];

    private static Func<StandInDocument, StandInIndex,
        bool> OnField(JsonElement clause, Func<object, JsonElement, string, bool> fits)
    {
        var field = clause.EnumerateObject().Single();
        var (path, wanted) = (field.Name, field.Value);
        return (document, index) =>
        {
            if (!document.Values.TryGetValue(path, out var values))
                return index.Mapping.TypeOf(path).Length == 0 || index.Mapping.IsIndexed(path) ? false
                    : throw new StandInException(400, "query_shard_exception", $"Cannot search on field [{path}] since it is not indexed.");
            var type = index.Mapping.TypeOf(path);
            return values.Exists(value => fits(value, wanted, type));
        };
    }

    private static Func<StandInDocument, StandInIndex, bool> OnTexts(JsonElement clause, Func<string, Func<string, bool>> of)
    {
        var path = clause.EnumerateObject().Single().Name;
        var fits = of(Bare(clause.EnumerateObject().Single().Value).GetString()!);
        var onField = OnField(clause, (value, _, _) => fits((string)value));
        return (document, index) => index.Mapping.TypeOf(path) is "keyword" or "" ? onField(document, index)
            : throw new StandInException(400, "query_shard_exception", $"Can only use prefix and wildcard queries on keyword fields - not on [{path}]");
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
    public static int OrderOf(string left, string right) =>
        Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));

    /// <summary>The engine orders doubles by their bits, so that -0 comes before 0.</summary>
    private static long Bits(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        return bits ^ ((bits >> 63) & long.MaxValue);
    }

    private static double Date(JsonElement value) => StandInMapping.DateOf(value)
        ?? throw new StandInException(400, "parse_exception", $"failed to parse date field [{value}] with format [strict_date_optional_time||epoch_millis]");
}

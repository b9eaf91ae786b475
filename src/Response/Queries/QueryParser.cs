namespace SentinelHealth.Response.Queries;

/// <summary>
/// Reads a subset of the Kibana Query Language: <c>field: value</c>, quoted phrases, <c>field: *</c>, <c>field: (a or b)</c>, ranges,
/// <c>*</c> in words, <c>and</c> before <c>or</c>, <c>not</c>, parentheses, nested <c>group:{ … }</c> and words without a field.
/// </summary>
/// <remarks>Pure. At most 4,096 characters, 256 conditions and 32 levels. Any text gives a query or a fault, never an exception.</remarks>
public sealed class QueryParser
{
    /// <summary>Longest query, in characters.</summary>
    public const int CharactersMax = 4_096;

    private const int ConditionsMax = 256;
    private const int DepthMax = 32;

    private readonly IReadOnlyList<QueryToken> _tokens;
    private readonly DateTimeOffset _now;
    private QuerySchema _schema;
    private int _next, _conditions, _depth;

    private QueryParser(IReadOnlyList<QueryToken> tokens, QuerySchema schema, DateTimeOffset now) =>
        (_tokens, _schema, _now) = (tokens, schema, now);

    private QueryToken Here => _tokens[_next];

    /// <summary>Reads a query.</summary>
    /// <param name="query">Its text; empty asks for everything.</param>
    /// <param name="schema">What it may ask about.</param>
    /// <param name="now">What <c>now</c> means in it.</param>
    public static QueryReading Read(string query, QuerySchema schema, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(schema);
        if (query.Length > CharactersMax)
            return new QueryReading(null, new QueryFault(CharactersMax, 1, $"A query has at most {CharactersMax} characters.", ""));
        try
        {
            var parser = new QueryParser(QueryLexer.Read(query), schema, now);
            return new QueryReading(parser.Whole(), null);
        }
        catch (QueryFaultException fault)
        {
            return new QueryReading(null, fault.Fault);
        }
    }

    private QueryNode Whole()
    {
        if (Here.Kind == QueryTokenKind.End)
            return new QueryAll();
        var node = Or();
        if (Here.Kind != QueryTokenKind.End)
            throw Fault(Here, $"'{Named(Here)}' was not expected here.", Here.Kind == QueryTokenKind.Close ? "There is no ( before it." : "");
        return node;
    }

    private QueryNode Or()
    {
        if (++_depth > DepthMax)
            throw Fault(Here, $"More than {DepthMax} levels.", "");
        var parts = Joined("or", And);
        _depth--;
        return Either(parts);
    }

    private QueryNode And()
    {
        return Both(Joined("and", Not));
    }

    private List<QueryNode> Joined(string keyword, Func<QueryNode> part)
    {
        var parts = new List<QueryNode> { part() };
        while (Here.Is(keyword))
        {
            _next++;
            parts.Add(part());
        }
        return parts;
    }

    private QueryNode Not()
    {
        // Nots in a row need no levels: two take each other away.
        var isNegated = false;
        while (Here.Is("not"))
        {
            _next++;
            isNegated = !isNegated;
        }
        var node = Here.Kind == QueryTokenKind.Open ? InParentheses(Or) : Condition();
        return isNegated ? new QueryNot(node) : node;
    }

    private QueryNode InParentheses(Func<QueryNode> inner)
    {
        var open = _tokens[_next++];
        var node = inner();
        if (Here.Kind != QueryTokenKind.Close)
            throw Fault(open, "The ( is not closed.", "Write a ) where it ends.");
        _next++;
        return node;
    }

    private QueryNode Condition()
    {
        if (++_conditions > ConditionsMax)
            throw Fault(Here, $"More than {ConditionsMax} conditions.", "");
        if (Here.Kind is not (QueryTokenKind.Word or QueryTokenKind.Phrase) || Here.Is("and") || Here.Is("or"))
            throw Fault(Here, Here.Kind == QueryTokenKind.End ? "Something is missing at the end." : $"'{Named(Here)}' was not expected here.",
                "A condition such as severity: high goes here.");
        var after = _tokens[_next + 1].Kind;
        if (after == QueryTokenKind.Colon)
            return AfterColon();
        if (IsMark(after))
            return Range();
        return Anywhere(Words());
    }

    private QueryNode AfterColon()
    {
        var name = _tokens[_next];
        _next += 2;
        if (Here.Kind == QueryTokenKind.OpenItem)
            return Nested(name);
        var field = FieldOf(name);
        return Here.Kind == QueryTokenKind.Open ? InParentheses(() => Values(field)) : Is(field, Words());
    }

    private QueryNested Nested(QueryToken name)
    {
        if (_schema.FindGroup(name.Text) is not { } group)
            throw Fault(name, $"'{name.Text}' has no items.", $"With items: {string.Join(", ", _schema.Groups.Select(known => known.Name))}.");
        var open = _tokens[_next++];
        var outer = _schema;
        _schema = new QuerySchema(group.Fields, []);
        var item = Or();
        _schema = outer;
        if (Here.Kind != QueryTokenKind.CloseItem)
            throw Fault(open, "The { is not closed.", "Write a } where it ends.");
        _next++;
        return new QueryNested(group.Name, item);
    }

    private QueryNode Values(QueryField field)
    {
        var parts = Joined("or", () =>
        {
            var all = Joined("and", () => OneValue(field));
            return Both(all);
        });
        return Either(parts);
    }

    private QueryNode OneValue(QueryField field)
    {
        if (++_conditions > ConditionsMax)
            throw Fault(Here, $"More than {ConditionsMax} conditions.", "");
        if (!Here.Is("not"))
            return Is(field, Words());
        _next++;
        return new QueryNot(Is(field, Words()));
    }

    private QueryRange Range()
    {
        var (name, order) = (_tokens[_next], _tokens[_next + 1].Kind);
        _next += 2;
        var field = FieldOf(name);
        var words = Words();
        if (field.Kind is QueryFieldKind.Word or QueryFieldKind.Text or QueryFieldKind.Flag)
            throw Fault(name, $"'{field.Name}' has no order.", $"Write {field.Name}: {words[0].Text}.");
        return new QueryRange(field, (QueryOrder)(order - QueryTokenKind.Less), QueryLiteral.Number(field, words, _now));
    }

    private QueryNode Is(QueryField field, IReadOnlyList<QueryToken> words)
    {
        if (words is [{ Kind: QueryTokenKind.Word, Text: "*" }])
            return new QueryExists(field);
        return field.Kind switch
        {
            QueryFieldKind.Text => new QueryIs(field, QueryLiteral.Text(words)),
            QueryFieldKind.Word => new QueryIs(field, QueryLiteral.Word(field, words)),
            QueryFieldKind.Instant => At(field, words),
            _ => new QueryIs(field, new QueryNumber(QueryLiteral.Number(field, words, _now))),
        };
    }

    /// <summary>A date is its whole day; anything finer is that very instant.</summary>
    private QueryNode At(QueryField field, IReadOnlyList<QueryToken> words)
    {
        const int dateCharacters = 10;
        var milliseconds = QueryLiteral.Number(field, words, _now);
        return words is [{ Text.Length: <= dateCharacters } only] && char.IsAsciiDigit(only.Text[0])
            ? new QueryAnd([
                new QueryRange(field, QueryOrder.GreaterOrEqual, milliseconds),
                new QueryRange(field, QueryOrder.Less, milliseconds + TimeSpan.MillisecondsPerDay)])
            : new QueryIs(field, new QueryNumber(milliseconds));
    }

    /// <summary>Words without a field: all of them somewhere in the fields that are searched.</summary>
    private QueryNode Anywhere(List<QueryToken> words)
    {
        if (words is [{ Kind: QueryTokenKind.Word, Text: "*" }])
            return new QueryAll();
        var searched = _schema.Fields.Where(field => field.IsSearched).ToList();
        if (searched.Count == 0)
            throw Fault(words[0], "A field is missing.", $"Fields: {string.Join(", ", _schema.Fields.Select(field => field.Name))}.");
        var all = words.Select(QueryNode (word) => Either([.. searched.Select(field => Is(field, [word]))])).ToList();
        return Both(all);
    }

    private static QueryNode Both(List<QueryNode> parts) => parts.Count == 1 ? parts[0] : new QueryAnd(parts);

    private static QueryNode Either(List<QueryNode> parts) => parts.Count == 1 ? parts[0] : new QueryOr(parts);

    /// <summary>A value: one phrase or the words up to the next mark.</summary>
    private List<QueryToken> Words()
    {
        var words = new List<QueryToken>();
        while (Here.Kind is QueryTokenKind.Word or QueryTokenKind.Phrase && !Here.Is("and") && !Here.Is("or"))
        {
            // What stands before a mark is the next condition's field: its writer forgot to join the two.
            if (words.Count > 0 && IsMark(_tokens[_next + 1].Kind))
                throw Fault(Here, $"Nothing joins '{Here.Text}' to what is before it.", "Write and or or between two conditions.");
            words.Add(_tokens[_next++]);
        }
        return words.Count > 0 ? words : throw Fault(Here, "A value is missing.", "Write * for any value.");
    }

    /// <summary>Whether what stands before it is a field.</summary>
    private static bool IsMark(QueryTokenKind kind) =>
        kind is QueryTokenKind.Colon or (>= QueryTokenKind.Less and <= QueryTokenKind.GreaterOrEqual);

    private QueryField FieldOf(QueryToken name)
    {
        if (_schema.Find(name.Text) is { } field)
            return field;
        var nearest = NearestName.Of(name.Text, _schema.Fields.Select(known => known.Name));
        throw Fault(name, $"There is no field '{name.Text}'.", nearest.Length > 0 ? $"Did you mean {nearest}?" : "");
    }

    private static QueryFaultException Fault(QueryToken token, string message, string hint) =>
        new(new QueryFault(token.At, Math.Max(1, token.Length), message, hint));

    private static string Named(QueryToken token) => token.Kind switch
    {
        QueryTokenKind.Close => ")",
        QueryTokenKind.Open => "(",
        QueryTokenKind.OpenItem => "{",
        QueryTokenKind.CloseItem => "}",
        QueryTokenKind.Colon => ":",
        QueryTokenKind.End => "the end",
        _ => token.Text,
    };
}

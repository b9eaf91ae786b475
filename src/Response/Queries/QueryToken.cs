using System.Text;

namespace SentinelHealth.Response.Queries;

/// <summary>What a token is.</summary>
internal enum QueryTokenKind
{
    Word,
    Phrase,
    Colon,
    Open,
    Close,
    OpenItem,
    CloseItem,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    End,
}

/// <summary>A piece of a query's text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="At">Where it begins.</param>
/// <param name="Length">Characters it takes.</param>
/// <param name="Pieces">A word's or phrase's text without escapes, split at each <c>*</c> that is not escaped.</param>
internal readonly record struct QueryToken(QueryTokenKind Kind, int At, int Length, IReadOnlyList<string> Pieces)
{
    /// <summary>The text with its gaps written as <c>*</c>.</summary>
    public string Text => string.Join('*', Pieces);

    /// <summary>Whether it is one of the words that join conditions.</summary>
    public bool Is(string keyword) =>
        Kind == QueryTokenKind.Word && Pieces.Count == 1 && string.Equals(Pieces[0], keyword, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A fault met while reading; never leaves this folder.</summary>
internal sealed class QueryFaultException(QueryFault fault) : Exception(fault.Message)
{
    public QueryFault Fault { get; } = fault;
}

/// <summary>Cuts a query into tokens.</summary>
internal static class QueryLexer
{
    private const string Special = "():<>\"{}";

    public static List<QueryToken> Read(string query)
    {
        var tokens = new List<QueryToken>();
        var (at, listDepth) = (0, 0);
        while (at < query.Length)
        {
            if (char.IsWhiteSpace(query[at]))
            {
                at++;
                continue;
            }
            var before = tokens.Count > 0 ? tokens[^1].Kind : QueryTokenKind.End;
            var isValue = listDepth > 0
                || before is QueryTokenKind.Colon or (>= QueryTokenKind.Less and <= QueryTokenKind.GreaterOrEqual);
            var token = query[at] == '"' ? Phrase(query, at) : Mark(query, at) ?? Word(query, at, isValue);
            if (token.Kind == QueryTokenKind.Open && isValue)
                listDepth++;
            if (token.Kind == QueryTokenKind.Close && listDepth > 0)
                listDepth--;
            tokens.Add(token);
            at += token.Length;
        }
        tokens.Add(new QueryToken(QueryTokenKind.End, query.Length, 1, []));
        return tokens;
    }

    private static QueryToken? Mark(string query, int at)
    {
        var isWithEqual = at + 1 < query.Length && query[at + 1] == '=';
        return (query[at], isWithEqual) switch
        {
            (':', _) => new QueryToken(QueryTokenKind.Colon, at, 1, []),
            ('(', _) => new QueryToken(QueryTokenKind.Open, at, 1, []),
            (')', _) => new QueryToken(QueryTokenKind.Close, at, 1, []),
            ('{', _) => new QueryToken(QueryTokenKind.OpenItem, at, 1, []),
            ('}', _) => new QueryToken(QueryTokenKind.CloseItem, at, 1, []),
            ('<', true) => new QueryToken(QueryTokenKind.LessOrEqual, at, 2, []),
            ('<', false) => new QueryToken(QueryTokenKind.Less, at, 1, []),
            ('>', true) => new QueryToken(QueryTokenKind.GreaterOrEqual, at, 2, []),
            ('>', false) => new QueryToken(QueryTokenKind.Greater, at, 1, []),
            _ => null,
        };
    }

    /// <summary>Where a value stands, a colon with something on both sides is a part of it: identifiers are full of them.</summary>
    private static QueryToken Word(string query, int start, bool isValue)
    {
        var pieces = new List<string>();
        var text = new StringBuilder();
        var at = start;
        while (at < query.Length
            && (!IsEnd(query[at]) || (isValue && query[at] == ':' && at + 1 < query.Length && !IsEnd(query[at + 1]))))
        {
            if (query[at] == '*')
                (_, at) = (Cut(pieces, text), at + 1);
            else
                at = Take(query, at, text);
        }
        pieces.Add(text.ToString());
        return new QueryToken(QueryTokenKind.Word, start, at - start, pieces);
    }

    private static bool IsEnd(char letter) => char.IsWhiteSpace(letter) || Special.Contains(letter, StringComparison.Ordinal);

    private static QueryToken Phrase(string query, int start)
    {
        var text = new StringBuilder();
        var at = start + 1;
        while (at < query.Length && query[at] != '"')
            at = Take(query, at, text);
        if (at == query.Length)
            throw new QueryFaultException(new QueryFault(start, 1, "The quotation is not closed.", "Write a second \"."));
        return new QueryToken(QueryTokenKind.Phrase, start, at + 1 - start, [text.ToString()]);
    }

    private static int Take(string query, int at, StringBuilder text)
    {
        if (query[at] == '\\' && ++at == query.Length)
            throw new QueryFaultException(new QueryFault(at - 1, 1, "Nothing follows the backslash.", "Write \\\\ for a backslash."));
        text.Append(query[at]);
        return at + 1;
    }

    private static StringBuilder Cut(List<string> pieces, StringBuilder text)
    {
        pieces.Add(text.ToString());
        return text.Clear();
    }
}

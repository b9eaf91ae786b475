using System.Text;
using System.Text.Json.Nodes;
using SentinelHealth.Detection.Rules.Sigma.Fields;
using SentinelHealth.Response.Queries;

namespace SentinelHealth.Response.Search;

/// <summary>
/// Writes a hunt in the engine's query language, saying exactly what <see cref="Hunting.EventFields.Reader"/> says: texts are compared
/// as they are, what is empty does not exist, numbers are doubles and times finer than milliseconds.
/// </summary>
/// <remarks>Pure; O(conditions). Everything is a filter: nothing is ranked.</remarks>
internal static class EventDsl
{
    private const string ArgsPrefix = SentinelFields.Args + ".";

    /// <summary>The query as JSON.</summary>
    public static JsonObject Of(QueryNode query) => query switch
    {
        QueryAll => One("match_all", new JsonObject()),
        QueryAnd and => Bool("filter", and.Parts.Select(Of)),
        QueryOr or => TermsOf(or) ?? Either(or.Parts.Select(Of)),
        QueryNot not => Not(Of(not.Part)),
        QueryIs { Value: QueryPattern pattern } condition => Of(condition.Field.Name, pattern),
        QueryIs { Value: QueryNumber number } condition => Of(condition.Field, number.Number),
        QueryExists { Field: { Kind: QueryFieldKind.Word, Name: var name } } => IsArg(name)
            ? Wildcard(SearchMapping.Args, EscapedArg(name) + "?*") : Exists(SearchMapping.PathOf(name)),
        QueryExists exists => Exists(SearchMapping.PathOf(exists.Field.Name)),
        QueryRange range => One("range", One(SearchMapping.PathOf(range.Field.Name), One(NameOf(range.Order), Number(range.Bound)))),
        _ => throw new ArgumentException($"{query?.GetType().Name} is no condition on events.", nameof(query)),
    };

    /// <summary>What lies behind a place in the order of hits, which is newest first and then by key.</summary>
    public static JsonObject Behind(long atMs, ulong idKey)
    {
        var at = EventDocument.Stamp(DateTimeOffset.FromUnixTimeMilliseconds(atMs));
        return Either(
        [
            One("range", One(SearchMapping.Timestamp, One("lt", at))),
            Bool("filter",
            [
                One("range", One(SearchMapping.Timestamp, new JsonObject { ["gte"] = at, ["lte"] = at })),
                One("range", One(SearchMapping.IdKey, One("gt", EventDocument.KeyText(idKey)))),
            ]),
        ]);
    }

    private static JsonObject Of(QueryField field, double number) => One("term", One(
        SearchMapping.PathOf(field.Name), field.Kind == QueryFieldKind.Flag ? JsonValue.Create(number == 1) : Number(number)));

    private static JsonObject Of(string field, QueryPattern pattern)
    {
        if (IsArg(field))
            return pattern.IsExact
                ? One("term", One(SearchMapping.Args, EventDocument.ArgOf(NameOfArg(field), pattern.Pieces[0])))
                : Wildcard(SearchMapping.Args, EscapedArg(field) + Glob(pattern));
        var path = SearchMapping.PathOf(field);
        if (pattern.IsExact)
            return pattern.Pieces[0].Length > 0 ? One("term", One(path, pattern.Pieces[0])) : Not(Exists(path));
        // Gaps alone fit any text, also that of a field that is absent.
        if (pattern.Pieces.All(piece => piece.Length == 0))
            return One("match_all", new JsonObject());
        return pattern.Pieces.Count == 2 && pattern.Pieces[1].Length == 0
            ? One("prefix", One(path, pattern.Pieces[0])) : Wildcard(path, Glob(pattern));
    }

    /// <summary>One of many values of one field is one clause: engines bound how many clauses a query has.</summary>
    private static JsonObject? TermsOf(QueryOr or)
    {
        var texts = new JsonArray();
        var name = or.Parts[0] is QueryIs { Field: { Kind: QueryFieldKind.Word } first } ? first.Name : null;
        foreach (var part in or.Parts)
        {
            if (name is null || IsArg(name) || part is not QueryIs { Value: QueryPattern { IsExact: true } exact } condition
                || condition.Field.Name != name || exact.Pieces[0].Length == 0)
                return null;
            texts.Add(exact.Pieces[0]);
        }
        return One("terms", One(SearchMapping.PathOf(name!), texts));
    }

    private static bool IsArg(string field) => field.StartsWith(ArgsPrefix, StringComparison.Ordinal);

    private static string NameOfArg(string field) => field[ArgsPrefix.Length..];

    private static string EscapedArg(string field) => Escaped(EventDocument.EscapedName(NameOfArg(field)) + "=");

    private static string Glob(QueryPattern pattern) => string.Join('*', pattern.Pieces.Select(Escaped));

    /// <summary>What the engine takes for gaps is written as itself.</summary>
    private static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length + 4);
        foreach (var letter in text)
            _ = letter is '*' or '?' or '\\' ? escaped.Append('\\').Append(letter) : escaped.Append(letter);
        return escaped.ToString();
    }

    private static JsonObject Wildcard(string path, string pattern) => One("wildcard", One(path, One("value", pattern)));

    private static JsonObject Exists(string path) => One("exists", One("field", path));

    private static JsonObject Not(JsonObject part) => Bool("must_not", [part]);

    private static JsonObject Either(IEnumerable<JsonObject> parts)
    {
        var either = Bool("should", parts);
        either["bool"]!["minimum_should_match"] = 1;
        return either;
    }

    private static JsonObject Bool(string clause, IEnumerable<JsonObject> parts) =>
        One("bool", One(clause, new JsonArray([.. parts])));

    private static JsonValue Number(double number) => JsonValue.Create(number == 0 ? 0 : number);

    private static string NameOf(QueryOrder order) => order switch
    {
        QueryOrder.Less => "lt",
        QueryOrder.LessOrEqual => "lte",
        QueryOrder.Greater => "gt",
        _ => "gte",
    };

    private static JsonObject One(string name, JsonNode value) => new() { [name] = value };
}

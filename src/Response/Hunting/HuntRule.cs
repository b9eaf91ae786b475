using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SentinelHealth.Detection.Rules.Sigma.Fields;
using SentinelHealth.Response.Queries;

namespace SentinelHealth.Response.Hunting;

/// <summary>A hunt as a Sigma rule that finds the same events.</summary>
/// <param name="Yaml">The rule; empty when it has a fault.</param>
/// <param name="Fault">Why it cannot become a rule; empty when it can.</param>
/// <param name="Notes">What of the query is not in the rule, in whole sentences.</param>
public sealed record HuntRule(string Yaml, string Fault, IReadOnlyList<string> Notes)
{
    private const int SearchesMax = 64;

    /// <summary>Writes a query over events as a rule of status experimental. Pure: the same input gives the same bytes.</summary>
    /// <param name="query">The query; times in it are left out, since a rule looks at what is to come.</param>
    /// <param name="title">The rule's title; one line.</param>
    /// <param name="author">Who hunted.</param>
    /// <param name="date">The day.</param>
    public static HuntRule Of(QueryNode query, string title, string author, DateOnly date)
    {
        var writer = new Writer();
        var condition = writer.Write(query, isInner: false);
        if (condition is null)
            return new HuntRule("", "A rule needs a condition beside times.", []);
        if (writer.Searches.Count > SearchesMax)
            return new HuntRule("", $"A rule takes at most {SearchesMax} conditions.", []);
        var yaml = new StringBuilder();
        yaml.Append(CultureInfo.InvariantCulture, $"title: {Quoted(OneLine(title))}\n")
            .Append(CultureInfo.InvariantCulture, $"id: {IdOf(title, writer.Searches)}\n")
            .Append("status: experimental\n")
            .Append(CultureInfo.InvariantCulture, $"author: {Quoted(OneLine(author))}\n")
            .Append(CultureInfo.InvariantCulture, $"date: {date:yyyy-MM-dd}\n")
            .Append("logsource:\n  product: sentinelhealth\ndetection:\n");
        for (var i = 0; i < writer.Searches.Count; i++)
            yaml.Append(CultureInfo.InvariantCulture, $"  {Writer.NameOf(i)}:\n    {writer.Searches[i]}\n");
        yaml.Append(CultureInfo.InvariantCulture, $"  condition: {condition}\nlevel: medium\ntags:\n  - sentinel.hunt\n");
        return new HuntRule(yaml.ToString(), "", writer.HasTimes ? ["Times are not in the rule: it looks at events to come."] : []);
    }

    private static string OneLine(string text) => new([.. text.Select(letter => char.IsControl(letter) ? ' ' : letter)]);

    /// <summary>A scalar in single quotation marks, in which only these marks mean something.</summary>
    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static Guid IdOf(string title, List<string> searches) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes(title + "\n" + string.Join('\n', searches))).AsSpan(0, 16));

    /// <summary>Each condition becomes a search of its own, and the query the condition that joins them.</summary>
    private sealed class Writer
    {
        public List<string> Searches { get; } = [];

        public bool HasTimes { get; private set; }

        public static string NameOf(int search) => FormattableString.Invariant($"s{search + 1}");

        /// <summary>The condition of a part; null for what restricts nothing.</summary>
        public string? Write(QueryNode node, bool isInner)
        {
            switch (node)
            {
                case QueryAll:
                    return null;
                case QueryAnd and:
                    return Joined(and.Parts, " and ", isInner);
                case QueryOr or:
                    // One side that is always true makes the whole so.
                    var sides = or.Parts.Select(part => Write(part, isInner: true)).ToList();
                    return sides.Contains(null) ? null : Within(string.Join(" or ", sides), isInner);
                case QueryNot not:
                    return Write(not.Part, isInner: true) is { } part ? "not " + part : null;
                default:
                    if (FieldOf(node) is SentinelFields.Time)
                    {
                        HasTimes = true;
                        return null;
                    }
                    var text = SearchOf(node);
                    if (Searches.IndexOf(text) is var known && known < 0)
                        Searches.Add(text);
                    return NameOf(Searches.IndexOf(text));
            }
        }

        private string? Joined(IReadOnlyList<QueryNode> parts, string by, bool isInner)
        {
            var conditions = parts.Select(part => Write(part, isInner: true)).OfType<string>().ToList();
            return conditions.Count switch
            {
                0 => null,
                1 => conditions[0],
                _ => Within(string.Join(by, conditions), isInner),
            };
        }

        private static string Within(string condition, bool isInner) => isInner ? $"({condition})" : condition;

        private static string? FieldOf(QueryNode node) => node switch
        {
            QueryIs { Field.Name: var name } => name,
            QueryRange { Field.Name: var name } => name,
            QueryExists { Field.Name: var name } => name,
            _ => null,
        };

        private static string SearchOf(QueryNode node) => node switch
        {
            // Null is a value to rules, and nothing to a hunt: what exists has at least one character.
            QueryExists exists => $"{exists.Field.Name}: '?*'",
            QueryRange range => $"{range.Field.Name}|{OrderOf(range.Order)}: {Number(range.Bound)}",
            QueryIs { Field.Kind: QueryFieldKind.Flag, Value: QueryNumber flag } item =>
                $"{item.Field.Name}: {(flag.Number == 1 ? "'true'" : "'false'")}",
            QueryIs { Value: QueryNumber number } item => $"{item.Field.Name}: {Number(number.Number)}",
            QueryIs { Value: QueryPattern pattern } item =>
                $"{item.Field.Name}|cased: {Quoted(string.Join('*', pattern.Pieces.Select(Escaped)))}",
            _ => throw new ArgumentException($"{node.GetType().Name} is no condition on events.", nameof(node)),
        };

        private static string OrderOf(QueryOrder order) => order switch
        {
            QueryOrder.Less => "lt",
            QueryOrder.LessOrEqual => "lte",
            QueryOrder.Greater => "gt",
            _ => "gte",
        };

        private static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture);

        /// <summary>What rules take for gaps is written as itself.</summary>
        private static string Escaped(string text) => text
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("*", "\\*", StringComparison.Ordinal)
            .Replace("?", "\\?", StringComparison.Ordinal);
    }
}

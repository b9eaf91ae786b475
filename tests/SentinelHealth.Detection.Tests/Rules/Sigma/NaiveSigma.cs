using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Detection.Tests.Rules.Sigma;

/// <summary>What a condition means, written down without a thought for speed: the judge of the compiled engine.</summary>
internal static class NaiveSigma
{
    public static bool Holds(SigmaExpression expression, JsonElement record) => expression switch
    {
        SigmaAnd and => and.Parts.All(part => Holds(part, record)),
        SigmaOr or => or.Parts.Any(part => Holds(part, record)),
        SigmaSome some => some.Parts.Count(part => Holds(part, record)) >= some.Least,
        SigmaNot not => !Holds(not.Part, record),
        SigmaTerm term => Passes(term, record),
        _ => throw new NotSupportedException(),
    };

    private static bool Passes(SigmaTerm term, JsonElement record)
    {
        var values = (term.Field.Length == 0 ? Leaves(record) : Leaves(record, term.Field.Split('.'), 0)).ToList();
        return term.Test switch
        {
            ExistsTest exists => exists.IsThere == values.Count > 0,
            NullTest => values.All(value => value.ValueKind == JsonValueKind.Null),
            FieldTest other => values.Where(NotNull).Any(value => Leaves(record, other.Other.Split('.'), 0).Where(NotNull)
                .Any(theirs => Fits(TextOf(value, other.IsCased), TextOf(theirs, other.IsCased), other.Place))),
            _ => values.Where(NotNull).Any(value => Passes(term.Test, value)),
        };
    }

    private static bool Passes(SigmaTest test, JsonElement value) => test switch
    {
        TextTest text => new Regex(Expression(text.Pattern), RegexOptions.Singleline)
            .IsMatch(TextOf(value, text.Pattern.IsCased)),
        RegexTest regex => Regex.IsMatch(TextOf(value, isCased: true), regex.Expression, regex.Options),
        CompareTest compare => double.TryParse(
            TextOf(value, true), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && compare.Comparison switch
            {
                SigmaComparison.Less => number < compare.Bound,
                SigmaComparison.LessOrEqual => number <= compare.Bound,
                SigmaComparison.Greater => number > compare.Bound,
                _ => number >= compare.Bound,
            },
        _ => throw new NotSupportedException(),
    };

    private static string Expression(SigmaPattern pattern)
    {
        var segments = pattern.Segments.Select(segment => string.Concat(segment.Items.Select(item =>
            item.Literal is { } literal ? Regex.Escape(Encoding.UTF8.GetString(literal)) : item.IsDash ? "[-/–—―]" : ".")));
        var open = pattern.IsOpenAtStart || pattern.IsOpenAtEnd;
        return $"^{(pattern.IsOpenAtStart ? ".*" : "")}{string.Join(".*", segments)}{(pattern.IsOpenAtEnd || (open && pattern.Segments.Count == 0) ? ".*" : "")}\\z";
    }

    private static bool Fits(string mine, string other, SigmaPlace place) => place switch
    {
        SigmaPlace.Start => mine.StartsWith(other, StringComparison.Ordinal),
        SigmaPlace.End => mine.EndsWith(other, StringComparison.Ordinal),
        SigmaPlace.Anywhere => mine.Contains(other, StringComparison.Ordinal),
        _ => mine == other,
    };

    private static string TextOf(JsonElement value, bool isCased)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return isCased ? text : text.ToLowerInvariant();
    }

    private static bool NotNull(JsonElement value) => value.ValueKind != JsonValueKind.Null;

    private static IEnumerable<JsonElement> Leaves(JsonElement value, string[] path, int at) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray().SelectMany(item => Leaves(item, path, at)),
        JsonValueKind.Object =>
            at < path.Length && value.TryGetProperty(path[at], out var inner) ? Leaves(inner, path, at + 1) : [],
        _ => at == path.Length ? [value] : [],
    };

    private static IEnumerable<JsonElement> Leaves(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Leaves),
        JsonValueKind.Object => value.EnumerateObject().SelectMany(member => Leaves(member.Value)),
        _ => [value],
    };
}

using System.Globalization;
using System.Text;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>What tells tests apart.</summary>
internal static class SigmaTestKey
{
    /// <summary>Equal for tests that answer alike.</summary>
    public static string Of(SigmaTest test) => test switch
    {
        TextTest text => "text " + Of(text.Pattern),
        RegexTest regex => $"regex {(int)regex.Options} {regex.Expression}",
        CidrTest cidr => $"cidr {cidr.Network}",
        CompareTest compare => string.Create(CultureInfo.InvariantCulture, $"compare {compare.Comparison} {compare.Bound:R}"),
        ExistsTest exists => $"exists {exists.IsThere}",
        NullTest => "null",
        FieldTest field => $"field {field.Place} {field.IsCased} {field.Other}",
        TimePartTest part => string.Create(CultureInfo.InvariantCulture, $"time {part.Part} {part.Number}"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Of(SigmaPattern pattern)
    {
        var text = new StringBuilder(pattern.IsCased ? "cased " : "").Append(pattern.IsOpenAtStart ? '>' : '|');
        foreach (var segment in pattern.Segments)
        {
            foreach (var item in segment.Items)
                text.Append(item.Literal is { } literal ? Convert.ToHexString(literal) : item.IsDash ? "-" : "?");
            text.Append('*');
        }
        return text.Append(pattern.IsOpenAtEnd ? '<' : '|').ToString();
    }
}

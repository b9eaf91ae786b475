using System.Net;
using System.Text.RegularExpressions;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>What one value is tested for.</summary>
internal abstract record SigmaTest;

/// <summary>The text fits a pattern.</summary>
internal sealed record TextTest(SigmaPattern Pattern) : SigmaTest;

/// <summary>The text contains a match of a regular expression.</summary>
internal sealed record RegexTest(string Expression, RegexOptions Options) : SigmaTest;

/// <summary>The text is an address of a network.</summary>
internal sealed record CidrTest(IPNetwork Network) : SigmaTest;

/// <summary>The number stands in a relation to a bound.</summary>
internal sealed record CompareTest(SigmaComparison Comparison, double Bound) : SigmaTest;

/// <summary>The field is there, or is not.</summary>
internal sealed record ExistsTest(bool IsThere) : SigmaTest;

/// <summary>The field is absent or null.</summary>
internal sealed record NullTest : SigmaTest;

/// <summary>The text equals, begins with, ends with or contains that of another field.</summary>
internal sealed record FieldTest(string Other, SigmaPlace Place, bool IsCased) : SigmaTest;

/// <summary>A part of the time that the text tells equals a number.</summary>
internal sealed record TimePartTest(SigmaTimePart Part, int Number) : SigmaTest;

internal enum SigmaComparison
{
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

internal enum SigmaPlace
{
    Whole,
    Start,
    End,
    Anywhere,
}

internal enum SigmaTimePart
{
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

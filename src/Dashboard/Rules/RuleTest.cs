namespace SentinelHealth.Dashboard.Rules;

/// <summary>One test of the rules in a file: records in their order, and how often the rules must match.</summary>
/// <param name="Name">A sentence about what happens.</param>
/// <param name="Line">Where it stands.</param>
/// <param name="MatchesMin">Matches at least.</param>
/// <param name="MatchesMax">Matches at most.</param>
/// <param name="Records">The records as JSON, in order of time.</param>
internal sealed record RuleTest(
    string Name, long Line, int MatchesMin, int MatchesMax, IReadOnlyList<ReadOnlyMemory<byte>> Records)
{
    /// <summary>Whether it shows what a rule must not match.</summary>
    public bool IsNegative => MatchesMax == 0;

    /// <summary>What is expected, for people.</summary>
    public string Expected => MatchesMax == int.MaxValue ? $"{MatchesMin} matches or more" : MatchesMax == 1 ? "1 match" : $"{MatchesMax} matches";
}

/// <summary>A file of tests cannot be read.</summary>
internal sealed class RuleTestException(string file, long line, string reason) : Exception($"{file}:{line}: {reason}");

using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Dashboard.Rules;

/// <summary>What came of one test.</summary>
/// <param name="File">The file it stands in.</param>
/// <param name="Test">The test; null when the file could not be run at all.</param>
/// <param name="Failure">Why it failed; null when it passed.</param>
internal sealed record RuleTestResult(string File, RuleTest? Test, string? Failure);

/// <summary>Runs the tests beside files of rules: each file's rules alone, over the records of each of its tests.</summary>
internal static class RuleTestRun
{
    /// <summary>Results of the tests of one file of rules; none when it has no tests.</summary>
    public static IReadOnlyList<RuleTestResult> Run(string file, IReadOnlyDictionary<string, IReadOnlyList<string>>? placeholders)
    {
        if (RuleFiles.TestsOf(file) is not { } tests)
            return [];
        try
        {
            var rules = SigmaRuleBook.Of([SigmaLoader.Read(file, RuleFiles.Read(file), placeholders)]);
            return rules.Problems.Count > 0
                ? [.. rules.Problems.Select(problem => new RuleTestResult(file, null, problem.Reason))]
                : [.. RuleTestFile.Read(tests).Select(test => new RuleTestResult(tests, test, FailureOf(test, rules)))];
        }
        catch (RuleTestException fault)
        {
            return [new RuleTestResult(tests, null, fault.Message)];
        }
    }

    private static string? FailureOf(RuleTest test, SigmaRuleBook rules)
    {
        var matcher = new RecordMatcher(new SigmaEngine(rules), map: null);
        var matches = new List<SigmaMatch>();
        for (var i = 0; i < test.Records.Count; i++)
        {
            if (matcher.Offer(test.Records[i], $"event {i + 1}", matches) is { Length: > 0 } problem)
                return $"Event {i + 1} cannot be read: {problem}";
        }
        matcher.Complete(matches);
        if (matches.Count >= test.MatchesMin && matches.Count <= test.MatchesMax)
            return null;
        var where = matches.Count == 0 ? "" : $", at {string.Join(", ", matches.Take(5).Select(match => match.EventIds[^1]))}";
        return $"{test.Expected} expected, {matches.Count} found{where}.";
    }
}

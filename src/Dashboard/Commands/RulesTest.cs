using System.CommandLine;
using SentinelHealth.Dashboard.Rules;

namespace SentinelHealth.Dashboard.Commands;

/// <summary><c>rules test</c>: runs the tests that stand beside rules.</summary>
internal static class RulesTest
{
    public static Command Create(CommandSurroundings surroundings)
    {
        var paths = new Argument<string[]>("paths") { Description = "Rule files, or folders of them.", Arity = ArgumentArity.OneOrMore };
        var placeholders = RulesCommand.Placeholders();
        var test = new Command("test", "Runs the tests beside rules (name.test.yml); what fails with the reason.") { paths, placeholders };
        test.SetAction(async (parsed, _) =>
        {
            var values = RulesCommand.ReadPlaceholders(parsed.GetValue(placeholders), surroundings);
            var (passed, failed) = (0, 0);
            foreach (var file in RulesCommand.Files(parsed.GetRequiredValue(paths)))
            {
                var results = RuleTestRun.Run(file, values);
                passed += results.Count(result => result.Failure is null);
                failed += results.Count(result => result.Failure is not null);
                foreach (var line in Lines(file, results))
                    await surroundings.Output.WriteLineAsync(line);
            }
            await surroundings.Output.WriteLineAsync($"{{\"passed\":{passed},\"failed\":{failed}}}");
            return failed == 0 ? ExitCode.Done : ExitCode.Problems;
        });
        return test;
    }

    private static IEnumerable<string> Lines(string file, IReadOnlyList<RuleTestResult> results)
    {
        foreach (var result in results)
        {
            var name = result.Test is { } test ? $"{result.File}:{test.Line}: {test.Name}" : result.File;
            yield return result.Failure is { } failure ? $"FAIL {name}: {failure}" : $"pass {name}";
        }
        if (results.Count == 0)
            yield return $"none {file}: There are no tests beside it.";
        else if (results.Select(result => result.Test?.IsNegative).Distinct().Count(isNegative => isNegative is not null) < 2)
            yield return $"warn {file}: There should be a test that matches and one that does not.";
    }
}

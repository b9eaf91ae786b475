using System.CommandLine;
using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Dashboard.Commands;

/// <summary><c>rules check</c>: whether rules can be honoured.</summary>
internal static class RulesCheck
{
    public static Command Create(CommandSurroundings surroundings)
    {
        var paths = new Argument<string[]>("paths") { Description = "Rule files, or folders of them.", Arity = ArgumentArity.OneOrMore };
        var placeholders = RulesCommand.Placeholders();
        var check = new Command("check", "Whether rules can be honoured; every problem with file, line and reason.") { paths, placeholders };
        check.SetAction(async (parsed, _) =>
        {
            var loaded = RulesCommand.Load(RulesCommand.Files(parsed.GetRequiredValue(paths)),
                RulesCommand.ReadPlaceholders(parsed.GetValue(placeholders), surroundings));
            var rules = SigmaRuleBook.Of(loaded);
            foreach (var problem in rules.Problems)
                await surroundings.Output.WriteLineAsync(problem.ToString());
            await WarnAsync(rules, surroundings.Error);
            await surroundings.Output.WriteLineAsync(Summary(loaded, rules));
            return rules.Problems.Count == 0 ? ExitCode.Done : ExitCode.Problems;
        });
        return check;
    }

    private static async Task WarnAsync(SigmaRuleBook rules, TextWriter error)
    {
        foreach (var rule in rules.Rules.Where(rule => rule.MissingPlaceholders.Count > 0))
            await error.WriteLineAsync(
                $"{rule.File}:{rule.Line}: Needs a value of %{string.Join("%, %", rule.MissingPlaceholders)}% before it can run.");
        foreach (var warning in RuleLint.Of(rules))
            await error.WriteLineAsync($"{warning.File}:{warning.Line}: warning: {warning.Reason}");
    }

    /// <summary>Filters are documents and no rules.</summary>
    private static string Summary(IReadOnlyList<SigmaLoadResult> loaded, SigmaRuleBook rules)
    {
        var filters = loaded.Sum(file => file.Filters.Count);
        var read = loaded.Sum(file => file.Rules.Count + file.Correlations.Count);
        var unread = loaded.Sum(file => file.Problems.Count);
        var (documents, rejected) = (filters + read + unread, rules.Problems.Count);
        return $"{{\"documents\":{documents},\"rules\":{read + unread},\"accepted\":{documents - rejected},\"rejected\":{rejected}}}";
    }
}

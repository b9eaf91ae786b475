using System.Text.RegularExpressions;
using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Detection.Rules.Sigma;
using SentinelHealth.Detection.Rules.Sigma.Fields;
using SentinelHealth.Testing;

namespace SentinelHealth.Architecture.Tests;

/// <summary>docs/rules.md says what is so.</summary>
public sealed partial class RulesDocumentTests : IDisposable
{
    private static readonly string Document = string.Join('\n', Repository.File("docs/rules.md").Lines);

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void The_example_is_accepted_without_a_warning_and_passes_its_tests()
    {
        var blocks = YamlBlock().Matches(Document).Select(block => block.Groups[1].Value).ToList();
        File.WriteAllText(_folder.File("example.yml"), blocks[0]);
        File.WriteAllText(_folder.File("example.test.yml"), blocks[1]);

        var rules = SigmaRuleBook.Of([SigmaLoader.Read("example.yml", blocks[0])]);
        Assert.Empty(rules.Problems);
        Assert.Empty(RuleLint.Of(rules));
        var results = RuleTestRun.Run(_folder.File("example.yml"), null);
        Assert.Equal(2, results.Count);
        Assert.All(results, result => Assert.Null(result.Failure));
    }

    [Fact]
    public void The_table_of_fields_is_the_taxonomy() => Assert.All(SentinelFields.All,
        field => Assert.Contains($"| `{field.Name}` | `{field.Path}` | {field.Meaning} |", Document, StringComparison.Ordinal));

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex YamlBlock();
}

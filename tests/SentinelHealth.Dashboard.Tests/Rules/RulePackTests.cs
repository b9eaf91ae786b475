using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Detection.Rules.Sigma;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;

namespace SentinelHealth.Dashboard.Tests.Rules;

public class RulePackTests
{
    /// <summary>The systems of a health-data network, each with a folder of rules.</summary>
    private static readonly string[] Systems =
    [
        "access", "agents", "biometric", "claims", "consent", "cryptography", "escrow", "governance", "grants", "identity", "keys",
        "learning", "monitor", "nodes", "proofs", "records", "tokens",
    ];

    public static TheoryData<string> Files =>
        [.. RuleFiles.Below(RuleFolder.Shipped).Select(file => Path.GetRelativePath(RuleFolder.Shipped, file))];

    [Fact]
    public void The_pack_is_accepted_whole_and_covers_every_system()
    {
        var folder = RuleFolder.Read(RuleFolder.Shipped);
        var rules = StagedRules.Of(folder.Files, new Dictionary<string, DetectorStage>());

        Assert.Empty(rules.Problems);
        Assert.Empty(RuleLint.Of(SigmaRuleBook.Of(folder.Files)));
        Assert.True(rules.Rules.Count >= 40, $"Only {rules.Rules.Count} rules are shipped.");
        var systems = rules.Rules.Select(rule => Path.GetDirectoryName(rule.Document.File)!).Distinct();
        Assert.Equal(Systems, systems.Order(StringComparer.Ordinal));
        Assert.All(rules.Rules, rule =>
        {
            Assert.Equal(("SentinelHealth contributors", "Apache-2.0"), (rule.Document.Author, rule.Document.License));
            Assert.Equal(Path.GetFileNameWithoutExtension(rule.Document.File), rule.Document.Name);
            Assert.Contains(rule.Document.Tags, tag => tag.StartsWith("control.", StringComparison.Ordinal) || tag.StartsWith("attack.t", StringComparison.Ordinal));
            Assert.NotEmpty(rule.Document.References);
        });
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_rule_passes_the_tests_beside_it(string file)
    {
        var results = RuleTestRun.Run(Path.Combine(RuleFolder.Shipped, file), null);

        Assert.Contains(results, result => result.Test is { IsNegative: false });
        Assert.Contains(results, result => result.Test is { IsNegative: true });
        Assert.All(results, result => Assert.Null(result.Failure));
    }

    /// <summary>The same records as events of a running monitor, which sees them decoded and not as JSON.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void Every_rule_passes_its_tests_in_the_engine_too(string file)
    {
        var path = Path.Combine(RuleFolder.Shipped, file);
        var loaded = SigmaLoader.Read(file, RuleFiles.Read(path));
        var name = StagedRule.Prefix + Path.GetFileNameWithoutExtension(file);
        var enforced = new Dictionary<string, DetectorStage> { [name] = DetectorStage.Enforced };

        foreach (var test in RuleTestFile.Read(RuleFiles.TestsOf(path)!))
        {
            var engine = new DetectionEngine(new DetectionOptions(), null, StagedRules.Of([loaded], enforced));
            var (observed, decoder) = (new SentinelEvent(), new NativeEventDecoder());
            foreach (var record in test.Records)
            {
                Assert.True(decoder.TryDecode(record, observed, out var rejection), rejection.Detail);
                engine.Process(observed);
            }
            var found = engine.ReadRuleCounts().GetValueOrDefault(name).MatchCount;
            Assert.True(found >= test.MatchesMin && found <= test.MatchesMax, $"{test.Name}: {test.Expected} expected, {found} found.");
        }
    }
}

using System.Text;
using System.Text.Json;
using SentinelHealth.Detection.Rules.Sigma;
using SentinelHealth.Testing;

namespace SentinelHealth.Detection.Tests.Rules.Sigma;

/// <summary>What is looked for depends on where a record comes from; what matches does not depend on that being remembered.</summary>
public class SigmaRoutingTests(ITestOutputHelper output)
{
    private static readonly string[] Sources =
    [
        "{product: windows, category: process_creation}", "{product: windows, service: security}", "{category: antivirus}",
        "{product: windows, service: sysmon}", "{product: windows}", "{category: webserver}", "{service: nginx}",
        "{product: windows, service: terminal}", "{product: linux}",
    ];

    private static readonly string[] Channels =
        ["Security", "Microsoft-Windows-Sysmon/Operational", "System", "Of-Its-Own/Operational", "SECURITY", new('x', 300)];

    private static readonly (string Module, string Name)[] Products =
    [
        ("aws", "aws"), ("azure", "azure"), ("gcp", "gcp"), ("okta", "okta"), ("github", "github"), ("o365", "m365"), ("zeek", "zeek"),
        ("onelogin", "onelogin"), ("cisco", "cisco"), ("fortinet", "fortios"), ("kubernetes", "kubernetes"), ("auditd", "linux"),
    ];

    private static readonly (string Name, string Category)[] Kinds =
    [
        ("process", "process_creation"), ("network", "dns_query"), ("file", "file_event"), ("registry", "registry_set"),
        ("driver", "driver_load"), ("library", "image_load"), ("web", "proxy"),
    ];

    private static readonly string[] Conditions = ["s", "s and t", "s and not t", "not s"];

    private static readonly string[] Texts =
    [
        @"C:\Windows\System32\svchost.exe", @"C:\Temp\evil.exe", @"c:\temp\EVIL.exe -enc AAAA", "evil", "Ünïcode evil.exe",
        @"\powershell.exe", "",
    ];

    private static readonly string[] Tests =
    [
        @"Image|endswith: '\evil.exe'", @"Image|startswith: 'c:\temp'", "Image|contains: evil", @"Image: 'C:\*\evil.exe*'",
        "Image|contains: [ABC, enc]", @"Image|endswith: ['.exe', '\powershell.exe']", "Other: null", "Image|re: 'ev.l\\.exe'",
        "Image|contains: 'ïco'", "Image: ''", "Image|contains|cased: EVIL", "Image|exists: true",
    ];

    [Fact]
    public void Random_rules_of_random_sources_match_as_they_do_alone()
    {
        var random = new Random(TestSeed.Next(output));
        var matched = 0;
        for (var round = 0; round < 30; round++)
        {
            var rules = Enumerable.Range(0, 60).Select(_ => Rule(random)).ToList();
            var set = new SigmaRuleSet(rules);
            var (record, matches) = (set.NewRecord(SigmaFieldMap.Windows), new List<int>());
            for (var turn = 0; turn < 60; turn++)
            {
                var json = Record(random);
                Assert.True(record.TryRead(json, out var problem), problem);
                set.Match(record, matches);
                Assert.Equal(Enumerable.Range(0, rules.Count).Where(rule => MatchesAlone(rules[rule], json)), matches);
                matched += matches.Count;
            }
        }
        Assert.InRange(matched, 1_000, int.MaxValue);
    }

    [Fact]
    public void More_origins_than_are_kept_change_nothing()
    {
        // Each of these categories fits records of its own module and no others: more sets of rules than plans are made for.
        var rules = Products.SelectMany(product => Kinds.Select(kind => Rule(
            $"{{product: {product.Name}, category: {kind.Category}}}", "a: x"))).ToList();
        var set = new SigmaRuleSet(rules);
        var (record, matches) = (set.NewRecord(SigmaFieldMap.Ecs), new List<int>());

        for (var turn = 0; turn < 2; turn++)
        {
            for (var rule = 0; rule < rules.Count; rule++)
            {
                var (module, kind) = (Products[rule / Kinds.Length].Module, Kinds[rule % Kinds.Length].Name);
                var json = $$$"""{"a":"x","event":{"module":"{{{module}}}","category":"{{{kind}}}"}}""";
                Assert.True(record.TryRead(Encoding.UTF8.GetBytes(json), out var problem), problem);
                set.Match(record, matches);
                Assert.Equal([rule], matches);
            }
        }
        Assert.Equal(rules.Count, set.LastWork.Routed);
    }

    [Fact]
    public void A_rule_of_another_origin_is_not_looked_at()
    {
        SigmaRule[] rules = [Rule(Sources[0], "Image|contains: evil"), Rule(Sources[1], "Image|contains: evil")];
        var set = new SigmaRuleSet(rules);
        var (record, matches) = (set.NewRecord(SigmaFieldMap.Windows), new List<int>());

        record.TryRead("""{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Image":"evil"}"""u8, out _);
        set.Match(record, matches);

        Assert.Equal([0], matches);
        Assert.Equal((1, 1), set.LastWork);
    }

    private static bool MatchesAlone(SigmaRule rule, byte[] json)
    {
        var set = new SigmaRuleSet([rule]);
        var record = set.NewRecord(SigmaFieldMap.Windows);
        record.TryRead(json, out _);
        using var document = JsonDocument.Parse(json);
        return new SigmaSources(set.FieldOf).Fits(rule.LogSource, record)
            && NaiveSigma.Holds(rule.Condition, document.RootElement);
    }

    private static SigmaRule Rule(Random random) => Rule(
        Sources[random.Next(Sources.Length)], Tests[random.Next(Tests.Length)], Tests[random.Next(Tests.Length)],
        Conditions[random.Next(Conditions.Length)]);

    private static SigmaRule Rule(string source, string test, string other = "Other: null", string condition = "s") => SigmaLoader.Read(
        "r.yml",
        $"title: r\nlogsource: {source}\n"
        + $"detection:\n    s:\n        {test}\n    t:\n        {other}\n    condition: {condition}\n").Rules.Single();

    private static byte[] Record(Random random)
    {
        var members = new List<string>();
        if (random.Next(5) > 0)
            members.Add($"\"Channel\":{JsonSerializer.Serialize(Channels[random.Next(Channels.Length)])}");
        if (random.Next(5) > 0)
            members.Add($"\"EventID\":{(random.Next(2) == 0 ? "1" : "\"4688\"")}");
        if (random.Next(5) > 0)
            members.Add($"\"Image\":{JsonSerializer.Serialize(Texts[random.Next(Texts.Length)])}");
        return Encoding.UTF8.GetBytes("{" + string.Join(',', members.OrderBy(_ => random.Next())) + "}");
    }
}

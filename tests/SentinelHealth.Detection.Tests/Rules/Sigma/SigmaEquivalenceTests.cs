using System.Text;
using System.Text.Json;
using SentinelHealth.Detection.Rules.Sigma;
using SentinelHealth.Testing;

namespace SentinelHealth.Detection.Tests.Rules.Sigma;

/// <summary>The compiled engine answers as the naive reading of each rule does.</summary>
public class SigmaEquivalenceTests(ITestOutputHelper output)
{
    private static readonly string[] Keys =
    [
        "a", "b", "c.d", "a|contains", "b|contains|all", "a|startswith", "b|endswith", "a|cased", "b|contains|cased", "a|neq", "c.d|contains",
        "a|re", "b|re|i", "a|windash|contains", "a|fieldref", "b|fieldref|startswith", "'|all'",
    ];

    private static readonly string[] Words =
        ["x", "X", "xyxy", "yx", "xx-yy", "xyxyxyxy", "/yx", "", "ä", "Äx", "1", "12", "xy xyxy", "yyyyyyyy", "xyyx", "–yx"];

    [Fact]
    public void On_random_rules_and_records()
    {
        var random = new Random(TestSeed.Next(output));
        var compared = 0;
        var matched = 0;
        for (var round = 0; round < 60; round++)
        {
            var texts = Enumerable.Range(0, 40).Select(_ => Rule(random)).Where(text => SigmaLoader.Read("r.yml", text).Problems.Count == 0).ToList();
            var rules = texts.SelectMany(text => SigmaLoader.Read("r.yml", text).Rules).ToList();
            Assert.True(rules.Count >= 30, "Most random rules are rules.");
            var set = new SigmaRuleSet(rules);
            var (record, matches) = (set.NewRecord(SigmaFieldMap.Plain), new List<int>());
            for (var i = 0; i < 40; i++)
            {
                var json = Record(random);
                using var document = JsonDocument.Parse(json);
                Assert.True(record.TryRead(Encoding.UTF8.GetBytes(json), out var problem), problem);
                set.Match(record, matches);
                for (var rule = 0; rule < rules.Count; rule++)
                {
                    var expected = NaiveSigma.Holds(rules[rule].Condition, document.RootElement);
                    Assert.True(expected == matches.Contains(rule), $"{json} should {(expected ? "" : "not ")}match:\n{texts[rule]}");
                }
                compared += rules.Count;
                matched += matches.Count;
            }
        }
        output.WriteLine($"{compared} comparisons, {matched} matches");
        Assert.InRange(matched, compared / 20, compared * 19 / 20);
    }

    private static string Rule(Random random)
    {
        var searches = string.Concat(Enumerable.Range(1, 4).Select(number => $"    s{number}:\n{Search(random)}"));
        return $"title: r\nlogsource: {{product: test}}\ndetection:\n{searches}    condition: {Condition(random, 0)}\n";
    }

    private static string Search(Random random)
    {
        if (random.Next(8) == 0)
            return $"        - '{Value(random)}'\n        - 'yyy'\n";
        var keys = Enumerable.Range(0, random.Next(1, 3)).Select(_ => Keys[random.Next(Keys.Length)]).Distinct();
        return string.Concat(keys.Select(key => $"        {key}: {Values(random, key)}\n"));
    }

    private static string Values(Random random, string key)
    {
        if (key.Contains("fieldref", StringComparison.Ordinal))
            return random.Next(2) == 0 ? "b" : "c.d";
        if (key.Contains("|re", StringComparison.Ordinal))
            return random.Next(3) switch { 0 => "'^x.*x$'", 1 => "'y{2,}'", _ => "'[xä]y'" };
        if (!key.Contains('|', StringComparison.Ordinal) && random.Next(6) == 0)
            return random.Next(2) == 0 ? "null" : "[null, x]";
        return "[" + string.Join(", ", Enumerable.Range(0, random.Next(1, 4)).Select(_ => $"'{Value(random)}'")) + "]";
    }

    private static string Value(Random random)
    {
        var word = Words[random.Next(Words.Length)];
        return random.Next(6) switch { 0 => "*" + word, 1 => word + "*", 2 => word.Replace('y', '?'), 3 => "*" + word + "*x", _ => word };
    }

    private static string Condition(Random random, int depth) => random.Next(depth > 3 ? 3 : 9) switch
    {
        0 => "s" + random.Next(1, 5),
        1 => $"{random.Next(1, 4)} of s*",
        2 => "all of them",
        3 => "not " + Condition(random, depth + 1),
        4 or 5 => $"({Condition(random, depth + 1)} or {Condition(random, depth + 1)})",
        _ => $"({Condition(random, depth + 1)} and {Condition(random, depth + 1)})",
    };

    private static string Record(Random random)
    {
        var members = new List<string>();
        if (random.Next(4) > 0)
            members.Add($"\"a\":{Json(random)}");
        if (random.Next(4) > 0)
            members.Add($"\"b\":{Json(random)}");
        if (random.Next(3) > 0)
            members.Add($"\"c\":{{\"d\":{Json(random)},\"e\":{Json(random)}}}");
        return "{" + string.Join(',', members) + "}";
    }

    private static string Json(Random random) => random.Next(8) switch
    {
        0 => "null",
        1 => random.Next(20).ToString(System.Globalization.CultureInfo.InvariantCulture),
        2 => $"[{JsonSerializer.Serialize(Words[random.Next(Words.Length)])},{JsonSerializer.Serialize(Words[random.Next(Words.Length)])}]",
        3 => "[]",
        _ => JsonSerializer.Serialize(Words[random.Next(Words.Length)] + Words[random.Next(Words.Length)]),
    };
}

using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Detection.Tests.Rules.Sigma;

/// <summary>Texts that are no rules, or hardly: each went another way through the reader. None throws; what is refused is refused with a reason.</summary>
public class SigmaHostileTests
{
    private const string Head = "title: r\nlogsource: {product: test}\n";

    public static TheoryData<string> HostileFiles =>
    [
        "", " ", "\u0000", "\uFEFF", "---", "---\n...\n---", "- a", "a", "a: b: c", "[", "{", "\"", "'", "&a *a", "*a",
        "? a", ": a", "!!binary x", "!<a> b", "%YAML 9", "\t",
        "title: &a [*a]", "title: *b", "<<: {title: r}", "title: r\ntitle: s", "? [a]\n: b", "? {a: b}\n: c",
        "title: r\n: x", "{title: r, : x}",
        Head, Head + "detection:", Head + "detection: x", Head + "detection: []", Head + "detection: {}",
        Head + "detection: {condition: s}",
        Head + "detection: {s: , condition: s}", Head + "detection: {s: [], condition: s}",
        Head + "detection: {s: {}, condition: s}", Head + "detection: {s: [[a]], condition: s}",
        Head + "detection: {s: [{a: b}, c, 1, null, true], condition: s}",
        Head + "detection: {s: {a: {b: c}}, condition: s}", Head + "detection: {s: {[a]: b}, condition: s}",
        Head + "detection: {s: {'': a}, condition: s}", Head + "detection: {s: {'|': a}, condition: s}",
        Head + "detection: {s: {'|all': a}, condition: s}",
        Head + "detection: {s: {'a|': b}, condition: s}", Head + "detection: {s: {'a|all': b}, condition: s}",
        Head + "detection: {s: {'a|re': '('}, condition: s}",
        Head + "detection: {s: {'a|re': '(?<!a)(\\1)'}, condition: s}",
        Head + "detection: {s: {'a|re|i|m|s': '['}, condition: s}",
        Head + "detection: {s: {'a|cidr': '::/129'}, condition: s}",
        Head + "detection: {s: {'a|cidr': ''}, condition: s}", Head + "detection: {s: {'a|lt': x}, condition: s}",
        Head + "detection: {s: {'a|lt': .nan}, condition: s}",
        Head + "detection: {s: {'a|lt': 1e999}, condition: s}",
        Head + "detection: {s: {'a|base64offset|contains': ''}, condition: s}",
        Head + "detection: {s: {'a|base64': '*'}, condition: s}",
        Head + "detection: {s: {'a|wide|re': x}, condition: s}",
        Head + "detection: {s: {'a|fieldref': ''}, condition: s}",
        Head + "detection: {s: {'a|exists': maybe}, condition: s}",
        Head + "detection: {s: {'a|hour': 25}, condition: s}",
        Head + "detection: {s: {'a|expand': '%%'}, condition: s}",
        Head + "detection: {s: {'a|expand': '%b%c%'}, condition: s}",
        Head + "detection: {s: {a: '\\'}, condition: s}", Head + "detection: {s: {a: '****'}, condition: s}",
        Head + "detection: {s: {a: '\uD800'}, condition: s}",
        "title: r\nlogsource: x\ndetection: {s: {a: b}, condition: s}",
        "title: r\nlogsource: {product: {a: b}}\ndetection: {s: {a: b}, condition: s}",
        "title: r\ncorrelation:", "title: r\ncorrelation: {type: event_count}",
        "title: r\ncorrelation: {type: event_count, rules: [], timespan: 1m, condition: {gte: 1}}",
        "title: r\ncorrelation: {type: event_count, rules: r, timespan: 99999999999999d, condition: {gte: 1}}",
        "title: r\ncorrelation: {type: x, rules: [r], timespan: 1m}",
        "title: r\nname: r\ncorrelation: {type: event_count, rules: [r], timespan: 1m, condition: {gte: 1}}",
        "title: r\nfilter: {rules: [], selection: {a: b}, condition: selection}",
        "title: r\nlogsource: {}\nfilter: {rules: any, condition: x}", "action: global\n---\n" + Head, "action: repeat",
    ];

    public static TheoryData<string> HostileConditions =>
    [
        "", " ", "s s", "and", "not", "s and", "or s", "not not not s", "(", ")", "()", "((s)", "s)", "1 of", "of them",
        "0 of them", "-1 of them", "9 of them", "99999999999999999999 of them",
        "1 of x*", "all of", "all them", "1 of (s)", "s*", "*", "?", "1 of *", "any of them", "s | count() > 1",
        "s near t", "s AND t", "NOT s OR t", "s\u0000t", "s\u00A0and\u2003t", "ß",
        "1 of s of t", "not 1 of them", "not (s or (t and not s))", "\"s\"", "s,t", "s==t", "a.b", "them", "1", "_",
    ];

    [Theory]
    [MemberData(nameof(HostileFiles))]
    public void A_file_never_throws(string text)
    {
        var loaded = SigmaLoader.Read("r.yml", text);

        Assert.All(loaded.Problems, problem => Assert.NotEmpty(problem.Reason));
        var book = SigmaRuleBook.Of([loaded]);
        Assert.All(book.Problems, problem => Assert.NotEmpty(problem.Reason));
        Run(book);
    }

    [Theory]
    [MemberData(nameof(HostileConditions))]
    public void A_condition_never_throws(string text)
    {
        var condition = System.Text.Json.JsonSerializer.Serialize(text);
        var loaded = SigmaLoader.Read(
            "r.yml", $"{Head}detection:\n    s: {{a: b}}\n    t: {{c: d}}\n    condition: {condition}\n");

        Assert.Equal(1, loaded.Rules.Count + loaded.Problems.Count);
        Run(SigmaRuleBook.Of([loaded]));
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("not ", "")]
    [InlineData("s or (", ")")]
    public void What_is_nested_a_thousand_deep_is_refused(string before, string after)
    {
        var condition = string.Concat(Enumerable.Repeat(before, 1_000)) + "s" + string.Concat(Enumerable.Repeat(after, 1_000));
        var loaded = SigmaLoader.Read("r.yml", $"{Head}detection: {{s: {{a: b}}, condition: \"{condition}\"}}");

        var problem = Assert.Single(loaded.Problems);

        Assert.Contains("deeper", problem.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Yaml_that_is_nested_ten_thousand_deep_is_refused() =>
        Assert.NotEmpty(SigmaLoader.Read("r.yml", Head + "detection: " + new string('[', 10_000)).Problems);

    /// <summary>What was accepted can be run.</summary>
    private static void Run(SigmaRuleBook book)
    {
        var engine = new SigmaEngine(book);
        var (record, matches) = (engine.NewRecord(SigmaFieldMap.Plain), new List<SigmaMatch>());
        byte[][] records = ["""{"a":"b","c":"d"}"""u8.ToArray(), """{"a":[null,"",1]}"""u8.ToArray(), "{}"u8.ToArray()];
        foreach (var json in records)
        {
            Assert.True(record.TryRead(json, out var problem), problem);
            engine.Observe(record, SigmaStream.Start, "e"u8, matches);
        }
        Assert.InRange(matches.Count, 0, 3);
    }
}

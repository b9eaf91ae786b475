using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Detection.Tests.Rules.Sigma;

public class SigmaRuleTests
{
    private static readonly Dictionary<string, IReadOnlyList<string>> Placeholders = new()
    {
        ["admins"] = ["anna", "b*b"],
        ["nested"] = ["%admins%-x"],
    };

    [Theory]
    // Plain values: without case, whole, numbers and truth values by their text.
    [InlineData("a: Foo", """{"a":"fOO"}""", true)]
    [InlineData("a: Foo", """{"a":"Foo1"}""", false)]
    [InlineData("a: Straße", """{"a":"STRAßE"}""", true)]
    [InlineData("a: Ärzte", """{"a":"ärzte"}""", true)]
    [InlineData("a: 4625", """{"a":4625}""", true)]
    [InlineData("a: 4625", """{"a":"4625"}""", true)]
    [InlineData("a: true", """{"a":true}""", true)]
    [InlineData("a: ''", """{"a":""}""", true)]
    [InlineData("a: ''", """{"b":""}""", false)]
    [InlineData("a: null", """{"a":null}""", true)]
    [InlineData("a: null", """{"b":1}""", true)]
    [InlineData("a: null", """{"a":""}""", false)]
    [InlineData("a: 'null'", """{"a":null}""", false)]
    [InlineData("a.b: x", """{"a":{"b":"x"}}""", true)]
    [InlineData("a.b: x", """{"a":[{"b":"y"},{"b":"x"}]}""", true)]
    // Wildcards and escapes.
    [InlineData("a: 'x*z'", """{"a":"xyyz"}""", true)]
    [InlineData("a: 'x*z'", """{"a":"xz"}""", true)]
    [InlineData("a: 'x*z'", """{"a":"xzy"}""", false)]
    [InlineData("a: 'x?z'", """{"a":"xäz"}""", true)]
    [InlineData("a: 'x?z'", """{"a":"xz"}""", false)]
    [InlineData("a|contains: '???'", """{"a":"–x"}""", false)]
    [InlineData("a|endswith: '??'", """{"a":"–x"}""", true)]
    [InlineData("a: 'x\\*z'", """{"a":"x*z"}""", true)]
    [InlineData("a: 'x\\*z'", """{"a":"xyz"}""", false)]
    [InlineData("a: 'x\\\\*'", """{"a":"x\\y"}""", true)]
    [InlineData("a: 'C:\\Windows\\*'", """{"a":"c:\\windows\\x"}""", false)]
    [InlineData("a: 'C:\\Windows\\\\*'", """{"a":"c:\\windows\\x"}""", true)]
    [InlineData("a: '*ab*ab'", """{"a":"ab"}""", false)]
    [InlineData("a: '*ab*ab'", """{"a":"abab"}""", true)]
    [InlineData("a: '*'", """{"a":""}""", true)]
    // Modifiers.
    [InlineData("a|contains: oo", """{"a":"Foo1"}""", true)]
    [InlineData("a|startswith: fo", """{"a":"Foo1"}""", true)]
    [InlineData("a|startswith: oo", """{"a":"Foo1"}""", false)]
    [InlineData("a|endswith: O1", """{"a":"Foo1"}""", true)]
    [InlineData("a|contains|all: [oo, f]", """{"a":"Foo1"}""", true)]
    [InlineData("a|contains|all: [oo, x]", """{"a":"Foo1"}""", false)]
    [InlineData("a|contains: [zz, x, oo]", """{"a":"Foo1"}""", true)]
    [InlineData("a|cased: Foo", """{"a":"Foo"}""", true)]
    [InlineData("a|cased: Foo", """{"a":"foo"}""", false)]
    [InlineData("a|contains|cased: oO", """{"a":"FoO1"}""", true)]
    [InlineData("a|contains|cased: oO", """{"a":"Foo1"}""", false)]
    [InlineData("a|neq: x", """{"a":"y"}""", true)]
    [InlineData("a|neq: x", """{"a":"X"}""", false)]
    [InlineData("a|exists: true", """{"a":1}""", true)]
    [InlineData("a|exists: true", """{"b":1}""", false)]
    [InlineData("a|exists: false", """{"b":1}""", true)]
    [InlineData("a|re: '^f.o$'", """{"a":"foo"}""", true)]
    [InlineData("a|re: '^f.o$'", """{"a":"Foo"}""", false)]
    [InlineData("a|re|i: '^f.o$'", """{"a":"FOO"}""", true)]
    [InlineData("a|re: 'f.o'", """{"a":"f\no"}""", false)]
    [InlineData("a|re|s: 'f.o'", """{"a":"f\no"}""", true)]
    [InlineData("a|re|m: '^o'", """{"a":"f\no"}""", true)]
    [InlineData("a|re: '(?!x)foo'", """{"a":"foo"}""", true)]
    [InlineData("a|cidr: 10.1.0.0/16", """{"a":"10.1.255.255"}""", true)]
    [InlineData("a|cidr: 10.1.0.0/16", """{"a":"10.2.0.0"}""", false)]
    [InlineData("a|cidr: 'fe80::/10'", """{"a":"fe80::1"}""", true)]
    [InlineData("a|cidr: 10.1.0.0/16", """{"a":"no address"}""", false)]
    [InlineData("a|lt: 5", """{"a":4.9}""", true)]
    [InlineData("a|lt: 5", """{"a":5}""", false)]
    [InlineData("a|lte: 5", """{"a":"5"}""", true)]
    [InlineData("a|gt: 5", """{"a":5}""", false)]
    [InlineData("a|gte: 5", """{"a":5}""", true)]
    [InlineData("a|gte: 5", """{"a":"five"}""", false)]
    [InlineData("a|windash|contains: ' -enc'", """{"a":"ps /ENC x"}""", true)]
    [InlineData("a|windash|contains: ' -enc'", """{"a":"ps –enc x"}""", true)]
    [InlineData("a|windash|contains: ' -enc'", """{"a":"ps enc x"}""", false)]
    [InlineData("a|windash|contains: 'a-b'", """{"a":"a/b"}""", false)]
    [InlineData("a|base64: foobar", """{"a":"Zm9vYmFy"}""", true)]
    [InlineData("a|base64offset|contains: foobar", """{"a":"eHhmb29iYXJ4"}""", true)]
    [InlineData("a|base64offset|contains: foobar", """{"a":"eGZvb2Jhcng="}""", true)]
    [InlineData("a|base64offset|contains: foobar", """{"a":"Zm9vYmFyeA=="}""", true)]
    [InlineData("a|utf16le|base64offset|contains: cmd", """{"a":"YwBtAGQA"}""", true)]
    [InlineData("a|wide|base64: cmd", """{"a":"YwBtAGQA"}""", true)]
    [InlineData("a|utf16be|base64: cmd", """{"a":"AGMAbQBk"}""", true)]
    [InlineData("a|utf16|base64: cmd", """{"a":"//5jAG0AZAA="}""", true)]
    [InlineData("a|fieldref: b", """{"a":"x","b":"X"}""", true)]
    [InlineData("a|fieldref: b", """{"a":"x","b":"y"}""", false)]
    [InlineData("a|fieldref|startswith: b", """{"a":"xyz","b":"xy"}""", true)]
    [InlineData("a|fieldref|endswith: b", """{"a":"xyz","b":"xy"}""", false)]
    [InlineData("a|expand: '%admins%'", """{"a":"Anna"}""", true)]
    [InlineData("a|expand: '%admins%'", """{"a":"bob"}""", true)]
    [InlineData("a|expand: '%admins%'", """{"a":"carl"}""", false)]
    [InlineData("a|expand|contains: '-%nested%'", """{"a":"y-anna-xz"}""", true)]
    [InlineData("a|hour: 13", """{"a":"2026-11-02T13:59:00Z"}""", true)]
    [InlineData("a|minute: 59", """{"a":"2026-11-02T13:59:00Z"}""", true)]
    [InlineData("a|day: 2", """{"a":"2026-11-02T13:59:00Z"}""", true)]
    [InlineData("a|week: 45", """{"a":"2026-11-02T13:59:00Z"}""", true)]
    [InlineData("a|month: 12", """{"a":"2026-11-02T13:59:00Z"}""", false)]
    [InlineData("a|year: 2026", """{"a":"2026-11-02T13:59:00Z"}""", true)]
    public void A_field_matches_on_one_side_of_its_boundary_only(string search, string json, bool isMatch) =>
        Assert.Equal(isMatch, Matches($"s:\n        {search}\n    condition: s", json));

    [Theory]
    [InlineData("[alpha, beta]", """{"a":{"b":"an ALPHA male"}}""", true)]
    [InlineData("[alpha, beta]", """{"alpha":"no"}""", false)]
    [InlineData("{'|all': [alpha, beta]}", """{"a":"alpha","b":"beta"}""", true)]
    [InlineData("{'|all': [alpha, beta]}", """{"a":"alpha"}""", false)]
    [InlineData("[{a: x}, {a: y, b: z}]", """{"a":"y","b":"z"}""", true)]
    [InlineData("[{a: x}, {a: y, b: z}]", """{"a":"y"}""", false)]
    public void Lists_are_alternatives_and_words_without_a_field_are_looked_for_everywhere(string search, string json, bool isMatch) =>
        Assert.Equal(isMatch, Matches($"s: {search}\n    condition: s", json));

    [Theory]
    [InlineData("s1 or s2 and s3", "1", true)]
    [InlineData("(s1 or s2) and s3", "1", false)]
    [InlineData("not s1 and s2", "2", true)]
    [InlineData("not (s1 and s2)", "12", false)]
    [InlineData("1 of s*", "3", true)]
    [InlineData("all of s*", "12", false)]
    [InlineData("all of s*", "123", true)]
    [InlineData("2 of s*", "13", true)]
    [InlineData("2 of s*", "3", false)]
    [InlineData("any of them", "3", true)]
    [InlineData("1 of them", "4", false)]
    [InlineData("s1 AND NOT _s4", "1", true)]
    [InlineData("not 1 of s*", "", true)]
    [InlineData("[s1, s2]", "2", true)]
    public void Conditions_bind_as_the_specification_says(string condition, string present, bool isMatch)
    {
        var json = $$"""{"f":[{{string.Join(',', present.Select(digit => $"\"v{digit}\""))}}]}""";
        Assert.Equal(isMatch, Matches(
            $"s1: {{f: v1}}\n    s2: {{f: v2}}\n    s3: {{f: v3}}\n    _s4: {{f: v4}}\n    condition: {condition}", json));
    }

    [Theory]
    [InlineData("s: {a: x}\n    condition: s | count() > 5", "obsolete")]
    [InlineData("s: {a: x}\n    timeframe: 5m\n    condition: s", "obsolete")]
    [InlineData("s: {a: x}\n    condition: t", "names 't'")]
    [InlineData("s: {a: x}\n    condition: 1 of t*", "No search is called 't*'")]
    [InlineData("s: {a: x}\n    condition: 2 of s*", "can never hold")]
    [InlineData("s: {a: x}\n    condition: (s", "not closed")]
    [InlineData("s: {a: x}\n    condition: s s", "does not belong")]
    [InlineData("s: {a: x}\n    condition: s and", "ends too early")]
    [InlineData("s: {'a|contians': x}\n    condition: s", "'contians' is unknown")]
    [InlineData("s: {'a|i': x}\n    condition: s", "'i' is unknown")]
    [InlineData("s: {'a|re': '('}\n    condition: s", "not valid")]
    [InlineData("s: {'a|cidr': 10.0.0.0/33}\n    condition: s", "no network")]
    [InlineData("s: {'a|gt': many}\n    condition: s", "no number")]
    [InlineData("s: {'a|wide': x}\n    condition: s", "must be followed by base64")]
    [InlineData("s: {'a|base64': 'x*'}\n    condition: s", "no wildcards")]
    [InlineData("s: {a: []}\n    condition: s", "empty")]
    [InlineData("s: {a: {b: c}}\n    condition: s", "a map or a list")]
    [InlineData("s: {a: x}", "needs a condition")]
    public void What_cannot_be_honoured_is_refused_with_its_reason(string detection, string reason)
    {
        var loaded = SigmaLoader.Read("r.yml", Document(detection));

        Assert.Empty(loaded.Rules);
        var problem = Assert.Single(loaded.Problems);
        Assert.Contains(reason, problem.Reason, StringComparison.Ordinal);
        Assert.InRange(problem.Line, 4, 9);
    }

    [Fact]
    public void A_placeholder_without_a_value_is_named_and_the_rule_does_not_run()
    {
        var rule = Assert.Single(SigmaLoader.Read("r.yml", Document("s: {'a|expand': '%unknown%'}\n    condition: s")).Rules);

        Assert.Equal(["unknown"], rule.MissingPlaceholders);
        Assert.Throws<ArgumentException>(() => new SigmaRuleSet([rule]));
    }

    [Fact]
    public void One_bad_document_of_a_file_does_not_spoil_the_others()
    {
        var loaded = SigmaLoader.Read("r.yml", Document("s: {a: x}\n    condition: s") + "---\ntitle: broken\n---\n" + Document("s: {a: y}\n    condition: s"));

        Assert.Equal(2, loaded.Rules.Count);
        Assert.Equal("r.yml:8: A rule needs a logsource.", Assert.Single(loaded.Problems).ToString());
    }

    [Theory]
    [InlineData("title: [")]
    [InlineData("- just\n- a list")]
    [InlineData("title: a\nlogsource:\n    : windows\n")]
    [InlineData("title: &x a\nid: *x")]
    public void Other_yaml_is_refused_and_does_not_throw(string text) => Assert.NotEmpty(SigmaLoader.Read("r.yml", text).Problems);

    [Fact]
    public void Depth_without_end_is_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 5_000));
        Assert.NotEmpty(SigmaLoader.Read("r.yml", "title: " + deep).Problems);
        var parentheses = string.Concat(Enumerable.Repeat("(", 4_000)) + "s" + string.Concat(Enumerable.Repeat(")", 4_000));
        Assert.Contains("nested deeper", Assert.Single(SigmaLoader.Read("r.yml", Document($"s: {{a: x}}\n    condition: '{parentheses}'")).Problems).Reason,
            StringComparison.Ordinal);
    }

    private static bool Matches(string detection, string json)
    {
        var loaded = SigmaLoader.Read("r.yml", Document(detection), Placeholders);
        Assert.Empty(loaded.Problems);
        var set = new SigmaRuleSet(loaded.Rules);
        var (record, matches) = (set.NewRecord(SigmaFieldMap.Plain), new List<int>());
        Assert.True(record.TryRead(System.Text.Encoding.UTF8.GetBytes(json), out var problem), problem);
        set.Match(record, matches);
        return matches.Count == 1;
    }

    private static string Document(string detection) =>
        $"title: A rule\nlogsource:\n    product: test\ndetection:\n    {detection}\n";
}

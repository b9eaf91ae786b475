using System.Text;
using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Detection.Tests.Rules.Sigma;

/// <summary>Fields are found in JSON by path, in whatever order and writing its members come.</summary>
public class SigmaRecordTests
{
    private static readonly SigmaRuleSet Set = new([SigmaLoader.Read("r.yml",
        "title: r\nlogsource: {product: test}\ndetection: {s: {a.b: x, a.c: y, '\"q': z}, condition: s}").Rules.Single()]);

    [Theory]
    [InlineData("""{"a":{"b":"x","c":"y"},"\"q":"z"}""", true)]
    [InlineData("""{"a":{"c":"y","b":"x"},"\"q":"z"}""", true)]
    [InlineData("""{"\u0022q":"z","\u0061":{"\u0063":"y","b":"\u0078"}}""", true)]
    [InlineData("""{"a.b":"x","a.c":"y","\"q":"z"}""", true)]
    [InlineData("""{"a":[{"b":"x"},{"c":"y"}],"\"q":["z"]}""", true)]
    [InlineData("""{"a":{"b":"y","c":"x"},"\"q":"z"}""", false)]
    [InlineData("""{"":{"a":{"b":"x","c":"y"}},"\"q":"z"}""", false)]
    [InlineData("""{"a":{"b":"x","c":"y"},"q":"z"}""", false)]
    [InlineData("""{"a":{"b":{"c":"x"},"c":"y"},"\"q":"z"}""", false)]
    public void Members_are_told_apart_by_their_paths(string json, bool isMatch)
    {
        var (record, matches) = (Set.NewRecord(SigmaFieldMap.Plain), new List<int>());
        // The table of paths guesses by what it met before; a wrong guess must not be taken for the truth.
        string[] before = ["""{"a":{"b":"x","c":"y"},"\"q":"z"}""", """{"b":{"a":1},"a":{"b":{"c":1}},"":{"":1}}""", json, json];
        foreach (var line in before)
        {
            Assert.True(record.TryRead(Encoding.UTF8.GetBytes(line), out var problem), problem);
            Set.Match(record, matches);
        }
        Assert.Equal(isMatch, matches.Count == 1);
    }

    [Fact]
    public void Records_with_ever_new_members_are_read_all_the_same()
    {
        var (record, matches) = (Set.NewRecord(SigmaFieldMap.Plain), new List<int>());
        for (var round = 0; round < 30; round++)
        {
            var members = string.Join(',', Enumerable.Range(0, 4_000).Select(number => $"\"m{round}.{number}\":{number}"));
            var json = $$"""{{{members}},"a":{"n{{round}}":{"b":1},"b":"x","c":"y"},"\"q":"z"}""";
            Assert.True(record.TryRead(Encoding.UTF8.GetBytes(json), out var problem), problem);
            Set.Match(record, matches);
            Assert.Single(matches);
        }
    }

    [Fact]
    public void Long_names_are_read_and_too_long_ones_refused()
    {
        var (record, matches) = (Set.NewRecord(SigmaFieldMap.Plain), new List<int>());
        bool Reads(int first, int second)
        {
            var (outer, inner) = (new string('n', first), new string('m', second));
            var json = $$$"""{"{{{outer}}}":{"{{{inner}}}":{"o":1}},"a":{"b":"x","c":"y"},"\"q":"z"}""";
            return record.TryRead(Encoding.UTF8.GetBytes(json), out _);
        }

        Assert.True(Reads(300, 3_000));
        Set.Match(record, matches);
        Assert.Single(matches);
        Assert.True(Reads(100, 3_993));
        Assert.False(Reads(100, 3_996));
        Assert.False(Reads(5_000, 1));
    }

    [Fact]
    public void A_letter_beyond_ascii_anywhere_leaves_all_texts_as_they_are()
    {
        const string Rule = "title: r\nlogsource: {product: test}\n"
            + "detection: {s: {a: ÄB, b|endswith: 'program.exe', c|startswith: 'Ⱥx'}, condition: s}";
        var set = new SigmaRuleSet([SigmaLoader.Read("r.yml", Rule).Rules.Single()]);
        var (record, matches) = (set.NewRecord(SigmaFieldMap.Plain), new List<int>());

        string[] records = ["""{"a":"äb","b":"THE PROGRAM.EXE","c":"ⱥX and more"}""", """{"c":"ax","b":"PROGRAM.EXE","a":"Äb"}"""];
        foreach (var json in records)
        {
            Assert.True(record.TryRead(Encoding.UTF8.GetBytes(json), out _));
            set.Match(record, matches);
            Assert.Equal(json.Contains('ⱥ', StringComparison.Ordinal) ? 1 : 0, matches.Count);
        }
    }
}

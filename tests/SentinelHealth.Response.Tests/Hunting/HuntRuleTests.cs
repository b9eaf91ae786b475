using SentinelHealth.Detection.Rules.Sigma;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Queries;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Hunting;

public sealed class HuntRuleTests(ITestOutputHelper output)
{
    private static readonly DateOnly Day = new(2026, 11, 22);

    [Fact]
    public void A_rule_finds_the_events_its_hunt_finds()
    {
        var chance = new Random(TestSeed.Next(output));
        var (observed, decoder, matches, found) = (new SentinelEvent(), new NativeEventDecoder(), new List<int>(), 0);
        foreach (var text in SomeEvents.Conditions.Concat(Enumerable.Range(0, 60).Select(_ => SomeEvents.QueryOf(chance, 3))))
        {
            var query = SomeEvents.Query(text);
            var (rules, fits) = (SetOf(HuntRule.Of(query, "A hunt", "ana", Day)), EventFields.Reader.Compile(query));
            var record = rules.NewRecord(SigmaFieldMap.Sentinel);
            foreach (var json in SomeEvents.Simulated.Where((_, i) => i % 7 == 0))
            {
                Assert.True(decoder.TryDecode(json, observed, out _));
                Assert.True(record.TryRead(json, out var problem), problem);
                rules.Match(record, matches);
                Assert.True(fits(observed) == (matches.Count == 1), $"{text}: {System.Text.Encoding.UTF8.GetString(json)}");
                found += matches.Count;
            }
        }
        Assert.True(found > 5_000, $"{found} found.");
    }

    [Fact]
    public void Times_are_left_out_and_said_to_be()
    {
        var rule = HuntRule.Of(SomeEvents.Query("time >= now-24h and method: decryptKey"), "Keys", "ana", Day);

        Assert.Contains("  condition: s1\n", rule.Yaml, StringComparison.Ordinal);
        Assert.Single(rule.Notes);
        Assert.Equal("A rule needs a condition beside times.", HuntRule.Of(SomeEvents.Query("time >= now-24h"), "", "ana", Day).Fault);
        Assert.Equal("A rule needs a condition beside times.", HuntRule.Of(new QueryAll(), "", "ana", Day).Fault);
    }

    [Theory]
    [InlineData("O'Brien: \"x\"\n- injected: true", "actor_id: \"it's #1\"")]
    [InlineData("*", "node: \"a*b\" or node: \"c\\\\d?\"")]
    public void Whatever_is_written_stays_a_value(string title, string query)
    {
        var rule = HuntRule.Of(SomeEvents.Query(query), title, "ana\r\nlevel: critical", Day);

        var read = Assert.Single(SigmaLoader.Read("hunt.yml", rule.Yaml).Rules);
        Assert.Equal(title.Replace('\n', ' '), read.Title);
        Assert.DoesNotContain("\nlevel: critical", rule.Yaml, StringComparison.Ordinal);
        Assert.NotNull(SetOf(rule));
    }

    private static SigmaRuleSet SetOf(HuntRule rule)
    {
        Assert.Equal("", rule.Fault);
        var loaded = SigmaLoader.Read("hunt.yml", rule.Yaml);
        Assert.True(loaded.Problems.Count == 0, $"{string.Join('\n', loaded.Problems)}\n{rule.Yaml}");
        return new SigmaRuleSet(loaded.Rules);
    }
}

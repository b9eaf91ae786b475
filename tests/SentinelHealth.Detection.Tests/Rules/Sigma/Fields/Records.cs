using System.Text;
using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Detection.Tests.Rules.Sigma.Fields;

/// <summary>Matches one record of any shape with one rule, by the map that fits it.</summary>
internal static class Records
{
    public static int MatchCount(string ruleBody, string json)
    {
        var loaded = SigmaLoader.Read("rule.yml", $"{{title: A rule, {ruleBody}}}");
        Assert.Empty(loaded.Problems);
        var engine = new SigmaEngine(SigmaRuleBook.Of([loaded]));
        var bytes = Encoding.UTF8.GetBytes(json);
        var map = SigmaFieldMap.For(bytes);
        var record = engine.NewRecord(map);
        Assert.True(record.TryRead(map.Reshape(bytes) ?? bytes, out var problem), problem);
        var matches = new List<SigmaMatch>();
        engine.Observe(record, DateTimeOffset.UnixEpoch, "1"u8, matches);
        return matches.Count;
    }
}

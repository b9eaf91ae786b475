using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Detection.Tests.Rules.Sigma;

public class SigmaFilterTests
{
    private const string Id = "6f3e2987-db24-4c78-a860-b4f4095a7095";

    [Theory]
    // The specification's own way, and that of its reference implementation, mean the same.
    [InlineData("selection: {user|startswith: adm_}\n    condition: selection", "adm_x", false)]
    [InlineData("selection: {user|startswith: adm_}\n    condition: selection", "bob", true)]
    [InlineData("selection: {user|startswith: adm_}\n    condition: not selection", "adm_x", false)]
    [InlineData("selection: {user|startswith: adm_}\n    condition: not selection", "bob", true)]
    [InlineData("one: {user: x}\n    two: {user: y}\n    condition: 1 of them", "y", false)]
    [InlineData("one: {user: x}\n    two: {user: y}\n    condition: 1 of them", "z", true)]
    [InlineData("one: {user: x}\n    two: {user: y}\n    condition: not one and not two", "y", false)]
    [InlineData("one: {user: x}\n    two: {user: y}\n    condition: not one and not two", "z", true)]
    public void A_filter_takes_matches_away(string filter, string user, bool isMatch)
    {
        var stream = new SigmaStream(Filter($"[{Id}, named]", filter) + $"id: {Id}\n" + SigmaCorrelationTests.Rule("a") + SigmaCorrelationTests.Rule("named"));

        stream.Send(0, "e1", $$"""{"a":1,"named":1,"user":"{{user}}"}""");

        Assert.Equal(isMatch ? ["a 0  e1", "named 0  e1"] : [], stream.Told);
    }

    [Fact]
    public void Other_rules_and_other_log_sources_are_left_alone()
    {
        var other = SigmaCorrelationTests.Rule("c").Replace("product: test", "product: other", StringComparison.Ordinal);
        var stream = new SigmaStream(Filter("[a, c]", "s: {user: x}\n    condition: s") + SigmaCorrelationTests.Rule("a") + SigmaCorrelationTests.Rule("b") + other);

        stream.Send(0, "e1", """{"a":1,"b":1,"c":1,"user":"x"}""");

        Assert.Equal(["b 0  e1", "c 0  e1"], stream.Told);
    }

    [Fact]
    public void Any_means_every_rule_of_the_log_source()
    {
        var stream = new SigmaStream(Filter("any", "s: {user: x}\n    condition: s") + SigmaCorrelationTests.Rule("a") + SigmaCorrelationTests.Rule("b"));

        Assert.Empty(stream.Send(0, "e1", """{"a":1,"b":1,"user":"x"}""").Told);
    }

    [Fact]
    public void What_is_taken_away_is_not_counted_by_correlations()
    {
        var stream = new SigmaStream(
            SigmaCorrelationTests.Correlation("event_count", "[a]", "condition: {gte: 2}") + Filter("[a]", "s: {n: 1}\n    condition: s") + SigmaCorrelationTests.Rule("a"));

        stream.Send(0, "e1", """{"a":1,"n":1,"user":"u"}""").Send(1, "e2", """{"a":1,"user":"u"}""");
        Assert.Empty(stream.Told);

        Assert.Equal(["k 2 u e2+e3"], stream.Send(2, "e3", """{"a":1,"user":"u"}""").Told);
    }

    [Theory]
    [InlineData("[nowhere]", "s: {user: x}\n    condition: s", "no rule 'nowhere'")]
    [InlineData("[k]", "s: {user: x}\n    condition: s", "is a correlation")]
    [InlineData("[other]", "s: {user: x}\n    condition: s", "about its logsource")]
    [InlineData("[]", "s: {user: x}\n    condition: s", "at least one rule")]
    [InlineData("[a]", "s: {user: x}", "needs a condition")]
    [InlineData("[a]", "s: {user: x}\n    condition: t", "names 't'")]
    [InlineData("[a]", "s: {'user|contians': x}\n    condition: s", "'contians' is unknown")]
    public void What_cannot_be_honoured_is_refused_with_its_reason(string rules, string filter, string reason)
    {
        var other = SigmaCorrelationTests.Rule("other").Replace("product: test", "product: other", StringComparison.Ordinal);
        var book = SigmaRuleBook.Of([SigmaLoader.Read("r.yml",
            Filter(rules, filter) + SigmaCorrelationTests.Rule("a") + other + SigmaCorrelationTests.Correlation("temporal", "[a]", ""))]);

        Assert.Empty(book.Filters);
        var problem = Assert.Single(book.Problems);
        Assert.Contains(reason, problem.Reason, StringComparison.Ordinal);
        Assert.InRange(problem.Line, 1, 7);
    }

    [Theory]
    [InlineData("title: f\nfilter: {rules: [a], s: {b: c}, condition: s}", "needs a logsource")]
    [InlineData("title: f\nlogsource: {product: test}\nfilter: {s: {b: c}, condition: s}", "needs rules")]
    [InlineData("title: f\nfilter: {}\ncorrelation: {}", "correlation and filter")]
    [InlineData("action: global\ntitle: f", "obsolete collections")]
    [InlineData("title: f\nstatus: unsupported\nlogsource: {product: test}\ndetection: {s: {a: b}, condition: s}", "cannot be used as it is")]
    public void Other_documents_are_refused_with_their_reason(string document, string reason) =>
        Assert.Contains(reason, Assert.Single(SigmaLoader.Read("r.yml", document).Problems).Reason, StringComparison.Ordinal);

    private static string Filter(string rules, string filter) =>
        $"title: A filter\nlogsource: {{product: test}}\nfilter:\n    rules: {rules}\n    {filter}\n---\n";
}

using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Detection.Tests.Rules.Sigma;

public class SigmaCorrelationTests
{
    [Theory]
    // One below the bound, at it, and one event that has left the timespan.
    [InlineData("gte: 3", "0 1", "")]
    [InlineData("gte: 3", "0 1 60", "k 60")]
    [InlineData("gte: 3", "0 1 61", "")]
    [InlineData("gt: 2", "0 1 60", "k 60")]
    [InlineData("gt: 3", "0 1 60", "")]
    [InlineData("eq: 2", "0 1 2", "k 1")]
    [InlineData("{gt: 1, lte: 2}", "0 1 2", "k 1")]
    [InlineData("{gte: 2, neq: 2}", "0 1 2", "k 2")]
    [InlineData("lt: 2", "0", "k 0")]
    [InlineData("lte: 0", "0", "")]
    // Told again once none of the events counts any more, and not before.
    [InlineData("gte: 2", "0 1 2 3 61", "k 1")]
    [InlineData("gte: 2", "0 1 2 3 61.5 62", "k 1; k 61.5")]
    [InlineData("gte: 2", "0 1 200 201", "k 1; k 201")]
    public void Events_are_counted_within_the_timespan(string condition, string seconds, string told)
    {
        var stream = new SigmaStream(Correlation("event_count", "[a]", $"condition: {Braced(condition)}") + Rule("a"));
        foreach (var second in seconds.Split(' '))
            stream.Send(double.Parse(second, System.Globalization.CultureInfo.InvariantCulture), "e" + second, """{"a":1,"user":"u"}""");

        Assert.Equal(told, string.Join("; ", stream.Matches.Select(match => $"{match.Rule.Title} {(match.At - SigmaStream.Start).TotalSeconds}")));
    }

    [Theory]
    [InlineData("value_count", "{field: n, gte: 3}", "1 2 2 1", false)]
    [InlineData("value_count", "{field: n, gte: 3}", "1 2 2 3", true)]
    [InlineData("value_count", "{field: [n, user], gte: 2}", "1 1", false)]
    [InlineData("value_count", "{field: [n, user], gte: 2}", "1 2", true)]
    [InlineData("value_count", "{field: [n, other], gte: 1}", "1 2", false)]
    [InlineData("value_sum", "{field: n, gt: 10}", "4 6", false)]
    [InlineData("value_sum", "{field: n, gt: 10}", "4 6.5", true)]
    [InlineData("value_sum", "{field: n, gt: 10}", "4 many 6", false)]
    [InlineData("value_avg", "{field: n, gte: 5}", "4 5.9", false)]
    [InlineData("value_avg", "{field: n, gte: 5}", "4 6", true)]
    [InlineData("value_min", "{field: n, lte: 4}", "5 6", false)]
    [InlineData("value_min", "{field: n, lte: 4}", "5 4", true)]
    [InlineData("value_max", "{field: n, gte: 6}", "5 5.5", false)]
    [InlineData("value_max", "{field: n, gte: 6}", "5 6", true)]
    [InlineData("value_percentile", "{field: n, percentile: 50, gt: 3}", "1 3 5", false)]
    [InlineData("value_percentile", "{field: n, percentile: 50, gt: 3}", "1 3 5 4", true)]
    [InlineData("value_percentile", "{field: n, percentile: 100, gte: 6}", "1 5.9", false)]
    [InlineData("value_percentile", "{field: n, percentile: 100, gte: 6}", "1 6", true)]
    [InlineData("value_median", "{field: n, eq: 2}", "1 4", false)]
    [InlineData("value_median", "{field: n, eq: 2}", "1 3", true)]
    [InlineData("value_percentile", "{field: n, lte: 25}", "x x y", false)]
    [InlineData("value_percentile", "{field: n, lte: 25}", "x x x y", true)]
    public void Values_are_measured(string type, string condition, string values, bool isMatch)
    {
        var stream = new SigmaStream(Correlation(type, "[a]", $"condition: {condition}") + Rule("a"));
        foreach (var (second, value) in values.Split(' ').Index())
            stream.Send(second, "e" + second, $$"""{"a":1,"user":"u","n":"{{value}}"}""");

        Assert.Equal(isMatch, stream.Matches.Count == 1);
    }

    [Theory]
    [InlineData("temporal", "", "a b", false)]
    [InlineData("temporal", "", "c a b", true)]
    [InlineData("temporal", "condition: {gte: 2}", "b b", false)]
    [InlineData("temporal", "condition: {gte: 2}", "b a", true)]
    [InlineData("temporal", "condition: a and (b or c)", "b c", false)]
    [InlineData("temporal", "condition: a and (b or c)", "c a", true)]
    [InlineData("temporal", "condition: a AND b AND NOT c", "c a b", false)]
    [InlineData("temporal", "condition: a AND b AND NOT c", "b a", true)]
    [InlineData("temporal_ordered", "", "c b a", false)]
    [InlineData("temporal_ordered", "", "a c b c", true)]
    [InlineData("temporal_ordered", "", "b a b a c", true)]
    [InlineData("temporal_ordered", "condition: {gte: 2}", "c b a", false)]
    [InlineData("temporal_ordered", "condition: {gte: 2}", "b a c", true)]
    [InlineData("temporal_ordered", "condition: a and b and c", "c a b", false)]
    [InlineData("temporal_ordered", "condition: a and b and c", "a b c", true)]
    [InlineData("temporal_ordered", "condition: a and (b or c)", "b a", false)]
    [InlineData("temporal_ordered", "condition: a and (b or c)", "b a c", true)]
    [InlineData("temporal_ordered", "condition: a and b and not c", "c a b", false)]
    public void Rules_are_met_together(string type, string condition, string rules, bool isMatch)
    {
        var stream = new SigmaStream(Correlation(type, "[a, b, c]", condition) + Rule("a") + Rule("b") + Rule("c"));
        foreach (var (second, rule) in rules.Split(' ').Index())
            stream.Send(second, "e" + second, $$"""{"{{rule}}":1,"user":"u"}""");

        Assert.Equal(isMatch, stream.Matches.Count == 1);
    }

    [Theory]
    [InlineData("temporal", 60, true)]
    [InlineData("temporal", 60.5, false)]
    [InlineData("temporal_ordered", 60, true)]
    [InlineData("temporal_ordered", 60.5, false)]
    public void Both_ends_of_the_timespan_count(string type, double second, bool isMatch)
    {
        var stream = new SigmaStream(Correlation(type, "[a, b]", "") + Rule("a") + Rule("b"));

        stream.Send(0, "e1", """{"a":1,"user":"u"}""").Send(second, "e2", """{"b":1,"user":"u"}""");

        Assert.Equal(isMatch, stream.Matches.Count == 1);
    }

    [Fact]
    public void Hits_of_one_instant_are_in_every_order()
    {
        var stream = new SigmaStream(Correlation("temporal_ordered", "[a, b]", "") + Rule("a") + Rule("b"));

        stream.Send(0, "e1", """{"b":1,"user":"u"}""").Send(0, "e2", """{"a":1,"user":"u"}""");

        Assert.Equal(["k 0 u e2+e1"], stream.Told);
    }

    [Fact]
    public void Keys_are_counted_apart_and_an_event_without_the_key_not_at_all()
    {
        var stream = new SigmaStream(Correlation("event_count", "[a]", "condition: {gte: 2}").Replace("[user]", "[user, host]", StringComparison.Ordinal) + Rule("a"));

        stream.Send(0, "e1", """{"a":1,"user":"u","host":"h"}""").Send(1, "e2", """{"a":1,"user":"u","host":"g"}""")
            .Send(2, "e3", """{"a":1,"user":"u"}""").Send(3, "e4", """{"a":1,"user":"u","host":null}""").Send(4, "e5", """{"a":1,"user":"u","host":"h"}""");

        Assert.Equal(["k 4 u,h e1+e5"], stream.Told);
        Assert.Equal(["user", "host"], Assert.Single(stream.Matches).Group.Select(pair => pair.Key));
    }

    [Fact]
    public void Without_group_by_everything_is_one_key()
    {
        var stream = new SigmaStream(Correlation("event_count", "[a]", "condition: {gte: 2}").Replace("group-by: [user]", "", StringComparison.Ordinal) + Rule("a"));

        Assert.Equal(["k 1  e1+e2"], stream.Send(0, "e1", """{"a":1}""").Send(1, "e2", """{"a":2}""").Told);
    }

    [Fact]
    public void An_alias_means_another_field_in_each_rule()
    {
        var aliases = "aliases: {user: {a: source, b: destination}}";
        var stream = new SigmaStream(Correlation("temporal", "[a, b]", aliases) + Rule("a") + Rule("b"));

        stream.Send(0, "e1", """{"a":1,"source":"x"}""").Send(1, "e2", """{"b":1,"source":"x"}""").Send(2, "e3", """{"b":1,"destination":"x"}""");

        Assert.Equal(["k 2 x e1+e3"], stream.Told);
    }

    [Fact]
    public void An_event_that_two_rules_match_is_one_event_and_an_event_told_twice_counts_once()
    {
        var stream = new SigmaStream(Correlation("event_count", "[a, b]", "condition: {gte: 2}") + Rule("a") + Rule("b"));

        stream.Send(0, "e1", """{"a":1,"b":1,"user":"u"}""").Send(0, "e1", """{"a":1,"b":1,"user":"u"}""");
        Assert.Empty(stream.Told);

        Assert.Equal(["k 1 u e1+e2"], stream.Send(1, "e2", """{"a":1,"user":"u"}""").Told);
    }

    [Theory]
    [InlineData("", "k 1 u e1+e2")]
    [InlineData("generate: true", "a 0  e1; a 1  e2; k 1 u e1+e2")]
    public void Rules_of_a_correlation_are_silent_unless_it_generates(string generate, string told)
    {
        var stream = new SigmaStream(Correlation("event_count", "[a]", $"condition: {{gte: 2}}\n    {generate}") + Rule("a"));

        stream.Send(0, "e1", """{"a":1,"user":"u"}""").Send(1, "e2", """{"a":1,"user":"u"}""");

        Assert.Equal(told, string.Join("; ", stream.Told));
        Assert.Equal([2, 1], stream.Engine.MatchCounts.Select(pair => pair.Value));
    }

    /// <summary>The example of the specification, shortened: failures grouped by machine, followed by a success of the last failure's user.</summary>
    [Fact]
    public void Correlations_build_on_correlations_with_keys_of_their_own()
    {
        var stream = new SigmaStream(
            Correlation("temporal_ordered", "[many, success]", "")
            + Correlation("event_count", "[failure]", "condition: {gte: 3}", "many").Replace("[user]", "[host]", StringComparison.Ordinal)
            + Rule("failure") + Rule("success"));
        const string Failure = """{"failure":1,"user":"u","host":"h"}""";

        stream.Send(0, "e0", """{"success":1,"user":"u","host":"h"}""").Send(1, "e1", Failure).Send(2, "e2", Failure)
            .Send(3, "e3", """{"success":1,"user":"u","host":"h"}""").Send(4, "e4", Failure).Send(5, "e5", """{"success":1,"user":"v"}""");
        Assert.Empty(stream.Told);
        // The many failures still hold at 50, longer than a timespan after they began to.
        stream.Send(50, "e6", Failure).Send(55, "e7", Failure).Send(58, "e8", Failure).Send(110, "e9", """{"success":1,"user":"u"}""");

        Assert.Equal(["k 110 u e1+e2+e4+e6+e7+e8+e9"], stream.Told);
    }

    [Theory]
    [InlineData("type: event_count, rules: [a], timespan: 1m, condition: {gte: 1}, order: 1", "'order' does not belong")]
    [InlineData("type: event_sum, rules: [a], timespan: 1m, condition: {gte: 1}", "type must be one of")]
    [InlineData("rules: [a], timespan: 1m, condition: {gte: 1}", "needs type")]
    [InlineData("type: event_count, timespan: 1m, condition: {gte: 1}", "needs rules")]
    [InlineData("type: event_count, rules: [a], condition: {gte: 1}", "needs timespan")]
    [InlineData("type: event_count, rules: [a], timespan: 1m", "needs a condition")]
    [InlineData("type: event_count, rules: [], timespan: 1m, condition: {gte: 1}", "1 to 64 rules")]
    [InlineData("type: event_count, rules: [a, a], timespan: 1m, condition: {gte: 1}", "stands twice")]
    [InlineData("type: event_count, rules: [a], timespan: 1M, condition: {gte: 1}", "no timespan")]
    [InlineData("type: event_count, rules: [a], timespan: 1 m, condition: {gte: 1}", "no timespan")]
    [InlineData("type: event_count, rules: [a], timespan: m, condition: {gte: 1}", "no timespan")]
    [InlineData("type: event_count, rules: [a], timespan: 00000000001m, condition: {gte: 1}", "no timespan")]
    [InlineData("type: event_count, rules: [a], timespan: 0s, condition: {gte: 1}", "lasts from")]
    [InlineData("type: event_count, rules: [a], timespan: 999999d, condition: {gte: 1}", "lasts from")]
    [InlineData("type: event_count, rules: [a], timespan: 1m, condition: {gte: many}", "no number")]
    [InlineData("type: event_count, rules: [a], timespan: 1m, condition: {gte: 40000}", "Counts go to")]
    [InlineData("type: event_count, rules: [a], timespan: 1m, condition: {atleast: 1}", "does not belong")]
    [InlineData("type: event_count, rules: [a], timespan: 1m, condition: {field: x, gte: 1}", "has no field")]
    [InlineData("type: event_count, rules: [a], timespan: 1m, condition: a", "Only temporal")]
    [InlineData("type: value_count, rules: [a], timespan: 1m, condition: {gte: 1}", "needs a field")]
    [InlineData("type: value_count, rules: [a], timespan: 1m, condition: {field: x}", "needs one of")]
    [InlineData("type: value_count, rules: [a], timespan: 1m, field: y, condition: {field: x, gte: 1}", "two different fields")]
    [InlineData("type: value_sum, rules: [a], timespan: 1m, condition: {field: [x, y], gte: 1}", "Only value_count")]
    [InlineData("type: value_sum, rules: [a], timespan: 1m, condition: {field: x, percentile: 5, gte: 1}", "belongs to value_percentile")]
    [InlineData("type: value_percentile, rules: [a], timespan: 1m, condition: {field: x, percentile: 101, gte: 1}", "0 to 100")]
    [InlineData("type: value_percentile, rules: [a], timespan: 1m, condition: {field: x, gte: 101}", "percentage")]
    [InlineData("type: temporal, rules: [a, b], timespan: 1m, condition: a", "leaves out 'b'")]
    [InlineData("type: temporal, rules: [a], timespan: 1m, condition: a and d", "names 'd'")]
    [InlineData("type: temporal, rules: [a], timespan: 1m, group-by: [x, x]", "twice in group-by")]
    [InlineData("type: temporal, rules: [a], timespan: 1m, aliases: {x: {d: e}}", "names 'd'")]
    [InlineData("type: temporal, rules: [a], timespan: 1m, generate: 2", "true or false")]
    [InlineData("type: temporal, rules: [nowhere], timespan: 1m", "no rule 'nowhere'")]
    public void What_cannot_be_honoured_is_refused_with_its_reason(string correlation, string reason)
    {
        var book = SigmaRuleBook.Of([SigmaLoader.Read("r.yml", $"title: c\ncorrelation: {{{correlation}}}\n---\n{Rule("a")}{Rule("b")}")]);

        Assert.Empty(book.Correlations);
        var problem = Assert.Single(book.Problems);
        Assert.Contains(reason, problem.Reason, StringComparison.Ordinal);
        Assert.InRange(problem.Line, 1, 2);
    }

    [Fact]
    public void References_are_looked_up_by_identifier_and_across_files()
    {
        const string Id = "5638f7c0-ac70-491d-8465-2a65075e0d86";
        var book = SigmaRuleBook.Of(
        [
            SigmaLoader.Read("c.yml", Correlation("event_count", $"[{Id.ToUpperInvariant()}]", "condition: {gte: 1}")),
            SigmaLoader.Read("a.yml", $"id: {Id}\n" + Rule("a")),
        ]);

        Assert.Empty(book.Problems);
        Assert.Equal(book.Rules, book.Correlations.Single().Referenced);
    }

    [Fact]
    public void A_name_that_two_rules_have_is_refused()
    {
        var book = SigmaRuleBook.Of([SigmaLoader.Read("r.yml", Correlation("temporal", "[a]", "") + Rule("a") + Rule("a"))]);

        Assert.Equal("r.yml:1: 'a' may mean 'a' or 'a'.", Assert.Single(book.Problems).ToString());
    }

    [Fact]
    public void Circles_are_refused_and_everything_that_builds_on_them()
    {
        var book = SigmaRuleBook.Of([SigmaLoader.Read("r.yml",
            Correlation("temporal", "[y]", "", "x") + Correlation("temporal", "[x]", "", "y") + Correlation("temporal", "[y, a]", "", "z") + Rule("a"))]);

        Assert.Empty(book.Correlations);
        Assert.Equal(3, book.Problems.Count);
    }

    [Fact]
    public void Depth_without_end_is_refused()
    {
        var chain = string.Concat(Enumerable.Range(1, 900).Select(level => Correlation("temporal", $"[l{level - 1}]", "", $"l{level}")));

        var down = SigmaRuleBook.Of([SigmaLoader.Read("r.yml", Rule("l0") + chain)]);
        Assert.Equal(32, down.Correlations.Count);
        Assert.Equal(900 - 32, down.Problems.Count);

        var up = SigmaRuleBook.Of([SigmaLoader.Read("r.yml", string.Join("---\n", (chain + Rule("l0")).Split("---\n").Reverse().Where(text => text.Length > 0)) + "---\n")]);
        Assert.Equal(900, up.Correlations.Count + up.Problems.Count);
        Assert.InRange(up.Correlations.Max(correlation => correlation.Depth), 1, 32);
    }

    internal static string Correlation(string type, string rules, string rest, string name = "k") =>
        $"title: {name}\nname: {name}\ncorrelation:\n    type: {type}\n    rules: {rules}\n    group-by: [user]\n    timespan: 1m\n    {rest}\n---\n";

    internal static string Rule(string name) =>
        $"title: {name}\nname: {name}\nlogsource: {{product: test}}\ndetection: {{s: {{'{name}|exists': true}}, condition: s}}\n---\n";

    private static string Braced(string condition) => condition.StartsWith('{') ? condition : $"{{{condition}}}";
}

using System.Text;
using SentinelHealth.Dashboard.Rules;

namespace SentinelHealth.Dashboard.Tests.Rules;

public class RuleTestFileTests
{
    private const string Good = """
        base: {schema: sentinel.ledger-transaction.v1, method: pay, args: {payee: nobody}}
        tests:
          - name: Two payments
            matches: ">=1"
            events:
              - {repeat: 2, every: 5m, event: {amount: 10, actor: "did:{n}", args: {payee: "p{n}"}}}
              - {id: last, amount: null}
        """;

    [Fact]
    public void An_event_has_the_members_of_the_base_its_own_and_a_time()
    {
        var test = Assert.Single(RuleTestFile.Read("a.test.yml", Good));

        Assert.Equal((1, int.MaxValue, false, 3L), (test.MatchesMin, test.MatchesMax, test.IsNegative, test.Line));
        Assert.Equal(
        [
            """{"id":"t-1","time":"2026-11-02T08:00:00.000Z","schema":"sentinel.ledger-transaction.v1","method":"pay","args":{"payee":"p1"},"amount":10,"actor":"did:1"}""",
            """{"id":"t-2","time":"2026-11-02T08:05:00.000Z","schema":"sentinel.ledger-transaction.v1","method":"pay","args":{"payee":"p2"},"amount":10,"actor":"did:2"}""",
            """{"id":"last","time":"2026-11-02T08:05:01.000Z","schema":"sentinel.ledger-transaction.v1","method":"pay","args":{"payee":"nobody"},"amount":null}""",
        ], test.Records.Select(record => Encoding.UTF8.GetString(record.Span)));
    }

    [Theory]
    [InlineData("tests: []", "a.test.yml:1: There must be 1 to 100 tests.")]
    [InlineData("- a", "a.test.yml:1: A file of tests must be a map.")]
    [InlineData("tests:\n  - {name: x, events: []}", "a.test.yml:2: A test must say how many matches are expected.")]
    [InlineData("tests:\n  - {name: x, matches: some, events: []}", "a.test.yml:2: matches is a number, or >= and a number.")]
    [InlineData("tests:\n  - {name: x, matches: 1, events: [{every: 5y, event: {}}]}", "a.test.yml:2: every is a number and s, m, h or d, such as 30s.")]
    [InlineData("tests:\n  - {name: x, matches: 1, events: [{repeat: 10001, event: {}}]}", "a.test.yml:2: A test has more than 10000 events.")]
    [InlineData("tests: [}", "a.test.yml:1: This is not YAML")]
    public void What_cannot_be_run_is_told_with_its_line(string text, string problem) => Assert.StartsWith(
        problem, Assert.Throws<RuleTestException>(() => RuleTestFile.Read("a.test.yml", text)).Message, StringComparison.Ordinal);
}

using SentinelHealth.Response.Queries;
using SentinelHealth.Response.Triage;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Queries;

public sealed class QueryParserTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Now = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("", true)]
    [InlineData("*", true)]
    [InlineData("severity: high", true)]
    [InlineData("severity: HIGH", true)]
    [InlineData("severity >= high", true)]
    [InlineData("severity > high", false)]
    [InlineData("severity: (low or high)", true)]
    [InlineData("severity: (low or not high)", false)]
    [InlineData("not severity: high", false)]
    [InlineData("not not severity: high", true)]
    [InlineData("severity: low or severity: high and source: node.unregistered", true)]
    [InlineData("(severity: low or severity: high) and source: nothing", false)]
    [InlineData("source: node.*", true)]
    [InlineData("source: NODE.unreg*ered", true)]
    [InlineData("source: *stered", true)]
    [InlineData("source: unregistered", false)]
    [InlineData("reason: templates registered", true)]
    [InlineData("reason: \"not registered\"", true)]
    [InlineData("reason: \"registered not\"", false)]
    [InlineData("entity: \"node:clinic-9\"", true)]
    [InlineData("entity: node\\:clinic-9", true)]
    [InlineData("entity: node:clinic-9", true)]
    [InlineData("entity:node:clinic-9 and severity:high", true)]
    [InlineData("entity: (nowhere or node:clin*)", true)]
    [InlineData("(severity:low or source:node.unregistered) and about.type:node", true)]
    [InlineData("at >= 2026-11-02T08:00:00Z", true)]
    [InlineData("entity: NODE*", false)]
    [InlineData("about.type: node", true)]
    [InlineData("entities:{ type: node and id: node* }", true)]
    [InlineData("entities:{ type: patient and id: node* }", false)]
    [InlineData("contributions:{ feature: registration and share > 0.9 }", true)]
    [InlineData("contributions:{ feature: registration and share > 0.96 }", false)]
    [InlineData("score >= 0.95", true)]
    [InlineData("score < 0.95", false)]
    [InlineData("at: 2026-11-02", true)]
    [InlineData("at: 2026-11-03", false)]
    [InlineData("at >= now-1h", true)]
    [InlineData("at > \"2026-11-02T08:00:00Z\"", false)]
    [InlineData("at >= \"2026-11-02T08:00:00Z\"", true)]
    [InlineData("breakGlass: false", true)]
    [InlineData("breakGlass: true", false)]
    [InlineData("status: new", true)]
    [InlineData("assignee: *", false)]
    [InlineData("assignee: \"\"", true)]
    [InlineData("closeReason: *", false)]
    [InlineData("not closeReason: harmful", true)]
    [InlineData("templates", true)]
    [InlineData("TEMPLATES node", true)]
    [InlineData("nothing-of-it", false)]
    [InlineData("EVENT: 0x5f1c\\:3", true)]
    public void A_query_finds_what_it_says(string query, bool isFound)
    {
        var reading = QueryParser.Read(query, AlertFields.Schema, Now);

        Assert.True(reading.Fault is null, $"{query}: {reading.Fault}");
        var fits = AlertFields.Reader.Compile(reading.Node!);
        Assert.Equal(isFound, fits(new TriagedAlert(SomeCase.Alert(), AlertStanding.Untouched)));
    }

    [Theory]
    [InlineData("severty: high", 0, 7, "There is no field 'severty'.", "Did you mean severity?")]
    [InlineData("severity: hihg", 10, 4, "'hihg' is no severity.", "One of informational, low, medium, high, critical.")]
    [InlineData("source: a b", 8, 3, "'source' is one word.", "Write source: \"a b\" or source: (a or b).")]
    [InlineData("source: a severity: high", 10, 8, "Nothing joins 'severity' to what is before it.", "Write and or or between two conditions.")]
    [InlineData("(severity: high", 0, 1, "The ( is not closed.", "Write a ) where it ends.")]
    [InlineData("severity: high)", 14, 1, "')' was not expected here.", "There is no ( before it.")]
    [InlineData("source: \"a", 8, 1, "The quotation is not closed.", "Write a second \".")]
    [InlineData("severity:", 9, 1, "A value is missing.", "Write * for any value.")]
    [InlineData("severity: high and", 18, 1, "Something is missing at the end.", "A condition such as severity: high goes here.")]
    [InlineData("reason > a", 0, 6, "'reason' has no order.", "Write reason: a.")]
    [InlineData("score > much", 8, 4, "'much' is no number.", "")]
    [InlineData("at > yesterday", 5, 9, "'yesterday' is no time.", "Write \"2026-11-02T08:14:03Z\", 2026-11-02 or now-24h.")]
    [InlineData("source:{ a: b }", 0, 6, "'source' has no items.", "With items: entities, contributions.")]
    [InlineData("entities:{ type: node", 9, 1, "The { is not closed.", "Write a } where it ends.")]
    [InlineData("id: a\\", 5, 1, "Nothing follows the backslash.", "Write \\\\ for a backslash.")]
    public void A_fault_says_where_it_is_and_what_to_write(string query, int at, int length, string message, string hint)
    {
        var reading = QueryParser.Read(query, AlertFields.Schema, Now);

        Assert.Equal(new QueryFault(at, length, message, hint), reading.Fault);
    }

    [Fact]
    public void A_query_that_is_too_deep_or_too_long_is_refused_quickly()
    {
        var deep = new string('(', 100) + "score > 1" + new string(')', 100);
        var wide = string.Join(" or ", Enumerable.Repeat("score > 1", 300));
        var nots = string.Concat(Enumerable.Repeat("not ", 1_000)) + "score > 1";

        Assert.Equal("More than 32 levels.", QueryParser.Read(deep, AlertFields.Schema, Now).Fault?.Message);
        Assert.Equal("More than 256 conditions.", QueryParser.Read(wide, AlertFields.Schema, Now).Fault?.Message);
        Assert.Null(QueryParser.Read(nots, AlertFields.Schema, Now).Fault);
        Assert.Contains("4096", QueryParser.Read(new string('a', 5_000), AlertFields.Schema, Now).Fault!.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_is_read_or_refused_and_never_fails()
    {
        var chance = new Random(TestSeed.Next(output));
        string[] pieces = ["severity", "source", "at", "entities", "high", "now-1h", "and", "or", "not", "(", ")", "{", "}", ":", "<", ">=", "\"", "\\", "*", " ", "é", "\u202e", "2026-13-45", "1e999"];
        var (read, refused) = (0, 0);

        for (var i = 0; i < 20_000; i++)
        {
            var query = string.Concat(Enumerable.Range(0, chance.Next(12))
                .Select(_ => pieces[chance.Next(pieces.Length)] + (chance.Next(3) == 0 ? "" : " ")));
            var reading = QueryParser.Read(query, AlertFields.Schema, Now);
            Assert.True(reading.Node is null != reading.Fault is null, query);
            Assert.True(reading.Fault is not { } fault || (fault.At >= 0 && fault.Length > 0 && fault.At <= query.Length), query);
            _ = reading.Node is null ? refused++ : read++;
        }

        Assert.True(read > 100 && refused > 100, $"{read} read, {refused} refused.");
    }
}

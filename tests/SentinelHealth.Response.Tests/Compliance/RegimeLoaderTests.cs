using SentinelHealth.Response.Compliance;

namespace SentinelHealth.Response.Tests.Compliance;

public sealed class RegimeLoaderTests
{
    private const string Good = """
        name: some-duty
        title: Some duty
        law: Some law
        recipient: Somebody
        trigger: aware
        phases:
          - {name: first, within: 72 hours}
        """;

    [Fact]
    public void Every_regime_that_is_shipped_loads() => Assert.Equal(15, ShippedRegimes().Count);

    [Theory]
    [InlineData("trigger: aware", "trigger: yesterday", 5, "trigger is one of")]
    [InlineData("title: Some duty", "titel: Some duty", 2, "has no key 'titel'")]
    [InlineData("within: 72 hours", "within: 72 weeks", 7, "a number of hours, days or months")]
    [InlineData("within: 72 hours", "within: 0 hours", 7, "a number of hours, days or months")]
    [InlineData("within: 72 hours", "within: 72 hours, after: second", 7, "an earlier phase")]
    [InlineData("name: some-duty", "name: Some Duty", 1, "lower-case letters")]
    [InlineData("recipient: Somebody", "recipient: &a Somebody", 4, "anchors")]
    [InlineData("law: Some law", "law: [", 1, "not YAML")]
    public void A_fault_is_told_with_its_line_and_nothing_is_used(string from, string to, int line, string message)
    {
        var file = RegimeLoader.Load(Good.Replace(from, to, StringComparison.Ordinal), "duties.yaml");

        Assert.Empty(file.Regimes);
        Assert.Contains(file.Errors, error => error.Line == line && error.Message.Contains(message, StringComparison.Ordinal)
            && error.ToString().StartsWith($"duties.yaml:{line}: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--- ---")]
    [InlineData("[[[[[[[[[[[[")]
    [InlineData("name: x\nname: y")]
    [InlineData("\u0000")]
    public void No_text_makes_the_loader_throw(string text) => Assert.NotEmpty(RegimeLoader.Load(text, "f.yaml").Errors);

    /// <summary>The files lie beside the test as they lie beside the program.</summary>
    internal static IReadOnlyList<Regime> ShippedRegimes()
    {
        var regimes = new List<Regime>();
        foreach (var path in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "regimes"), "*.yaml").Order(StringComparer.Ordinal))
        {
            var file = RegimeLoader.Load(File.ReadAllText(path), Path.GetFileName(path));
            Assert.Empty(file.Errors);
            regimes.AddRange(file.Regimes);
        }
        return regimes;
    }
}

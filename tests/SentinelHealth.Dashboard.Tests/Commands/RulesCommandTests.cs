using System.Text;
using System.Text.Json;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Commands;

public sealed class RulesCommandTests : IDisposable
{
    private const string Rule = """
        title: Somebody exported a whole gallery
        id: 7b1f2a52-6f0f-4a63-9a5e-0d9f8a4b0c11
        author: A. Author
        license: DRL 1.1
        level: high
        logsource: {product: sentinelhealth}
        detection:
            s: {operation: export, actor.role|contains: 'assist'}
            condition: s
        """;

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Matches_name_the_line_the_rule_and_its_author()
    {
        await File.WriteAllTextAsync(_folder.File("good.yml"), Rule, TestContext.Current.CancellationToken);
        var input = Encoding.UTF8.GetBytes("""
            {"operation":"verify","actor":{"role":"assistant"}}
            {"operation":"EXPORT","actor":{"role":"assistant"}}
            not json
            """);

        var run = await CommandRun.OfAsync(input, "rules", "match", _folder.Path, "--input", "-");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("-:3:", run.Error, StringComparison.Ordinal);
        using var match = JsonDocument.Parse(run.Output);
        Assert.Equal(2, match.RootElement.GetProperty("line").GetInt64());
        Assert.Equal("A. Author", match.RootElement.GetProperty("author").GetString());
        Assert.Equal("DRL 1.1", match.RootElement.GetProperty("license").GetString());
        Assert.Equal("high", match.RootElement.GetProperty("level").GetString());
    }

    [Fact]
    public async Task Check_tells_what_is_refused_and_what_still_needs_a_value()
    {
        await File.WriteAllTextAsync(_folder.File("bad.yml"), Rule.Replace("|contains", "|contians", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder.File("open.yml"), Rule.Replace("|contains: 'assist'", "|expand: '%roles%'", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        var run = await CommandRun.OfAsync("rules", "check", _folder.Path);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{_folder.File("bad.yml")}:8: The modifier 'contians' is unknown", run.Output, StringComparison.Ordinal);
        Assert.Contains("Needs a value of %roles%", run.Output, StringComparison.Ordinal);
        Assert.Contains("1 rules accepted, 1 documents refused.", run.Error, StringComparison.Ordinal);

        await File.WriteAllTextAsync(_folder.File("values.json"), """{"roles":["assistant"]}""", TestContext.Current.CancellationToken);
        var whole = await CommandRun.OfAsync(
            "rules", "check", _folder.File("open.yml"), "--placeholders", _folder.File("values.json"));
        Assert.Equal((0, ""), (whole.ExitCode, whole.Output));
        Assert.Equal(2, (await CommandRun.OfAsync("rules", "check", _folder.File("absent.yml"))).ExitCode);
    }

    public void Dispose() => _folder.Dispose();
}

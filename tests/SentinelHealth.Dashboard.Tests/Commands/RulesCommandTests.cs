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

        var run = await CommandRun.OfAsync(input, "rules", "match", "--rules", _folder.Path, "--input", "-");

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
        Assert.Contains("Needs a value of %roles%", run.Error, StringComparison.Ordinal);
        Assert.EndsWith("""{"documents":2,"rules":2,"accepted":1,"rejected":1}""", run.Output.TrimEnd(), StringComparison.Ordinal);

        await File.WriteAllTextAsync(_folder.File("values.json"), """{"roles":["assistant"]}""", TestContext.Current.CancellationToken);
        var whole = await CommandRun.OfAsync(
            "rules", "check", _folder.File("open.yml"), "--placeholders", _folder.File("values.json"));
        Assert.Equal((0, """{"documents":1,"rules":1,"accepted":1,"rejected":0}"""), (whole.ExitCode, whole.Output.TrimEnd()));
        Assert.Equal(2, (await CommandRun.OfAsync("rules", "check", _folder.File("absent.yml"))).ExitCode);
    }

    [Fact]
    public async Task Check_warns_of_what_a_good_rule_has_and_refuses_nothing_for_it()
    {
        await File.WriteAllTextAsync(
            _folder.File("bare.yml"), Rule + "\ntags: [attack.t1562, attack.t12]", TestContext.Current.CancellationToken);

        var run = await CommandRun.OfAsync("rules", "check", _folder.Path);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("warning: The rule does not say what else may match", run.Error, StringComparison.Ordinal);
        Assert.Contains("warning: attack.t1562 is attack.t1685", run.Error, StringComparison.Ordinal);
        Assert.Contains("warning: ATT&CK knows no t12.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_correlation_names_the_lines_it_rests_on()
    {
        await File.WriteAllTextAsync(_folder.File("series.yml"), """
            title: A payment
            name: payment
            logsource: {category: application}
            detection: {s: {method: pay}, condition: s}
            ---
            title: Two payments
            correlation: {type: event_count, rules: [payment], group-by: [to], timespan: 1m, condition: {gte: 2}}
            """, TestContext.Current.CancellationToken);
        var input = Encoding.UTF8.GetBytes("""
            {"timestamp":"2026-11-02T08:00:00Z","method":"pay","to":"x"}
            {"timestamp":"2026-11-02T08:00:10Z","method":"pay","to":"y"}
            {"timestamp":"2026-11-02T08:00:20Z","method":"pay","to":"x"}
            {"timestamp":"2026-11-02T08:05:00Z","method":"pay","to":"x"}
            """);

        var run = await CommandRun.OfAsync(input, "rules", "match", "--rules", _folder.Path, "--input", "-");

        using var match = JsonDocument.Parse(run.Output);
        Assert.Equal(3, match.RootElement.GetProperty("line").GetInt64());
        Assert.Equal([1L, 3L], match.RootElement.GetProperty("lines").EnumerateArray().Select(line => line.GetInt64()));
        Assert.Equal("x", match.RootElement.GetProperty("group").GetProperty("to").GetString());
    }

    [Fact]
    public async Task A_foreign_record_is_offered_to_rules_of_the_taxonomy_as_the_event_it_becomes()
    {
        await File.WriteAllTextAsync(_folder.File("read.yml"), """
            title: A nurse reads
            logsource: {product: sentinelhealth, category: fhir_access}
            detection: {s: {method: recordAccess, role: nurse, patient_ref: 'patient:p1'}, condition: s}
            """, TestContext.Current.CancellationToken);
        var input = Encoding.UTF8.GetBytes(
            """{"resourceType":"AuditEvent","type":{"code":"rest"},"subtype":[{"code":"read"}],"action":"R","recorded":"2026-11-21T07:00:00.000Z","outcome":"0","agent":[{"who":{"identifier":{"value":"dr-17"}},"requestor":true,"role":[{"text":"nurse"}]}],"source":{"site":"ehr","observer":{"reference":"Device/ehr"}},"entity":[{"what":{"reference":"Patient/p1"}}]}""");

        var run = await CommandRun.OfAsync(input, "rules", "match", "--rules", _folder.Path, "--input", "-");

        Assert.Contains("A nurse reads", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_runs_what_stands_beside_a_rule_and_says_why_it_failed()
    {
        await File.WriteAllTextAsync(_folder.File("good.yml"), Rule, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder.File("good.test.yml"), """
            tests:
              - {name: An export, matches: 1, events: [{operation: export, actor: {role: assistant}}]}
              - {name: A wrong hope, matches: 2, events: [{operation: export, actor: {role: assistant}}]}
              - {name: A verification, matches: 0, events: [{operation: verify, actor: {role: assistant}}]}
            """, TestContext.Current.CancellationToken);

        var run = await CommandRun.OfAsync("rules", "test", _folder.Path);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("pass " + _folder.File("good.test.yml") + ":2: An export", run.Output, StringComparison.Ordinal);
        Assert.Contains(":3: A wrong hope: 2 matches expected, 1 found, at event 1.", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("""{"passed":2,"failed":1}""", run.Output.TrimEnd(), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}

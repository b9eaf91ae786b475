using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using SentinelHealth.Response.Actions;
using YamlDotNet.RepresentationModel;

namespace SentinelHealth.Architecture.Tests;

/// <summary>What is handed to operators names only what the program has.</summary>
public sealed partial class OperationsTests
{
    private const string Rules = "deploy/prometheus/sentinel.rules.yml", Board = "deploy/grafana/sentinel.json", Unit = "deploy/systemd/sentinel.service",
        UnitOfRoles = "deploy/systemd/sentinel@.service";

    /// <summary>Names under which the program tells what it measures: as written, or made of an instrument's name.</summary>
    private static HashSet<string> Published =>
    [
        .. from file in Repository.Under("src")
           where file.Path.EndsWith(".cs", StringComparison.Ordinal)
           from name in MetricLiteral().Matches(file.Text)
           select name.Groups[1].Value.Replace('.', '_'),
    ];

    [Theory]
    [InlineData(Rules)]
    [InlineData(Board)]
    public void Every_metric_that_is_asked_for_is_published(string path)
    {
        var published = Published;
        var asked = Metric().Matches(Repository.File(path).Text).Select(match => match.Value).Distinct().ToList();

        var unknown = asked.Where(name => !published.Contains(name) && !published.Contains(Suffix().Replace(name, ""))).ToList();

        Assert.True(unknown.Count == 0, $"{path} asks for what nobody tells: {string.Join(", ", unknown)}");
        Assert.All(
            Outcome().Matches(Repository.File(path).Text),
            match => Assert.True(Enum.TryParse<ActionState>(match.Groups[1].Value, out _), match.Value));
        Assert.True(asked.Count > 8, $"{path} asks for {asked.Count} metrics.");
    }

    [Fact]
    public void Every_rule_says_what_is_wrong_how_bad_it_is_and_what_to_do()
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Repository.File(Rules).Text));
        var rules = ((YamlSequenceNode)((YamlSequenceNode)yaml.Documents[0].RootNode["groups"])[0]["rules"]).ToList();

        foreach (var rule in rules)
        {
            var name = rule["alert"].ToString();
            Assert.NotEmpty(rule["expr"].ToString());
            Assert.Contains(rule["labels"]["severity"].ToString(), (string[])["critical", "warning"]);
            Assert.EndsWith(".", rule["annotations"]["summary"].ToString(), StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(Repository.Root, rule["annotations"]["runbook"].ToString())), $"{name} names a runbook that is not there.");
        }
        Assert.Equal(rules.Count, rules.Select(rule => rule["alert"].ToString()).Distinct().Count());
    }

    [Fact]
    public void Every_panel_of_the_board_has_a_place_and_asks_something()
    {
        using var board = JsonDocument.Parse(Repository.File(Board).Text);
        var panels = board.RootElement.GetProperty("panels").EnumerateArray().ToList();

        Assert.All(panels, panel => Assert.NotEmpty(panel.GetProperty("targets")[0].GetProperty("expr").GetString()!));
        Assert.All(panels, panel => Assert.InRange(
            panel.GetProperty("gridPos").GetProperty("x").GetInt32() + panel.GetProperty("gridPos").GetProperty("w").GetInt32(), 1, 24));
        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
    }

    [Fact]
    public void The_unit_of_roles_is_the_unit_with_a_folder_roles_and_an_address_for_each()
    {
        string[] Lines(string path) => [.. Repository.File(path).Lines.SkipWhile(line => line != "[Unit]")];
        var (whole, one) = (Lines(Unit), Lines(UnitOfRoles));
        var roles = new List<string>();

        Assert.Equal(
            ["Description=SentinelHealth %i", "EnvironmentFile=/etc/sentinelhealth/%i.env", "ExecStart=", "StateDirectory=sentinelhealth/%i"],
            one.Except(whole).Select(line => line.StartsWith("ExecStart=", StringComparison.Ordinal) ? "ExecStart=" : line).Order(StringComparer.Ordinal));
        Assert.Contains(" --data /var/lib/sentinelhealth/%i --roles ${SENTINEL_ROLES}", Repository.File(UnitOfRoles).Text, StringComparison.Ordinal);
        foreach (var file in Repository.Under("deploy/systemd").Where(file => file.Name.EndsWith(".env", StringComparison.Ordinal)))
        {
            var variables = file.Lines.Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('=', 2))
                .ToDictionary(pair => pair[0], pair => pair[1]);
            roles.AddRange(variables["SENTINEL_ROLES"].Split(','));
            var (_, problems) = Dashboard.Hosting.SettingsCheck.Read<Dashboard.Hosting.SentinelSettings>(
                new ConfigurationBuilder().AddInMemoryCollection(variables.Where(pair => pair.Key != "SENTINEL_ROLES").Select(pair =>
                    new KeyValuePair<string, string?>(pair.Key.Replace("__", ":", StringComparison.Ordinal), pair.Value))).Build(),
                Dashboard.Hosting.SentinelSettings.Section);
            Assert.Empty(problems);
        }
        Assert.Equal(["dashboard", "detect", "ingest", "respond"], roles.Order());
    }

    [Theory]
    [InlineData(Unit)]
    [InlineData(UnitOfRoles)]
    public void The_unit_starts_the_program_by_commands_it_has(string unit)
    {
        var commands = Command().Matches(Repository.File(unit).Text).Select(match => match.Groups[1].Value).ToList();
        var readme = Repository.File("README.md").Text;

        Assert.Equal(["config check", "serve"], commands);
        Assert.All(commands, command => Assert.Contains($"| `{command} ", readme, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"""(sentinel[._][a-z._]+)""")]
    private static partial Regex MetricLiteral();

    [GeneratedRegex(@"\bsentinel_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex("outcome=\\\\?\"(\\w+)\\\\?\"")]
    private static partial Regex Outcome();

    [GeneratedRegex("(_seconds)?(_total|_bucket|_sum|_count)$")]
    private static partial Regex Suffix();

    [GeneratedRegex(@"sentinel\.dll ([a-z]+(?: [a-z]+)?)")]
    private static partial Regex Command();
}

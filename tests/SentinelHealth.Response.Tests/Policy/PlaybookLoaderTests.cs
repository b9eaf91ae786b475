using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Policy;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Policy;

public sealed class PlaybookLoaderTests(ITestOutputHelper output)
{
    private const string Good = """
        name: stop-it
        description: Stops it.
        mode: automatic
        when:
          severityMin: high
          scoreMin: 0.8
          sources: ["consent.*", rarity]
          entities: [actor]
          tags: [attack.t1078]
          alertsMin: 2
          sourcesMin: 3
        actions:
          - kind: suspendActor
            ttl: 90m
          - kind: revokeGrant
            ttl: 1d
        """;

    [Fact]
    public void A_playbook_is_read_with_every_condition_and_action()
    {
        var playbook = Assert.Single(Load(Good).Playbooks);

        Assert.Equal(("stop-it", "Stops it.", PlaybookMode.Automatic), (playbook.Name, playbook.Description, playbook.Mode));
        Assert.Equal((Severity.High, 0.8, 2, 3),
            (playbook.When.SeverityMin, playbook.When.ScoreMin, playbook.When.AlertsMin, playbook.When.SourcesMin));
        Assert.Equal(["consent.*", "rarity"], playbook.When.Sources);
        Assert.Equal([EntityType.Actor], playbook.When.Entities);
        Assert.Equal(["attack.t1078"], playbook.When.Tags);
        Assert.Equal(
            [new(ActionKind.SuspendActor, TimeSpan.FromMinutes(90)), new(ActionKind.RevokeGrant, TimeSpan.FromDays(1))],
            playbook.Actions);
    }

    [Theory]
    [InlineData("mode: automatic", "mode: always", 3, "mode is one of observe, recommend, approve, automatic.")]
    [InlineData("mode: automatic", "mood: automatic", 3, "no key 'mood'")]
    [InlineData("name: stop-it", "name: Stop It", 1, "lower-case")]
    [InlineData("  severityMin: high", "  severityMin: grave", 5, "severityMin is one of")]
    [InlineData("  scoreMin: 0.8", "  scoreMin: 1.1", 6, "from 0 to 1")]
    [InlineData("  scoreMin: 0.8", "  scoreMin: -0.1", 6, "from 0 to 1")]
    [InlineData("  scoreMin: 0.8", "  scoreMin: NaN", 6, "from 0 to 1")]
    [InlineData("  alertsMin: 2", "  alertsMin: 0", 10, "alertsMin is a whole number")]
    [InlineData("  alertsMin: 2", "  alertsMin: many", 10, "alertsMin is a whole number")]
    [InlineData("  entities: [actor]", "  entities: [doctor]", 8, "entities is one of")]
    [InlineData("  entities: [actor]", "  entities: []", 8, "entities is a list")]
    [InlineData("  tags: [attack.t1078]", "  tags: attack.t1078", 9, "tags is a list")]
    [InlineData("    ttl: 90m", "    ttl: 0m", 14, "ttl is a whole number")]
    [InlineData("    ttl: 90m", "    ttl: 31d", 14, "ttl is a whole number")]
    [InlineData("    ttl: 90m", "    ttl: 90s", 14, "ttl is a whole number")]
    [InlineData("    ttl: 90m", "    ttl: -5m", 14, "ttl is a whole number")]
    [InlineData("  - kind: suspendActor", "  - kind: deleteActor", 13, "kind is one of")]
    [InlineData("  - kind: suspendActor", "  - kind: revokeGrant", 15, "each kind of action once")]
    [InlineData("    ttl: 90m", "    ttl: 90m\n    force: true", 15, "no key 'force'")]
    [InlineData("name: stop-it", "name: stop-it\nname: again", 2, "not YAML")]
    [InlineData("name: stop-it", "name: &anchor stop-it", 1, "anchors")]
    public void A_fault_is_an_error_with_its_line(string from, string to, int line, string said)
    {
        var file = Load(Good.Replace(from, to, StringComparison.Ordinal));

        Assert.Empty(file.Playbooks);
        Assert.Contains(file.Errors, error =>
            error.File == "p.yaml" && error.Line == line && error.Message.Contains(said, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_fault_of_a_file_is_told_at_once()
    {
        var text = Good.Replace("mode: automatic", "mode: x", StringComparison.Ordinal).Replace("alertsMin: 2", "alertsMin: x", StringComparison.Ordinal);

        Assert.Equal([3, 10], Load(text).Errors.Select(error => error.Line).Order());
    }

    [Theory]
    [InlineData("mode: automatic\n", "mode is missing")]
    [InlineData("name: stop-it\n", "name is missing")]
    public void What_is_required_is_missed(string line, string said) =>
        Assert.Contains(Load(Good.Replace("\r", "", StringComparison.Ordinal).Replace(line, "", StringComparison.Ordinal)).Errors,
            error => error.Message.Contains(said, StringComparison.Ordinal));

    [Fact]
    public void A_fault_in_one_document_keeps_the_whole_file_out()
    {
        var file = Load(Good + "\n---\nname: other\n");

        Assert.Empty(file.Playbooks);
        Assert.NotEmpty(file.Errors);
    }

    [Theory]
    [InlineData("")]
    [InlineData("just text")]
    [InlineData("- a\n- b")]
    [InlineData("\t\tname: x")]
    [InlineData("{{{{")]
    [InlineData("name: *alias")]
    [InlineData("\0\u0001")]
    public void Whatever_is_no_playbook_is_an_error_and_never_an_exception(string text)
    {
        var file = Load(text);

        Assert.Empty(file.Playbooks);
        Assert.NotEmpty(file.Errors);
    }

    [Fact]
    public void Deep_nesting_and_huge_files_are_refused()
    {
        Assert.NotEmpty(Load("name: " + new string('[', 100_000)).Errors);
        Assert.NotEmpty(Load("# " + new string('x', 300_000)).Errors);
    }

    [Fact]
    public void Random_damage_never_throws()
    {
        var random = new Random(TestSeed.Next(output));

        for (var round = 0; round < 2_000; round++)
        {
            var text = Good.ToCharArray();
            for (var i = 0; i < 4; i++)
                text[random.Next(text.Length)] = (char)random.Next(0x20, 0x180);
            var file = Load(new string(text));
            Assert.True(file.Playbooks.Count > 0 != file.Errors.Count > 0);
        }
    }

    [Fact]
    public void The_shipped_playbooks_are_valid_and_named_once()
    {
        var files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "playbooks"), "*.yaml");
        var loaded = files.Select(path => PlaybookLoader.Load(File.ReadAllText(path), Path.GetFileName(path))).ToList();

        Assert.Empty(loaded.SelectMany(file => file.Errors));
        var set = new PlaybookSet(loaded.SelectMany(file => file.Playbooks));
        Assert.True(set.Playbooks.Count >= 8, $"Only {set.Playbooks.Count} playbooks are shipped.");
        Assert.All(set.Playbooks.SelectMany(playbook => playbook.Actions),
            action => Assert.True(action.Ttl <= new ResponseOptions().TtlMax));
    }

    [Fact]
    public void Two_playbooks_of_one_name_are_refused() =>
        Assert.Throws<ArgumentException>(() => new PlaybookSet([.. Load(Good).Playbooks, .. Load(Good).Playbooks]));

    private static PlaybookFile Load(string text) => PlaybookLoader.Load(text, "p.yaml");
}

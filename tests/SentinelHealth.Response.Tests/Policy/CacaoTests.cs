using System.Text;
using System.Text.Json.Nodes;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Policy;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Policy;

/// <summary>Playbooks go out as CACAO 2.0 and come back as they were; what cannot be run here is refused with a sentence.</summary>
public sealed class CacaoTests
{
    private static readonly Playbook Full = new()
    {
        Name = "suspend-at-night",
        Description = "Says \"no\": to: # everything\u2028and \\ more.",
        Mode = PlaybookMode.Approve,
        When = new PlaybookConditions
        {
            SeverityMin = Severity.High,
            ScoreMin = 0.925,
            Sources = ["consent.*", "it's AND that", @"back\slash"],
            Entities = [EntityType.Actor, EntityType.Grant],
            Tags = ["attack.t1078"],
            AlertsMin = 3,
            SourcesMin = 2,
            StageMin = Enum.GetValues<AttackStage>()[^1],
            Hours = new DailyHours(new TimeOnly(22, 0), new TimeOnly(6, 30)),
            Days = [DayOfWeek.Saturday, DayOfWeek.Sunday],
        },
        Actions = [new(ActionKind.SuspendActor, TimeSpan.FromMinutes(90)), new(ActionKind.RevokeGrant, TimeSpan.FromDays(1))],
        Notifies = ["on-call"],
        Tasks = [new("Call the ward: now, please.", TimeSpan.FromHours(4))],
        StepUpFor = TimeSpan.FromHours(2),
    };

    private static readonly Playbook Small =
        SomeCase.Playbook(PlaybookMode.Observe, ActionKind.QuarantineNode) with { Name = "small" };

    [Fact]
    public void A_playbook_comes_back_as_it_went_out()
    {
        foreach (var playbook in new[] { Full, Small, Full with { Mode = PlaybookMode.Recommend } })
        {
            var read = CacaoImport.Read(CacaoExport.Write(playbook, SomeCase.At));

            Assert.Equal("", read.Problem);
            Assert.Equal(PlaybookWriter.Write(playbook), PlaybookWriter.Write(read.Playbook!));
            Assert.False(read.IsLowered);
        }
    }

    [Fact]
    public void Its_YAML_reads_back_as_the_same_playbook()
    {
        foreach (var playbook in new[] { Full, Small })
        {
            var read = PlaybookLoader.Load(PlaybookWriter.Write(playbook), "p.yaml");

            Assert.Empty(read.Errors);
            Assert.Equal(PlaybookShelf.DigestOf(playbook), PlaybookShelf.DigestOf(Assert.Single(read.Playbooks)));
            Assert.Equal(playbook.Mode, read.Playbooks[0].Mode);
        }
    }

    [Fact]
    public void What_wants_to_act_by_itself_comes_in_waiting_for_approval()
    {
        var read = CacaoImport.Read(CacaoExport.Write(Full with { Mode = PlaybookMode.Automatic }, SomeCase.At));

        Assert.Equal((PlaybookMode.Approve, true), (read.Playbook!.Mode, read.IsLowered));
    }

    [Fact]
    public void An_export_has_what_the_specification_demands_and_the_approval_is_a_manual_step()
    {
        var root = JsonNode.Parse(CacaoExport.Write(Full, SomeCase.At))!;
        var steps = root["workflow"]!.AsObject();

        Assert.Equal(("playbook", "cacao-2.0"), ((string)root["type"]!, (string)root["spec_version"]!));
        Assert.All(["id", "name", "created_by", "created", "modified", "workflow_start", "workflow"], name => Assert.NotNull(root[name]));
        Assert.Matches("^playbook--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", (string)root["id"]!);
        Assert.Contains(steps, step => (string?)step.Value!["commands"]?[0]!["type"] == "manual");
        Assert.Equal(1, steps.Count(step => (string)step.Value!["type"]! == "start"));
        foreach (var link in steps.SelectMany(step => step.Value!.AsObject()).Where(member => member.Key.StartsWith("on_", StringComparison.Ordinal)))
            Assert.True(steps.ContainsKey((string)link.Value!), $"{link.Value} is nowhere.");
        Assert.Equal(CacaoExport.Write(Full, SomeCase.At), CacaoExport.Write(Full, SomeCase.At));
    }

    [Theory]
    [InlineData("cacao-2.0", "cacao-1.1", "no playbook of CACAO 2.0")]
    [InlineData("\"x-sentinelhealth\"", "\"bash\"", "bash cannot be run here")]
    [InlineData("suspendActor ttl=5400s", "suspendActor ttl=1s", "60 s to 30 days")]
    [InlineData("suspendActor ttl=5400s", "explode ttl=5400s", "'explode ttl=5400s' cannot be run here")]
    [InlineData("x-sentinel-incident:alerts >= 3", "ipv4-addr:value = '10.0.0.1'", "not a condition that can be run here")]
    [InlineData("\"type\": \"if-condition\"", "\"type\": \"while-condition\"", "should be of the type if-condition")]
    public void What_cannot_be_run_here_is_refused_with_a_sentence(string from, string to, string problem)
    {
        var text = Encoding.UTF8.GetString(CacaoExport.Write(Full, SomeCase.At));
        Assert.Contains(from, text, StringComparison.Ordinal);

        var read = CacaoImport.Read(Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal)));

        Assert.Null(read.Playbook);
        Assert.Contains(problem, read.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void No_bytes_make_it_throw()
    {
        var random = new Random(17);
        var whole = CacaoExport.Write(Full, SomeCase.At);
        for (var run = 0; run < 3_000; run++)
        {
            var bytes = whole.ToArray();
            for (var change = 0; change <= run % 4; change++)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);

            var read = CacaoImport.Read(run % 5 == 0 ? bytes.AsMemory(0, random.Next(bytes.Length)) : bytes);

            Assert.True(read.Playbook is null != (read.Problem.Length == 0), $"Run {run} of seed 17.");
        }
    }
}

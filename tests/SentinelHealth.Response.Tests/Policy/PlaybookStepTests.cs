using SentinelHealth.Detection.Rules;
using SentinelHealth.Response.Access;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Policy;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Policy;

/// <summary>What playbooks do besides containing: tell, open tasks, demand a stronger sign-in.</summary>
public sealed class PlaybookStepTests
{
    private const string Text = """
        name: tell-on-call
        mode: automatic
        actions:
          - kind: notify
            channel: on-call
          - kind: openTask
            title: Call the ward.
            due: 4h
          - kind: requireStepUp
            ttl: 2h
        """;

    [Fact]
    public void Steps_are_read_and_planned()
    {
        var playbook = Assert.Single(PlaybookLoader.Load(Text, "p.yaml").Playbooks);

        var decision = Decide(playbook);

        Assert.Equal(["on-call"], decision.Notices.Select(notice => notice.Channel));
        Assert.Equal(("Call the ward.", SomeCase.At.AddHours(4), CaseTaskKind.Task),
            decision.Tasks.Select(task => (task.Title, task.DueAt, task.Kind)).Single());
        var demand = Assert.Single(decision.StepUps);
        Assert.Equal((SomeCase.Actor().Id, SomeCase.At.AddHours(2)), (demand.Actor, demand.Until));
        Assert.Empty(decision.Actions);
    }

    [Fact]
    public void The_same_decision_again_has_the_same_identifiers_and_a_worse_one_tells_again()
    {
        var playbook = Assert.Single(PlaybookLoader.Load(Text, "p.yaml").Playbooks);
        var worse = SomeCase.Incident(SomeCase.Actor()) with { Severity = Detection.Alerts.Severity.Critical };

        Assert.Equal(Decide(playbook).Notices[0].Id, Decide(playbook).Notices[0].Id);
        Assert.Equal(Decide(playbook).Tasks[0].Id, Decide(playbook).Tasks[0].Id);
        Assert.NotEqual(Decide(playbook).Notices[0].Id, Decide(playbook, worse).Notices[0].Id);
    }

    [Theory]
    [InlineData(PlaybookMode.Observe, 0, 0)]
    [InlineData(PlaybookMode.Recommend, 1, 0)]
    [InlineData(PlaybookMode.Approve, 1, 0)]
    [InlineData(PlaybookMode.Automatic, 1, 1)]
    public void A_mode_says_how_much_of_it_happens(PlaybookMode mode, int notices, int stepUps)
    {
        var decision = Decide(Assert.Single(PlaybookLoader.Load(Text, "p.yaml").Playbooks) with { Mode = mode });

        Assert.Equal((notices, notices, stepUps), (decision.Notices.Count, decision.Tasks.Count, decision.StepUps.Count));
    }

    [Fact]
    public void Emergency_access_is_told_and_never_hindered()
    {
        var emergency = SomeCase.Incident(SomeCase.Actor()) with { IsBreakGlass = true };

        var decision = Decide(Assert.Single(PlaybookLoader.Load(Text, "p.yaml").Playbooks), emergency);

        Assert.Equal((1, 0), (decision.Notices.Count, decision.StepUps.Count));
    }

    [Theory]
    [InlineData("  - kind: notify", 4, "channel is missing")]
    [InlineData("  - kind: openTask\n    title: Call.\n    due: soon", 6, "due is a whole number")]
    [InlineData("  - kind: requireStepUp\n    ttl: 1h\n    channel: x", 6, "has no key 'channel'")]
    [InlineData("  - kind: explode\n    ttl: 1h", 4, "requireStepUp")]
    [InlineData("  - kind: notify\n    channel: a\n  - kind: notify\n    channel: a", 7, "once")]
    public void A_fault_is_told_with_its_line(string actions, long line, string message)
    {
        var read = PlaybookLoader.Load($"name: p\nmode: approve\nactions:\n{actions}\n", "p.yaml");

        Assert.Contains(read.Errors, error => error.Line == line && error.Message.Contains(message, StringComparison.Ordinal));
        Assert.Empty(read.Playbooks);
    }

    [Fact]
    public void A_demand_makes_answers_ask_for_a_stronger_sign_in_and_one_satisfies_it()
    {
        var options = new AccessOptions();
        var facts = new AccessFacts { IsReady = true, Permission = PermissionAnswer.Allowed, IsStepUpDemanded = true };
        var request = new AccessRequest
        {
            Subject = SomeCase.Actor().Id,
            Action = "read",
            ResourceType = "record",
            ResourceId = "r-1",
            Patient = "patient:1",
            Purpose = "TREAT",
            At = SomeCase.At,
        };

        var before = AccessDecider.Decide(request, facts, options);
        var after = AccessDecider.Decide(
            request with { AuthenticationClass = options.StrongClasses[0], AuthenticatedAt = SomeCase.At }, facts, options);
        var emergency = AccessDecider.Decide(request with { Purpose = AccessRequest.BreakGlassPurpose }, facts, options);

        Assert.Equal((false, true), (before.IsPermitted, before.NeedsStepUp));
        Assert.True(after.IsPermitted);
        Assert.True(emergency.IsPermitted);
    }

    private static Decision Decide(Playbook playbook, Detection.Correlation.Incident? incident = null) => ResponsePolicy.Decide(
        SomeCase.Facts(incident ?? SomeCase.Incident(SomeCase.Actor())), new PlaybookSet([playbook]), new ResponseState(),
        new ResponseOptions(), SomeCase.At);
}

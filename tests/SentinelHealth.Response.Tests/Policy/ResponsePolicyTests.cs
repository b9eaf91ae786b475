using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Policy;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Policy;

public sealed class ResponsePolicyTests
{
    private static readonly Playbook Automatic = SomeCase.Playbook(PlaybookMode.Automatic, ActionKind.QuarantineNode);
    private static readonly Playbook Recommending = SomeCase.Playbook(PlaybookMode.Recommend, ActionKind.QuarantineNode);

    [Fact]
    public void An_automatic_playbook_approves_its_action_with_everything_the_ledger_needs()
    {
        var incident = SomeCase.Incident();

        var decision = Decide(SomeCase.Facts(incident), Automatic);

        var planned = Assert.Single(decision.Actions);
        Assert.Equal(ActionKey.Of(incident.Id, ActionKind.QuarantineNode, SomeCase.Node()), planned.Action.Key);
        Assert.Equal((ActionState.Approved, TimeSpan.FromHours(1), incident.Id),
            (planned.Action.State, planned.Action.Ttl, planned.Action.IncidentId));
        Assert.Equal(DecisionEvidence.Of(incident, [SomeCase.Alert()]).Hash, planned.Action.EvidenceHash);
        Assert.Equal(planned.Action.EvidenceHash, decision.Evidence!.Hash);
        Assert.Empty(decision.Proposals);
    }

    [Theory]
    [InlineData(PlaybookMode.Observe)]
    [InlineData(PlaybookMode.Recommend)]
    [InlineData(PlaybookMode.Approve)]
    public void Every_other_mode_proposes(PlaybookMode mode)
    {
        var decision = Decide(SomeCase.Facts(SomeCase.Incident()), SomeCase.Playbook(mode, ActionKind.QuarantineNode));

        Assert.Empty(decision.Actions);
        var proposal = Assert.Single(decision.Proposals);
        Assert.Equal((ActionState.Proposed, mode), (proposal.Action.State, proposal.Mode));
    }

    [Fact]
    public void The_strongest_of_several_playbooks_decides_once()
    {
        var decision = Decide(SomeCase.Facts(SomeCase.Incident()), Recommending, Automatic);

        Assert.Single(decision.Actions);
        Assert.Empty(decision.Proposals);
    }

    [Fact]
    public void What_automation_is_refused_is_still_proposed_to_people()
    {
        var facts = SomeCase.Facts(SomeCase.Incident());

        var decision = ResponsePolicy.Decide(
            facts, new PlaybookSet([Automatic, Recommending]), new ResponseState(), new ResponseOptions { NodesPerWindowMax = 0 },
            SomeCase.At);

        Assert.Empty(decision.Actions);
        Assert.Single(decision.Proposals);
        Assert.Equal(Guardrails.CapPerKind, Assert.Single(decision.Refusals).Guardrail);
    }

    [Theory]
    [InlineData(ActionState.Approved)]
    [InlineData(ActionState.Submitted)]
    [InlineData(ActionState.Unknown)]
    [InlineData(ActionState.Confirmed)]
    [InlineData(ActionState.Reconciled)]
    [InlineData(ActionState.Refused)]
    [InlineData(ActionState.Reversed)]
    [InlineData(ActionState.Expired)]
    public void A_key_that_was_decided_is_not_decided_again(ActionState state)
    {
        var decision = Decide(WithExisting(state, PlaybookMode.Recommend), Automatic, Recommending);

        Assert.Empty(decision.Actions);
        Assert.Empty(decision.Proposals);
        Assert.Null(decision.Evidence);
    }

    [Fact]
    public void A_waiting_proposal_is_taken_further_by_a_stronger_playbook_and_not_repeated_by_its_own()
    {
        Assert.Empty(Decide(WithExisting(ActionState.Proposed, PlaybookMode.Recommend), Recommending).Proposals);
        Assert.Single(Decide(WithExisting(ActionState.Proposed, PlaybookMode.Recommend), Automatic).Actions);
        Assert.Empty(Decide(WithExisting(ActionState.Proposed, PlaybookMode.Automatic), Automatic).Actions);
    }

    [Fact]
    public void The_target_is_the_principal_or_the_only_entity_of_its_type()
    {
        var suspend = SomeCase.Playbook(PlaybookMode.Automatic, ActionKind.SuspendActor);
        var incident = SomeCase.Incident();

        var none = Decide(SomeCase.Facts(incident), suspend);
        var one = Decide(SomeCase.Facts(incident with { Entities = [SomeCase.Node(), SomeCase.Actor(3)] }), suspend);
        var several = Decide(SomeCase.Facts(incident with { Entities = [SomeCase.Node(), SomeCase.Actor(3), SomeCase.Actor(4)] }),
            suspend);

        Assert.Empty(none.Actions);
        Assert.Empty(none.Refusals);
        Assert.Equal(SomeCase.Actor(3), Assert.Single(one.Actions).Action.Target);
        Assert.Empty(several.Actions);
        Assert.Equal(Guardrails.AmbiguousTarget, Assert.Single(several.Refusals).Guardrail);
    }

    [Fact]
    public void Deciding_twice_gives_the_same_bytes()
    {
        var facts = SomeCase.Facts(SomeCase.Incident());

        var (first, second) = (Decide(facts, Automatic), Decide(facts, Automatic));

        Assert.Equal(first.Actions, second.Actions);
        Assert.True(first.Evidence!.Canonical.Span.SequenceEqual(second.Evidence!.Canonical.Span));
    }

    [Fact]
    public void An_action_key_depends_on_incident_kind_and_target_alone()
    {
        var key = ActionKey.Of("inc-1", ActionKind.RevokeGrant, SomeCase.Grant());

        Assert.Matches("^0x[0-9a-f]{64}$", key);
        Assert.Equal(key, ActionKey.Of("inc-1", ActionKind.RevokeGrant, SomeCase.Grant()));
        Assert.NotEqual(key, ActionKey.Of("inc-2", ActionKind.RevokeGrant, SomeCase.Grant()));
        Assert.NotEqual(key, ActionKey.Of("inc-1", ActionKind.SuspendActor, SomeCase.Grant()));
        Assert.NotEqual(key, ActionKey.Of("inc-1", ActionKind.RevokeGrant, SomeCase.Grant(2)));
    }

    private static Decision Decide(IncidentFacts facts, params Playbook[] playbooks) =>
        ResponsePolicy.Decide(facts, new PlaybookSet(playbooks), new ResponseState(), new ResponseOptions(), SomeCase.At);

    private static IncidentFacts WithExisting(ActionState state, PlaybookMode mode) => SomeCase.Facts(SomeCase.Incident()) with
    {
        Existing = new Dictionary<string, ExistingAction>
        {
            [ActionKey.Of("inc-1", ActionKind.QuarantineNode, SomeCase.Node())] = new(state, mode),
        },
    };
}

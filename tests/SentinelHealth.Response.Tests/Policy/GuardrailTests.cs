using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Policy;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Policy;

/// <summary>Each guardrail on both sides of its boundary.</summary>
public sealed class GuardrailTests
{
    private static readonly DateTimeOffset Now = SomeCase.At;
    private static readonly ResponseOptions Wide = new()
    {
        NodesPerWindowMax = 100,
        ActorsPerWindowMax = 100,
        GrantsPerWindowMax = 100,
        TotalPerWindowMax = 100,
        StaffShareMax = 1,
        NodeShareMax = 1,
    };

    [Fact]
    public void Nothing_objects_to_an_ordinary_containment() => AssertAllowed(ActionKind.SuspendActor, SomeCase.Actor(), new(), Wide);

    [Fact]
    public void Break_glass_access_is_never_contained_and_is_queued_for_review()
    {
        foreach (var kind in Enum.GetValues<ActionKind>())
        {
            foreach (var mode in Enum.GetValues<PlaybookMode>())
            {
                var incident = SomeCase.Incident(TargetFor(kind)) with { IsBreakGlass = true };

                var decision = Decide(incident, new ResponseState(), Wide, SomeCase.Playbook(mode, kind));

                Assert.Empty(decision.Actions);
                Assert.Empty(decision.Proposals);
                Assert.Equal(Guardrails.BreakGlass, Assert.Single(decision.Refusals).Guardrail);
                Assert.Equal(Now + Wide.ReviewWithin, decision.Review!.DueAt);
            }
        }
    }

    [Fact]
    public void Break_glass_is_reviewed_even_when_no_playbook_applies() =>
        Assert.NotNull(Decide(SomeCase.Incident() with { IsBreakGlass = true }, new(), Wide).Review);

    [Fact]
    public void A_protected_entity_is_refused_by_identifier_and_only_with_its_type()
    {
        var target = SomeCase.Node("node:emergency-1");

        AssertRefused(Guardrails.Protected, ActionKind.QuarantineNode, target, new(), Wide with { ProtectedEntities = [target] });
        AssertAllowed(ActionKind.QuarantineNode, target, new(),
            Wide with { ProtectedEntities = [new(EntityType.Actor, target.Id)] });
    }

    [Fact]
    public void A_protected_prefix_covers_what_starts_with_it()
    {
        var options = Wide with { ProtectedPrefixes = ["node:emergency-"] };

        AssertRefused(Guardrails.Protected, ActionKind.QuarantineNode, SomeCase.Node("node:emergency-7"), new(), options);
        AssertAllowed(ActionKind.QuarantineNode, SomeCase.Node("node:clinic-emergency-7"), new(), options);
    }

    [Theory]
    [InlineData("Emergency-Physician", true)]
    [InlineData("nurse", false)]
    [InlineData("", false)]
    public void A_protected_role_is_refused_whatever_its_case(string role, bool isRefused)
    {
        var actor = SomeCase.Actor();
        var facts = SomeCase.Facts(SomeCase.Incident(actor)) with
        {
            Profiles = new Dictionary<EntityRef, EntityProfile> { [actor] = new("hospital-a", role) },
        };
        var options = Wide with { ProtectedRoles = ["emergency-physician"] };

        var decision = Decide(facts, new(), options, SomeCase.Playbook(PlaybookMode.Automatic, ActionKind.SuspendActor));

        Assert.Equal(isRefused ? [Guardrails.Protected] : [], decision.Refusals.Select(refusal => refusal.Guardrail));
        Assert.Equal(isRefused ? 0 : 1, decision.Actions.Count);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)] // Who decides knows everybody: the actor has no role.
    public void An_actor_whose_role_is_not_known_is_left_to_people_where_a_part_is_known_only(bool isPartial, bool isRefused)
    {
        var actor = SomeCase.Actor();
        var facts = new IncidentFacts
        {
            Incident = SomeCase.Incident() with { Entities = [actor] },
            Alerts = [],
            Profiles = new Dictionary<EntityRef, EntityProfile> { [actor] = new("hospital-a", "") },
        };
        var options = Wide with { ProtectedRoles = ["emergency-physician"], IsDirectoryPartial = isPartial };

        var decision = Decide(facts, new(), options, SomeCase.Playbook(PlaybookMode.Automatic, ActionKind.SuspendActor));

        Assert.Equal(isRefused ? [Guardrails.Protected] : [], decision.Refusals.Select(refusal => refusal.Guardrail));
    }

    [Fact]
    public void A_protected_entity_is_not_even_proposed()
    {
        var options = Wide with { ProtectedEntities = [SomeCase.Node()] };

        var decision = Decide(SomeCase.Incident(), new(), options,
            SomeCase.Playbook(PlaybookMode.Recommend, ActionKind.QuarantineNode));

        Assert.Empty(decision.Proposals);
        Assert.Single(decision.Refusals);
    }

    [Theory]
    [InlineData(60, false)]
    [InlineData(59, true)]
    public void The_time_limit_is_included(int limitMinutes, bool isRefused) => AssertBoundary(
        isRefused, Guardrails.TtlLimit, ActionKind.RevokeGrant, SomeCase.Grant(), new(),
        Wide with { TtlMax = TimeSpan.FromMinutes(limitMinutes) });

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void The_cap_of_a_kind_is_reached_and_not_passed(int others, bool isRefused) => AssertBoundary(
        isRefused, Guardrails.CapPerKind, ActionKind.RevokeGrant, SomeCase.Grant(), Running(others, ActionKind.RevokeGrant, Now),
        Wide with { GrantsPerWindowMax = 3 });

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void The_cap_of_all_kinds_together_is_reached_and_not_passed(int others, bool isRefused) => AssertBoundary(
        isRefused, Guardrails.CapTotal, ActionKind.QuarantineNode, SomeCase.Node(), Running(others, ActionKind.RevokeGrant, Now),
        Wide with { TotalPerWindowMax = 3 });

    [Theory]
    [InlineData(60, false)]
    [InlineData(59, true)]
    public void The_window_of_the_cap_slides(int minutesAgo, bool isRefused) => AssertBoundary(
        isRefused, Guardrails.CapPerKind, ActionKind.RevokeGrant, SomeCase.Grant(),
        Running(1, ActionKind.RevokeGrant, Now - TimeSpan.FromMinutes(minutesAgo)), Wide with { GrantsPerWindowMax = 1 });

    [Theory]
    [InlineData(1, 20, false)]
    [InlineData(2, 20, true)]
    [InlineData(0, 1, false)]
    [InlineData(1, 1, true)]
    public void The_share_of_an_organizations_staff_holds_but_one_may_always_be_suspended(int others, int staff, bool isRefused) => AssertBoundary(
        isRefused, Guardrails.StaffShare, ActionKind.SuspendActor, SomeCase.Actor(),
        Running(others, ActionKind.SuspendActor, Now) with
        {
            Organizations = new Dictionary<string, OrganizationSize> { [""] = new(staff, 0) },
        },
        Wide with { StaffShareMax = 0.1 });

    [Theory]
    [InlineData(1, 4, false)]
    [InlineData(2, 4, true)]
    public void The_share_of_an_organizations_nodes_holds(int others, int nodes, bool isRefused) => AssertBoundary(
        isRefused, Guardrails.NodeShare, ActionKind.QuarantineNode, SomeCase.Node(),
        Running(others, ActionKind.QuarantineNode, Now) with
        {
            Organizations = new Dictionary<string, OrganizationSize> { [""] = new(0, nodes) },
        },
        Wide with { NodeShareMax = 0.5 });

    [Theory]
    [InlineData(4, 0, false)]
    [InlineData(4, 1, true)]
    [InlineData(7, 1, false)]
    [InlineData(7, 2, true)]
    [InlineData(1, 0, true)]
    public void A_quarantine_leaves_the_quorum_of_validators(int validators, int quarantined, bool isRefused)
    {
        var names = Enumerable.Range(1, validators).Select(number => $"node:v-{number}").ToList();
        var state = new ResponseState { Validators = new ValidatorSet(names, [.. names.TakeLast(quarantined)]) };

        AssertBoundary(isRefused, Guardrails.Quorum, ActionKind.QuarantineNode, SomeCase.Node("node:v-1"), state, Wide);
        AssertAllowed(ActionKind.QuarantineNode, SomeCase.Node("node:not-a-validator"), state, Wide);
    }

    [Fact]
    public void A_quarantine_on_its_way_counts_against_the_quorum()
    {
        var names = new[] { "node:v-1", "node:v-2", "node:v-3", "node:v-4" };
        var state = new ResponseState
        {
            Validators = new ValidatorSet(names, []),
            Containments = [new("0x1", ActionKind.QuarantineNode, SomeCase.Node("node:v-2"), "elsewhere", Now, null)],
        };

        AssertRefused(Guardrails.Quorum, ActionKind.QuarantineNode, SomeCase.Node("node:v-1"), state, Wide);
    }

    [Fact]
    public void One_containment_of_a_target_at_a_time()
    {
        var open = new ResponseState { Containments = [new("0x1", ActionKind.SuspendActor, SomeCase.Actor(), "elsewhere", Now, null)] };

        AssertRefused(Guardrails.OnePerTarget, ActionKind.SuspendActor, SomeCase.Actor(), open, Wide);
        AssertAllowed(ActionKind.SuspendActor, SomeCase.Actor(2), open, Wide);
    }

    [Theory]
    [InlineData(30, false)]
    [InlineData(29, true)]
    public void A_target_is_left_alone_for_a_while_after_a_containment_ended(int minutesAgo, bool isRefused)
    {
        var ended = new Containment(
            "0x1", ActionKind.SuspendActor, SomeCase.Actor(), "", Now - TimeSpan.FromHours(2), Now - TimeSpan.FromMinutes(minutesAgo));

        AssertBoundary(isRefused, Guardrails.Cooldown, ActionKind.SuspendActor, SomeCase.Actor(),
            new() { Containments = [ended] }, Wide);
    }

    [Fact]
    public void A_dry_run_contains_nothing_and_says_so() =>
        AssertRefused(Guardrails.DryRun, ActionKind.RevokeGrant, SomeCase.Grant(), new(), Wide with { IsDryRun = true });

    [Fact]
    public void The_kill_switch_stops_automation_but_not_proposals()
    {
        var state = new ResponseState { IsKillSwitchOn = true };

        AssertRefused(Guardrails.KillSwitch, ActionKind.RevokeGrant, SomeCase.Grant(), state, Wide);
        var playbook = SomeCase.Playbook(PlaybookMode.Approve, ActionKind.RevokeGrant);
        Assert.Single(Decide(SomeCase.Incident(SomeCase.Grant()), state, Wide, playbook).Proposals);
    }

    private static void AssertBoundary(
        bool isRefused, string guardrail, ActionKind kind, EntityRef target, ResponseState state, ResponseOptions options)
    {
        if (isRefused)
            AssertRefused(guardrail, kind, target, state, options);
        else
            AssertAllowed(kind, target, state, options);
    }

    private static void AssertRefused(
        string guardrail, ActionKind kind, EntityRef target, ResponseState state, ResponseOptions options)
    {
        var decision = Decide(SomeCase.Incident(target), state, options, SomeCase.Playbook(PlaybookMode.Automatic, kind));

        Assert.Empty(decision.Actions);
        var refusal = Assert.Single(decision.Refusals);
        Assert.Equal((guardrail, kind, target), (refusal.Guardrail, refusal.Kind, refusal.Target));
        Assert.NotEmpty(refusal.Detail);
    }

    private static void AssertAllowed(ActionKind kind, EntityRef target, ResponseState state, ResponseOptions options)
    {
        var decision = Decide(SomeCase.Incident(target), state, options, SomeCase.Playbook(PlaybookMode.Automatic, kind));

        Assert.Equal([], decision.Refusals.Select(refusal => $"{refusal.Guardrail}: {refusal.Detail}"));
        Assert.Equal((kind, target), (Assert.Single(decision.Actions).Action.Kind, decision.Actions[0].Action.Target));
    }

    private static Decision Decide(
        SentinelHealth.Detection.Correlation.Incident incident, ResponseState state, ResponseOptions options,
        params Playbook[] playbooks) =>
        Decide(SomeCase.Facts(incident), state, options, playbooks);

    private static Decision Decide(
        IncidentFacts facts, ResponseState state, ResponseOptions options, params Playbook[] playbooks) =>
        ResponsePolicy.Decide(facts, new PlaybookSet(playbooks), state, options, Now);

    private static ResponseState Running(int count, ActionKind kind, DateTimeOffset startedAt) => new()
    {
        Containments =
        [
            .. Enumerable.Range(100, count).Select(number =>
                new Containment($"0x{number}", kind, TargetFor(kind) with { Id = $"other-{number}" }, "", startedAt, null)),
        ],
    };

    private static EntityRef TargetFor(ActionKind kind) => kind switch
    {
        ActionKind.QuarantineNode => SomeCase.Node(),
        ActionKind.RevokeGrant => SomeCase.Grant(),
        ActionKind.PauseContract => new(EntityType.Contract, "DataToken"),
        _ => SomeCase.Actor(),
    };
}

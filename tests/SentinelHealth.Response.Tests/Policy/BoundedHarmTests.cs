using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Policy;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Policy;

/// <summary>I3: no schedule of decisions exceeds a cap, touches a protected entity or breaks the quorum. The oracle shares no code with the guardrails.</summary>
public sealed class BoundedHarmTests(ITestOutputHelper output)
{
    private const int Schedules = 200;
    private const int Steps = 120;

    private static readonly ResponseOptions Options = new()
    {
        Window = TimeSpan.FromMinutes(60),
        NodesPerWindowMax = 3,
        GrantsPerWindowMax = 5,
        ActorsPerWindowMax = 4,
        TotalPerWindowMax = 9,
        StaffShareMax = 0.2,
        NodeShareMax = 0.5,
        Cooldown = TimeSpan.FromMinutes(10),
        ProtectedEntities = [new(EntityType.Node, "node:0"), new(EntityType.Grant, "grant:1")],
        ProtectedPrefixes = ["actor:1"],
        ProtectedRoles = ["emergency-physician"],
    };

    private static readonly PlaybookSet Playbooks = new(
        Enum.GetValues<ActionKind>().Select(kind => SomeCase.Playbook(PlaybookMode.Automatic, kind)));

    [Fact]
    public void No_schedule_of_decisions_does_more_harm_than_allowed()
    {
        var random = new Random(TestSeed.Next(output));
        var contained = 0;

        for (var schedule = 0; schedule < Schedules; schedule++)
            contained += Run(random);

        output.WriteLine($"{contained} containments in {Schedules} schedules of {Steps} steps.");
        Assert.True(contained > Schedules * 5, $"Only {contained} containments were decided; the test shows nothing.");
    }

    private static int Run(Random random)
    {
        var now = SomeCase.At;
        var validators = Enumerable.Range(0, random.Next(1, 8)).Select(number => $"node:{number}").ToList();
        var live = new List<Taken>();
        var all = new List<Taken>();
        for (var step = 0; step < Steps; step++)
        {
            now += TimeSpan.FromMinutes(random.Next(0, 9));
            foreach (var over in live.Where(taken => taken.EndsAt <= now || random.Next(40) == 0).ToList())
            {
                over.EndedAt = now;
                live.Remove(over);
            }
            var facts = RandomFacts(random, step);
            var state = new ResponseState
            {
                Validators = new ValidatorSet(validators,
                    [.. validators.Where(id => live.Any(taken => taken.Action.Target.Id == id))]),
                Containments = [.. all.Select(taken => new Containment(
                    taken.Action.Key, taken.Action.Kind, taken.Action.Target, taken.Organization, taken.At, taken.EndedAt))],
                Organizations = new Dictionary<string, OrganizationSize> { ["a"] = new(10, 4), ["b"] = new(3, 2) },
            };

            var decision = ResponsePolicy.Decide(facts, Playbooks, state, Options, now);

            foreach (var planned in decision.Actions)
            {
                var taken = new Taken(planned.Action, planned.Organization, planned.Role, facts.Incident.IsBreakGlass, now);
                live.Add(taken);
                all.Add(taken);
                AssertWithinBounds(taken, live, all, validators);
            }
        }
        return all.Count;
    }

    private static IncidentFacts RandomFacts(Random random, int step)
    {
        EntityRef[] entities =
        [
            new(EntityType.Node, $"node:{random.Next(10)}"), new(EntityType.Actor, $"actor:{random.Next(14)}"),
            new(EntityType.Grant, $"grant:{random.Next(12)}"),
        ];
        var incident = SomeCase.Incident(entities[random.Next(3)]) with
        {
            Id = $"inc-{step}",
            Entities = entities,
            IsBreakGlass = random.Next(8) == 0,
        };
        var profiles = entities.ToDictionary(entity => entity, entity => new EntityProfile(
            random.Next(2) == 0 ? "a" : "b", entity.Type == EntityType.Actor && random.Next(6) == 0 ? "Emergency-Physician" : "nurse"));
        return SomeCase.Facts(incident) with { Profiles = profiles };
    }

    /// <summary>The oracle: what must be true of the world right after a containment, counted from the world alone.</summary>
    private static void AssertWithinBounds(Taken taken, List<Taken> live, List<Taken> all, List<string> validators)
    {
        var (kind, id) = (taken.Action.Kind, taken.Action.Target.Id);
        Assert.False(taken.IsBreakGlass, "Emergency access was contained.");
        Assert.False(id is "node:0" or "grant:1" || id.StartsWith("actor:1", StringComparison.Ordinal), $"{id} is protected.");
        Assert.NotEqual("Emergency-Physician", taken.Role);

        var inWindow = all.Count(other => taken.At - other.At < TimeSpan.FromMinutes(60));
        var ofKind = all.Count(other => taken.At - other.At < TimeSpan.FromMinutes(60) && other.Action.Kind == kind);
        var kindMax = kind == ActionKind.QuarantineNode ? 3 : kind == ActionKind.RevokeGrant ? 5 : 4;
        Assert.True(inWindow <= 9 && ofKind <= kindMax, $"{inWindow} in the window, {ofKind} of {kind}.");

        Assert.Equal(1, live.Count(other => other.Action.Target == taken.Action.Target));
        Assert.DoesNotContain(all, other => other != taken && other.Action.Target == taken.Action.Target
            && other.EndedAt is { } ended && taken.At - ended < TimeSpan.FromMinutes(10));

        var up = validators.Count(validator => live.All(other => other.Action.Target.Id != validator));
        // Only a quarantine of a validator can lower the number, so only then is it a matter of this decision.
        if (kind == ActionKind.QuarantineNode && validators.Contains(id))
            Assert.True(up > 2 * TraitorsTolerated(validators.Count), $"{up} of {validators.Count} validators are left.");

        var (staffMax, nodesMax) = taken.Organization == "a" ? (2, 2) : (1, 1);
        var allowed = kind == ActionKind.QuarantineNode ? nodesMax : kind == ActionKind.SuspendActor ? staffMax : int.MaxValue;
        Assert.True(live.Count(other => other.Action.Kind == kind && other.Organization == taken.Organization) <= allowed, "A share is passed.");
    }

    /// <summary>The most traitors f for which n is at least 3f + 1, found by trying.</summary>
    private static int TraitorsTolerated(int validators)
    {
        var traitors = 0;
        while (validators >= (3 * (traitors + 1)) + 1)
            traitors++;
        return traitors;
    }

    private sealed record Taken(ContainmentAction Action, string Organization, string Role, bool IsBreakGlass, DateTimeOffset At)
    {
        public DateTimeOffset EndsAt => At + Action.Ttl;

        public DateTimeOffset? EndedAt { get; set; }
    }
}

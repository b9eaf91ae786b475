using System.Text;
using System.Text.Json;
using SentinelHealth.Ingest.Simulation;

namespace SentinelHealth.Ingest.Tests.Simulation;

public sealed class AttackTests
{
    private static readonly string[] ClosedSets =
        ["schema", "chain", "contract", "status", "decision", "modality", "client", "padDecision", "failureCode"];

    public static TheoryData<string> Names => [.. AttackCatalog.All.Select(attack => attack.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_attack_happens_several_times_after_the_quiet_share(string name)
    {
        var events = SimulatedRuns.WithAttacks.Where(one => one.Attack == name).ToList();

        Assert.True(events.Select(one => one.AttackId).Distinct().Count() >= 2, $"{name} happened too seldom.");
        Assert.All(events, one => Assert.StartsWith(name + "-", one.AttackId, StringComparison.Ordinal));
        Assert.True(events[0].OccurredAt >= SimulatedRuns.Attacked.StartAt + TimeSpan.FromDays(4));
    }

    [Fact]
    public void Attacks_are_a_small_part_of_what_happens()
    {
        var share = SimulatedRuns.WithAttacks.Count(one => one.Attack is not null) / (double)SimulatedRuns.WithAttacks.Count;

        Assert.InRange(share, 0.005, 0.15);
    }

    [Theory]
    [InlineData("revoked-consent-access")]
    [InlineData("purpose-abuse")]
    [InlineData("no-consent-access")]
    public void Accesses_of_consent_attacks_rest_on_nothing(string name) => Assert.Equal(0, ExplainedShare(name));

    [Theory]
    [InlineData("snooping")]
    [InlineData("mass-export")]
    [InlineData("decrypt-burst")]
    [InlineData("stolen-credential")]
    public void Accesses_of_habit_attacks_are_allowed_by_the_letter(string name) => Assert.Equal(1, ExplainedShare(name));

    [Fact]
    public void No_field_and_no_kind_of_value_is_used_by_attacks_alone()
    {
        var ordinary = SimulatedRuns.WithAttacks.Where(one => one.Attack is null).SelectMany(Shapes).ToHashSet();
        var strange = SimulatedRuns.WithAttacks.Where(one => one.Attack is not null).SelectMany(Shapes).ToHashSet();

        strange.ExceptWith(ordinary);
        Assert.True(strange.Count == 0, string.Join(" | ", strange));
    }

    [Fact]
    public void Ordinary_life_is_the_same_with_and_without_the_names_of_attacks()
    {
        var text = Encoding.UTF8.GetString([.. SimulatedRuns.WithAttacks.SelectMany(one => one.Json)]);

        Assert.All(AttackCatalog.All, attack => Assert.DoesNotContain(attack.Name, text, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Whoever_is_contained_is_reverted_and_denied_and_gives_up()
    {
        var options = SimulatedRuns.Attacked with
        {
            Days = 2,
            Attacks = ["mass-export"],
            QuietShare = 0.5,
            InstancesPerAttack = 1
        };
        var thief = SimulatedRuns.Parse(new HospitalSimulator(options).Events().First(one => one.Attack is not null))
            .Text("actor");
        var events = new HospitalSimulator(options, attempt => attempt.Actor == thief).Events()
            .Where(one => one.Attack is not null).ToList();

        Assert.InRange(events.Count, 20, 40);
        Assert.All(events.Select(SimulatedRuns.Parse), record => Assert.True(Outcome(record) is "reverted" or "denied"));
    }

    [Fact]
    public void Break_glass_passes_whoever_is_contained()
    {
        var events = new HospitalSimulator(SimulatedRuns.Peaceful with { Days = 3 }, _ => true).Events()
            .Select(SimulatedRuns.Parse)
            .Where(record => record.Text("purpose") == "BTG").ToList();

        Assert.NotEmpty(events);
        Assert.All(events, record => Assert.True(Outcome(record) is "success" or "match"));
    }

    [Fact]
    public void People_leave_a_closed_node_and_ordinary_work_goes_on()
    {
        var options = SimulatedRuns.Peaceful with { Days = 2 };
        var closed = new HospitalSimulator(options).Nodes[0];
        var opens = options.StartAt.AddDays(1);
        var now = options.StartAt;
        var later = new List<JsonElement>();
        foreach (var simulated in new HospitalSimulator(options, attempt => attempt.Node == closed && now >= opens).Events())
        {
            now = simulated.OccurredAt;
            if (now > opens.AddMinutes(10))
                later.Add(SimulatedRuns.Parse(simulated));
        }

        // The node's own beats and votes cannot go elsewhere.
        Assert.All(later.Where(record => record.Text("method") is not ("heartbeat" or "vote")), record =>
            Assert.NotEqual(closed, record.Text("node")));
        Assert.True(later.Count(record => record.Text("organization") == "hospital-a") > 500);
    }

    [Fact]
    public void A_scheduled_attack_begins_on_time()
    {
        var at = SimulatedRuns.Peaceful.StartAt.AddHours(30);
        var options = SimulatedRuns.Peaceful with { Days = 1.5, ScheduledAttacks = [new ScheduledAttack(at, "mass-export")] };

        var events = new HospitalSimulator(options).Events().Where(one => one.Attack == "mass-export").ToList();
        Assert.InRange(events[0].OccurredAt, at, at.AddSeconds(20));
        Assert.True(events.TakeWhile(one => one.OccurredAt < at.AddMinutes(3)).Count() > 30);
    }

    private static string? Outcome(JsonElement record) => record.Text("status") ?? record.Text("decision");

    private static double ExplainedShare(string attack)
    {
        var oracle = new AccessOracle();
        var (explained, all) = (0, 0);
        foreach (var simulated in SimulatedRuns.WithAttacks)
        {
            var record = SimulatedRuns.Parse(simulated);
            oracle.Follow(record);
            if (simulated.Attack != attack || !AccessOracle.IsAccess(record))
                continue;
            all++;
            explained += oracle.Explains(record) ? 1 : 0;
        }
        Assert.True(all > 0);
        return explained / (double)all;
    }

    /// <summary>Every member with its kind of value, and the values of members that name a closed set.</summary>
    private static IEnumerable<string> Shapes(SimulatedEvent simulated)
    {
        var record = SimulatedRuns.Parse(simulated);
        var kind = record.Text("method") ?? record.Text("operation")!;
        foreach (var member in record.EnumerateObject())
        {
            // Who does it is what is strange about a takeover, and a missing transaction about an access past the ledger.
            if (member.Name is "actorRole" or "ledgerTxId")
                continue;
            yield return $"{record.Text("schema")}.{member.Name}:{member.Value.ValueKind}:{Pattern(member.Value)}";
            if (Array.IndexOf(ClosedSets, member.Name) >= 0)
                yield return $"{member.Name}={member.Value}";
        }
        if (!record.TryGetProperty("args", out var args))
            yield break;
        foreach (var member in args.EnumerateObject())
            yield return $"{kind}.args.{member.Name}:{member.Value.ValueKind}:{Pattern(member.Value)}";
    }

    /// <summary>The part of an identifier before its own digits: the prefix and the separators, not who it is.</summary>
    private static string Pattern(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
            return "";
        var text = value.GetString()!;
        var separator = text.IndexOfAny([':', '-', '.']);
        return separator < 0 || char.IsAsciiDigit(text[0]) ? "" : text[..separator];
    }
}

using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Simulation;

namespace SentinelHealth.Ingest.Tests.Simulation;

public sealed class HospitalSimulatorTests
{
    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_labels()
    {
        var again = new HospitalSimulator(SimulatedRuns.Attacked).Events();

        foreach (var (first, second) in SimulatedRuns.WithAttacks.Zip(again))
        {
            Assert.Equal(first.Json, second.Json);
            Assert.Equal((first.Id, first.Attack, first.AttackId, first.OccurredAt),
                (second.Id, second.Attack, second.AttackId, second.OccurredAt));
        }
    }

    [Fact]
    public void Another_seed_gives_another_network()
    {
        var other = new HospitalSimulator(SimulatedRuns.Attacked with { Seed = SimulatedRuns.Seed + 1, Days = 0.3 }).Events();
        var actors = SimulatedRuns.WithAttacks.Take(500).Select(one => SimulatedRuns.Parse(one).Text("actor")).ToHashSet();

        Assert.All(other.Take(500), one => Assert.DoesNotContain(SimulatedRuns.Parse(one).Text("actor"), actors));
    }

    [Fact]
    public void A_known_seed_begins_with_known_bytes()
    {
        // Guards the promise that a seed means the same on every platform and in every later version.
        var bytes = new HospitalSimulator(new SimulationOptions { Seed = 7, Days = 1, EventsPerDay = 2_000 }).Events()
            .SelectMany(one => one.Json);

        Assert.Equal(Golden, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData([.. bytes])));
    }

    [Fact]
    public void Every_event_decodes_to_what_it_says()
    {
        var decoder = new NativeEventDecoder();
        var decoded = new SentinelEvent();

        foreach (var simulated in SimulatedRuns.WithAttacks)
        {
            Assert.True(decoder.TryDecode(simulated.Json, decoded, out var rejection), rejection.Detail);
            Assert.Equal(simulated.Id, decoded.TextOf(TextField.Id));
            Assert.True((simulated.OccurredAt - decoded.OccurredAt).Duration() < TimeSpan.FromMilliseconds(1));
        }
    }

    [Fact]
    public void Times_never_decrease_and_stay_within_the_run()
    {
        var last = SimulatedRuns.Attacked.StartAt;

        foreach (var simulated in SimulatedRuns.WithAttacks)
        {
            Assert.True(simulated.OccurredAt >= last);
            last = simulated.OccurredAt;
        }
        Assert.InRange(last, SimulatedRuns.Attacked.EndAt.AddHours(-1), SimulatedRuns.Attacked.EndAt);
    }

    [Fact]
    public void Identifiers_are_never_used_twice() =>
        Assert.Equal(SimulatedRuns.WithAttacks.Count, SimulatedRuns.WithAttacks.Select(one => one.Id).Distinct().Count());

    [Theory]
    [InlineData(2_000, 14)]
    [InlineData(5_000, 7)]
    [InlineData(5_000, 3)]
    [InlineData(20_000, 2)]
    public void The_number_of_events_is_near_the_target(int eventsPerDay, int days)
    {
        var count = new HospitalSimulator(
            SimulatedRuns.Peaceful with { Days = days, EventsPerDay = eventsPerDay }).Events().Count();

        Assert.InRange(count / (double)days, eventsPerDay * 0.85, eventsPerDay * 1.15);
    }

    [Fact]
    public void A_simulator_runs_once()
    {
        var simulator = new HospitalSimulator(SimulatedRuns.Peaceful with { Days = 0.1 });
        Assert.NotEmpty(simulator.Events());

        Assert.Throws<InvalidOperationException>(() => simulator.Events());
    }

    [Theory]
    [InlineData(0, 5_000, 0.5)]
    [InlineData(double.NaN, 5_000, 0.5)]
    [InlineData(1, 99, 0.5)]
    [InlineData(1, 5_000, 0.96)]
    public void Options_out_of_range_are_refused(double days, int eventsPerDay, double quietShare) =>
        Assert.Throws<ArgumentException>(() => new HospitalSimulator(
            new SimulationOptions { Days = days, EventsPerDay = eventsPerDay, QuietShare = quietShare }));

    [Fact]
    public void An_unknown_attack_is_refused_by_name()
    {
        var fault = new SimulationOptions { Attacks = ["snooping", "no-such-attack"] }.Fault();

        Assert.Contains("no-such-attack", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void The_network_has_validators_enough_to_lose_one()
    {
        var simulator = new HospitalSimulator(SimulatedRuns.Peaceful);

        Assert.True(simulator.ValidatorNodes.Count >= 4);
        Assert.Subset(simulator.Nodes.ToHashSet(), simulator.ValidatorNodes.ToHashSet());
        Assert.All(simulator.Nodes, node =>
            Assert.Contains(simulator.Organizations.Keys, id => node.StartsWith("node:" + id, StringComparison.Ordinal)));
    }

    private const string Golden = "44c8d9989eacb20201c3a137ce4429c2fa58ca03281ac9677865f6aa9ce80ec5";
}

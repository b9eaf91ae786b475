using SentinelHealth.Testing;
using SentinelHealth.Testing.Simulated.Whole;

namespace SentinelHealth.Simulation.Tests;

/// <summary>I1 to I7 of the whole system in a few dozen hostile worlds. The full run of 20,000 is a command of the benchmarks.</summary>
public sealed class WholeSimulationTests(ITestOutputHelper output)
{
    private const int Seeds = 40, TraceLinesMax = 120;

    [Fact]
    public void No_seed_breaks_an_invariant()
    {
        var first = TestSeed.Next(output);
        var (effects, deaths, alerts) = (0, 0, 0);

        for (var seed = first; seed < first + Seeds; seed++)
        {
            var run = WholeSimulation.Run(seed);
            if (run.Violations.Count > 0)
                Assert.Fail($"Seed {seed}: {string.Join("\n", run.Violations)}\n{LastOf(seed)}");
            (effects, deaths, alerts) = (effects + run.Effects, deaths + run.Deaths, alerts + run.Alerts);
        }

        output.WriteLine($"{alerts} alerts, {effects} containments and {deaths} deaths in {Seeds} runs.");
        Assert.True(effects > Seeds && deaths > Seeds && alerts > Seeds, "So little happened that it shows too little.");
    }

    [Fact]
    public void A_seed_repeats_its_run_exactly()
    {
        var seed = TestSeed.Next(output);

        var (one, other) = (WholeSimulation.Run(seed, keepsTrace: true), WholeSimulation.Run(seed, keepsTrace: true));
        var different = WholeSimulation.Run(seed + 1, keepsTrace: true);

        Assert.Equal(one.Trace, other.Trace);
        Assert.NotEqual(one.TraceHash, different.TraceHash);
    }

    [Theory]
    [MemberData(nameof(Breakages))]
    public void Every_broken_variant_is_caught(WholeBreakage breakage)
    {
        var first = TestSeed.Next(output);

        for (var seed = first; seed < first + 200; seed++)
        {
            var run = WholeSimulation.Run(seed, breakage);
            if (run.Violations.Count == 0)
                continue;
            Assert.Empty(WholeSimulation.Run(seed).Violations);
            output.WriteLine($"{breakage} is caught by seed {seed}, number {seed - first + 1}: {run.Violations[0]}");
            return;
        }
        Assert.Fail($"{breakage} is not noticed in 200 seeds.");
    }

    public static TheoryData<WholeBreakage> Breakages() =>
        [.. Enum.GetValues<WholeBreakage>().Where(one => one != WholeBreakage.None)];

    private static string LastOf(int seed) =>
        string.Join('\n', WholeSimulation.Run(seed, keepsTrace: true).Trace.TakeLast(TraceLinesMax));
}

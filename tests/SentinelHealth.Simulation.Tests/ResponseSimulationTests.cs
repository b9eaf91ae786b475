using SentinelHealth.Testing;
using SentinelHealth.Testing.Simulated;

namespace SentinelHealth.Simulation.Tests;

/// <summary>I2 and I3 in a few hundred hostile worlds. The full run of ten thousand is a command of the benchmarks.</summary>
public sealed class ResponseSimulationTests(ITestOutputHelper output)
{
    private const int Seeds = 200;
    private const int TraceLinesMax = 120;

    [Fact]
    public void No_seed_breaks_an_invariant()
    {
        var first = TestSeed.Next(output);
        var (effects, crashes) = (0, 0);

        for (var seed = first; seed < first + Seeds; seed++)
        {
            var outcome = ResponseSimulation.Run(seed);
            if (outcome.Violations.Count > 0)
                Assert.Fail($"Seed {seed}: {string.Join("; ", outcome.Violations)}\n{LastOf(seed)}");
            (effects, crashes) = (effects + outcome.Effects, crashes + outcome.Crashes);
        }

        output.WriteLine($"{effects} containments and {crashes} crashes in {Seeds} runs.");
        Assert.True(effects > Seeds && crashes > Seeds, $"{effects} containments and {crashes} crashes show too little.");
    }

    [Fact]
    public void A_seed_repeats_its_run_exactly()
    {
        var seed = TestSeed.Next(output);

        var (one, other) = (ResponseSimulation.Run(seed, keepsTrace: true), ResponseSimulation.Run(seed, keepsTrace: true));
        var different = ResponseSimulation.Run(seed + 1, keepsTrace: true);

        Assert.Equal(one.TraceHash, other.TraceHash);
        Assert.NotEqual(one.TraceHash, different.TraceHash);
    }

    [Fact]
    public void The_store_in_memory_behaves_as_the_one_on_disk()
    {
        using var folder = new TemporaryFolder();
        var first = TestSeed.Next(output);

        for (var seed = first; seed < first + 4; seed++)
        {
            var onDisk = ResponseSimulation.RunOnDisk(seed, folder.File($"{seed}.db"));
            Assert.Empty(onDisk.Violations);
            Assert.Equal(ResponseSimulation.Run(seed, keepsTrace: true).TraceHash, onDisk.TraceHash);
        }
    }

    [Theory]
    [MemberData(nameof(Breakages))]
    public void Every_broken_variant_is_caught(Breakage breakage)
    {
        var first = TestSeed.Next(output);

        for (var seed = first; seed < first + 1_000; seed++)
        {
            var outcome = ResponseSimulation.Run(seed, breakage);
            if (outcome.Violations.Count == 0)
                continue;
            Assert.Empty(ResponseSimulation.Run(seed).Violations);
            output.WriteLine($"{breakage} is caught by seed {seed}, number {seed - first + 1}: {outcome.Violations[0]}");
            return;
        }
        Assert.Fail($"{breakage} is not noticed in 1,000 seeds.");
    }

    public static TheoryData<Breakage> Breakages() => [.. Enum.GetValues<Breakage>().Where(one => one != Breakage.None)];

    private static string LastOf(int seed) =>
        string.Join('\n', ResponseSimulation.Run(seed, keepsTrace: true).Trace.TakeLast(TraceLinesMax));
}
